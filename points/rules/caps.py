"""Limits of what purchases earn: on one purchase, in a day, a week, a month, in all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from points.rules.base import EarningEvent, Exact

TRIM, REJECT = "trim", "reject"
PURCHASE, DAY, WEEK, MONTH, BALANCE = "purchase", "day", "week", "month", "balance"
SPANS = (DAY, WEEK, MONTH)
# The owner of the programme's own limits; those of rules belong to the rule's id.
PROGRAMME = 0
Key = tuple[int, int, str, date]


class Caps(NamedTuple):
    """At most so many points; None is no limit. Spans are days of the programme."""

    purchase: int | None = None
    day: int | None = None
    week: int | None = None
    month: int | None = None

    @property
    def has_spans(self) -> bool:
        """Whether earlier purchases matter."""
        return self[1:] != (None, None, None)


NO_CAPS = Caps()


class Cut(NamedTuple):
    """What a limit leaves, and which limit it was."""

    left: Exact
    cap: str


def start_of(span: str, day: date) -> date:
    """Return the first day of the day, the ISO week or the month."""
    if span == MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if span == WEEK else day


@dataclass(frozen=True)
class Tally:
    """What members have earned in the spans of a batch; it grows as the batch is asked.

    `used` are points by owner, member, span and its first day, `balances` those of the
    members with what is pending. Both are only right under the accounts' locks. `known`
    are the sources and ids of what was posted, which earns no second time.
    """

    zone: ZoneInfo
    used: dict[Key, Exact] = field(default_factory=dict)
    balances: dict[int, int] = field(default_factory=dict)
    known: set[tuple[str, str]] = field(default_factory=set)

    def takes(self, source: str, source_id: str) -> bool:
        """Return whether the purchase is a new one; of two in a batch only the first."""
        is_new = (source, source_id) not in self.known
        self.known.add((source, source_id))
        return is_new

    def day_of(self, event: EarningEvent) -> date:
        """Return the day of the purchase in the programme's zone."""
        return event.occurred_at.astimezone(self.zone).date()

    def add(self, owner: int, event: EarningEvent, points: Exact) -> None:
        """Count points; the owner is a rule or the programme."""
        self.count(owner, event.member_id, self.day_of(event), points)

    def count(self, owner: int, member_id: int, day: date, points: Exact) -> None:
        """Count points of a day."""
        for span in SPANS:
            key = (owner, member_id, span, start_of(span, day))
            self.used[key] = self.used.get(key, 0) + points

    def rooms(self, owner: int, caps: Caps, event: EarningEvent) -> Iterator[Cut]:
        """Return what the limits of spans leave."""
        day = self.day_of(event)
        for span, cap in zip(SPANS, caps[1:], strict=True):
            if cap is not None:
                key = (owner, event.member_id, span, start_of(span, day))
                yield Cut(cap - self.used.get(key, 0), span)


def cut(
    value: Exact,
    caps: Caps,
    event: EarningEvent,
    *,
    owner: int,
    tally: Tally | None,
    overflow: str,
    balance_limit: int | None = None,
) -> Cut | None:
    """Return what limits leave of the points, None where they leave all of them.

    Where they would be exceeded, `trim` leaves what fits and `reject` nothing.
    """
    rooms = [] if caps.purchase is None else [Cut(caps.purchase, PURCHASE)]
    if tally is not None:
        rooms += tally.rooms(owner, caps, event)
        if balance_limit is not None:
            balance = tally.balances.get(event.member_id, 0)
            rooms.append(Cut(balance_limit - balance, BALANCE))
    least = min(rooms, key=lambda room: room.left, default=None)
    if least is None or value <= least.left:
        return None
    return Cut(0 if overflow == REJECT else max(least.left, 0), least.cap)
