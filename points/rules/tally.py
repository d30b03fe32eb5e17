"""What members bought and earned before, for rules and limits that look back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from points.rules.base import EarningEvent, Exact, Need, Past
from points.rules.caps import SPANS, Caps, Cut
from points.rules.spans import start_before, start_of

# The owner of the programme's own limits; those of rules belong to the rule's id.
PROGRAMME = 0
Key = tuple[int, int, str, date]


class Bought(NamedTuple):
    """How many purchases of a member, and what they came to less what came back."""

    purchases: int = 0
    spent_minor: int = 0


NOTHING = Bought()


class Gift(NamedTuple):
    """That a rule gave its points: on a purchase of that span, as that number of it."""

    rule_id: int
    member_id: int
    span: str
    start: date
    number: int = 0


@dataclass(frozen=True)
class Tally:
    """What members did in the spans of a batch; it grows as the batch is asked.

    `used` are points by owner, member, span and its first day, `balances` those of the
    members with what is pending. `bought` counts purchases by member, span and first
    day, of the `spans` that rules look back at, and `gifts` is what such rules gave. All
    is only right under the accounts' locks. `known` are the sources and ids of what was
    posted, which earns no second time.
    """

    zone: ZoneInfo
    used: dict[Key, Exact] = field(default_factory=dict)
    balances: dict[int, int] = field(default_factory=dict)
    known: set[tuple[str, str]] = field(default_factory=set)
    spans: frozenset[str] = frozenset()
    bought: dict[tuple[int, str, date], Bought] = field(default_factory=dict)
    gifts: set[Gift] = field(default_factory=set)

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

    def add_purchase(self, member_id: int, day: date, spent_minor: int) -> None:
        """Count a purchase of a day."""
        for span in self.spans:
            self.add_bought(
                member_id, span, start_of(span, day), Bought(1, spent_minor)
            )

    def add_bought(self, member_id: int, span: str, start: date, more: Bought) -> None:
        """Count purchases of a span."""
        key = (member_id, span, start)
        before = self.bought.get(key, NOTHING)
        self.bought[key] = Bought(
            before.purchases + more.purchases, before.spent_minor + more.spent_minor
        )

    def add_gift(
        self, rule_id: int, need: Need, *, member_id: int, day: date, had: int
    ) -> None:
        """Note that the rule gave its points on a purchase of that day."""
        start = start_of(need.span, day)
        number = had if need.is_by_number else 0
        self.gifts.add(Gift(rule_id, member_id, need.span, start, number))

    def past_of(self, rule_id: int, need: Need, event: EarningEvent) -> Past:
        """Return what the rule looks back at, this purchase among it."""
        start = start_of(need.span, self.day_of(event))
        if need.is_streak:
            return self._in_a_row(rule_id, need, event.member_id, start)
        bought = self.bought.get((event.member_id, need.span, start), NOTHING)
        count = bought.purchases + 1
        number = count if need.is_by_number else 0
        gift = Gift(rule_id, event.member_id, need.span, start, number)
        return Past(
            had=bought.spent_minor + event.paid_minor if need.is_money else count,
            is_given=gift in self.gifts,
        )

    def _in_a_row(self, rule_id: int, need: Need, member_id: int, start: date) -> Past:
        if Gift(rule_id, member_id, need.span, start) in self.gifts:
            return Past(0, is_given=True)
        had = 1
        before = start_before(need.span, start)
        while (
            had < need.length
            and (member_id, need.span, before) in self.bought
            and Gift(rule_id, member_id, need.span, before) not in self.gifts
        ):
            had += 1
            before = start_before(need.span, before)
        return Past(had)


@dataclass(frozen=True)
class ToldTally(Tally):
    """What nobody did: a past that is only told, the same for every span."""

    count_before: int = 0
    spent_before_minor: int = 0
    spans_before: int = 0

    def past_of(self, rule_id: int, need: Need, event: EarningEvent) -> Past:
        """Return what was told, and the purchase."""
        if need.is_streak:
            return Past(min(self.spans_before + 1, need.length))
        if need.is_money:
            return Past(self.spent_before_minor + event.paid_minor)
        return Past(self.count_before + 1)
