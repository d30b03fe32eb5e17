"""A rule version ready to be asked, and what it answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from points.rules.base import EarningEvent, Exact, LineCheck, Need, Question
from points.rules.caps import NO_CAPS, Caps
from points.rules.conditions.base import Check


@dataclass(frozen=True, slots=True)
class VersionInForce:
    """A rule version ready to be asked; `until` is when the next version begins.

    With `lines` it looks only at the lines that hold; `by_pieces` is that of its kind.
    """

    id: int
    stage: str
    ask: Question
    starts_at: datetime | None
    ends_at: datetime | None
    since: datetime | None
    until: datetime | None
    conditions: tuple[tuple[str, Check], ...] = ()
    lines: LineCheck | None = None
    by_pieces: bool = False
    rule_id: int = 0
    priority: int = 0
    group: str = ""
    is_alone: bool = False
    stops: bool = False
    caps: Caps = NO_CAPS
    need: Need | None = None

    @property
    def minds_others(self) -> bool:
        """Whether it matters to it which other rules count."""
        return bool(self.group) or self.is_alone or self.stops

    def covers(self, at: datetime) -> bool:
        """Whether this is the version of its rule at that instant."""
        return (self.since is None or self.since <= at) and (
            self.until is None or at < self.until
        )

    def refusal(self, event: EarningEvent) -> str:
        """Return the code of what was not met, empty where all is."""
        if self.starts_at is not None and event.occurred_at < self.starts_at:
            return "not_started"
        if self.ends_at is not None and event.occurred_at >= self.ends_at:
            return "ended"
        for slug, holds in self.conditions:
            if not holds(event):
                return slug
        return ""


class Fired(NamedTuple):
    """What a version came to; `chosen` are the places of its lines, None for all."""

    version: VersionInForce
    value: Exact
    chosen: Sequence[int] | None = None
