"""The search over everything; each app registers a searcher when it starts."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.utils.functional import Promise

Person = AbstractUser | AnonymousUser
Text = str | Promise

LONGEST_WORDS = 100


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    label: Text
    url: str
    note: Text = ""


@dataclass(frozen=True)
class HitGroup:
    """What one searcher found: the first hits, and the page that lists them all."""

    title: Text
    hits: tuple[Hit, ...]
    count: int
    url: str = ""


Searcher = Callable[[Person, str], HitGroup | None]

_searchers: list[Searcher] = []


def register_searcher(searcher: Searcher) -> None:
    """Add a searcher; it returns None when the person may not look there."""
    _searchers.append(searcher)


def found(person: Person, words: str) -> list[HitGroup]:
    """Return the groups that have hits; no words find nothing."""
    words = words.replace("\x00", "").strip()[:LONGEST_WORDS]
    if not words:
        return []
    groups = [searcher(person, words) for searcher in _searchers]
    return [group for group in groups if group is not None and group.hits]
