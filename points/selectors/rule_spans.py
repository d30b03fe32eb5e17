"""Which version of a rule decides when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from points.models import RuleVersion


@dataclass(frozen=True)
class Span:
    """A version and the time for which it decides; None is without an end."""

    version: RuleVersion
    since: datetime | None
    until: datetime | None

    @property
    def is_empty(self) -> bool:
        """Whether another version took over before this one began."""
        return bool(self.since and self.until and self.until <= self.since)

    def covers(self, at: datetime) -> bool:
        """Whether this is the version of its rule at that instant."""
        return (self.since is None or self.since <= at) and (
            self.until is None or at < self.until
        )


def spans_of(versions: Iterable[RuleVersion]) -> list[Span]:
    """Return when each version decides, by rule, the first published first.

    A version holds from its `valid_from` and takes over from all that were published
    before it, also from one that was planned for a later day. The first one also holds
    for everything before it.
    """
    in_order = sorted(versions, key=lambda each: (each.rule_id, each.number))
    return [
        span
        for _rule_id, group in groupby(in_order, key=lambda each: each.rule_id)
        for span in _spans_of_rule(list(group))
    ]


def _spans_of_rule(versions: list[RuleVersion]) -> list[Span]:
    starts = [version.valid_from for version in versions]
    return [
        Span(
            version,
            since=version.valid_from if place else None,
            until=min(starts[place + 1 :], default=None),
        )
        for place, version in enumerate(versions)
    ]
