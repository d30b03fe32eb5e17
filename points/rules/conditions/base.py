"""What a condition is, and what it is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise

from points.rules.base import EarningEvent

Check = Callable[[EarningEvent], bool]
Value = Any  # JSON, of a shape that each condition says
Cleaned = Mapping[str, Any]


@dataclass(frozen=True)
class Setting:
    """What conditions need to know of the programme; `minor_units` make one unit."""

    minor_units: int
    zone: ZoneInfo


@dataclass(frozen=True)
class Words:
    """What is said instead of codes."""

    currency: str
    stores: Mapping[str, str] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)

    def of_stores(self, codes: list[str]) -> list[str]:
        """Return the names of the stores, of unknown ones the codes."""
        return [self.stores.get(code, code) for code in codes]

    def of_tiers(self, slugs: list[str]) -> list[str]:
        """Return the names of the tiers, of unknown ones the short names."""
        return [self.tiers.get(slug, slug) for slug in slugs]

    def of_segments(self, slugs: list[str]) -> list[str]:
        """Return the names of the segments, of unknown ones the short names."""
        return [self.segments.get(slug, slug) for slug in slugs]


class Asked(Protocol):
    """Something a rule may ask; its value in a rule version is JSON, under its slug.

    A version without the slug does not ask.
    """

    slug: str

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return the fields of its form, by names that no other condition has."""

    def initial(self, value: Value) -> dict[str, Any]:
        """Return what the fields show for a value."""

    def read(self, data: Cleaned) -> Value | None:
        """Return the value of cleaned fields, or None where nothing is asked.

        Raises ValidationError where it could never be met.
        """

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""


class Condition(Asked, Protocol):
    """One condition of a purchase.

    `reason` completes “it gave nothing because”, and stands in the trace by the slug.
    """

    reason: str | Promise

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return the check; what can be computed once is computed here."""
