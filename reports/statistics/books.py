"""The books of points: the roll-forward of months, and what is outstanding by age."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reports.windows import months_from

NEVER = date(9999, 12, 1)


class Group(StrEnum):
    """A line of the roll-forward, in its order."""

    ISSUED = "issued"
    REVERSED = "reversed"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    OTHER = "other"


# Kinds that are not named here are in the line of what is left, by their own name.
_GROUPS = {
    "earn": Group.ISSUED,
    "bonus": Group.ISSUED,
    "claw_back": Group.REVERSED,
    "redeem": Group.REDEEMED,
    "redeem_reversal": Group.REDEEMED,
    "expire": Group.EXPIRED,
}
GIVEN, TAKEN = "adjust.in", "adjust.out"


@dataclass(frozen=True)
class BookRow:
    """What the entries of a kind brought and took in a month of posting, both >= 0."""

    month: date
    kind: str
    points_in: int
    points_out: int


@dataclass(frozen=True)
class Move:
    """A kind of movement in a period; adjustments up and down are two of them."""

    name: str
    group: Group
    points: int


@dataclass(frozen=True)
class RollForward:
    """Opening and closing points of a period and what moved between, signed."""

    opening: int
    moves: tuple[Move, ...]

    @property
    def closing(self) -> int:
        """The opening and everything that moved."""
        return self.opening + sum(move.points for move in self.moves)

    def total(self, group: Group) -> int:
        """What a line comes to."""
        return sum(move.points for move in self.moves if move.group is group)


def roll_forward(rows: Iterable[BookRow], first: date, last: date) -> RollForward:
    """Return the roll-forward from the month `first` to `last`, both inclusive."""
    opening = 0
    moved: Counter[tuple[Group, str]] = Counter()
    for row in rows:
        if row.month < first:
            opening += row.points_in - row.points_out
        elif row.month <= last:
            moved.update(_moved(row))
    order = list(Group)
    keys = sorted(moved, key=lambda key: (order.index(key[0]), _place(key[1]), key[1]))
    moves = (Move(name, group, moved[group, name]) for group, name in keys)
    return RollForward(opening, tuple(move for move in moves if move.points))


def _moved(row: BookRow) -> dict[tuple[Group, str], int]:
    if row.kind == "adjust":
        return {
            (Group.ISSUED, GIVEN): row.points_in,
            (Group.REVERSED, TAKEN): -row.points_out,
        }
    group = _GROUPS.get(row.kind, Group.OTHER)
    return {(group, row.kind): row.points_in - row.points_out}


def _place(name: str) -> int:
    known = [*_GROUPS]
    return known.index(name) if name in known else len(known)


# What is outstanding ----------------------------------------------------------


@dataclass(frozen=True)
class VintageRow:
    """What a month of posting did to points that were issued alike; signed.

    `issued_month` and `month` are months of posting. At the end of a month the points
    can be spent once it is not before `effective_month`, and have expired once it is
    not before `expiry_month`.
    """

    issued_month: date
    origin: str
    effective_month: date
    expiry_month: date
    month: date
    issued: int
    taken_back: int
    redeemed: int
    expired: int
    other: int

    @property
    def points(self) -> int:
        """What the month added to what is left."""
        return self.issued + self.taken_back + self.redeemed + self.expired + self.other


@dataclass(frozen=True)
class Holding:
    """Points of one vintage that are left at the end of a month."""

    issued_month: date
    origin: str
    effective_month: date
    expiry_month: date
    points: int


def left_after(
    rows: Iterable[VintageRow], months: Iterable[date]
) -> dict[date, list[Holding]]:
    """Return for each of the months what was left at its end."""
    by_month = sorted(rows, key=lambda row: row.month)
    left: Counter[tuple[date, str, date, date]] = Counter()
    found: dict[date, list[Holding]] = {}
    place = 0
    for month in sorted(months):
        while place < len(by_month) and by_month[place].month <= month:
            row = by_month[place]
            key = (row.issued_month, row.origin, row.effective_month, row.expiry_month)
            left[key] += row.points
            place += 1
        found[month] = [Holding(*key, points) for key, points in left.items() if points]
    return found


class State(StrEnum):
    """Whether points can be spent at the end of a month."""

    ACTIVE = "active"
    PENDING = "pending"
    OVER = "over"


@dataclass(frozen=True)
class Bucket:
    """A range of months, both ends inclusive; without an end it goes on."""

    slug: str
    first: int
    last: int | None

    def holds(self, months: int) -> bool:
        """Whether so many months are in the range."""
        return self.first <= months and (self.last is None or months <= self.last)


# Months since that of issue, 0 for the month itself.
AGES = (
    Bucket("age-0", 0, 2),
    Bucket("age-3", 3, 5),
    Bucket("age-6", 6, 11),
    Bucket("age-12", 12, 23),
    Bucket("age-24", 24, None),
)
# Months to the last one that the points live in, 1 for the next month.
EXPIRIES = (
    Bucket("left-1", 1, 1),
    Bucket("left-2", 2, 3),
    Bucket("left-4", 4, 6),
    Bucket("left-7", 7, 12),
    Bucket("left-13", 13, None),
)
NO_END = "left-never"
BUCKETS = {bucket.slug: bucket for bucket in AGES + EXPIRIES}


@dataclass(frozen=True)
class AgedRow:
    """A row of an ageing table: active and pending points of a bucket."""

    slug: str
    active: int
    pending: int

    @property
    def points(self) -> int:
        """Both together."""
        return self.active + self.pending


@dataclass(frozen=True)
class Outstanding:
    """What is left in the lots at the end of a month, by age and by time left.

    `over` has expired by then, and its entry is not written yet; it is in no row.
    """

    by_age: tuple[AgedRow, ...]
    by_expiry: tuple[AgedRow, ...]
    over: int

    @property
    def active(self) -> int:
        """Points that can be spent."""
        return sum(row.active for row in self.by_age)

    @property
    def pending(self) -> int:
        """Points that cannot be spent yet."""
        return sum(row.pending for row in self.by_age)

    @property
    def points(self) -> int:
        """Points that members may still spend."""
        return self.active + self.pending

    @property
    def in_lots(self) -> int:
        """Everything that is left in the lots."""
        return self.points + self.over


def state_of(holding: Holding, month: date, *, is_over: bool) -> State:
    """Return the state at the end of `month`, or so far where the month is not over.

    So far, what ends in the running month counts as living: what ended is written off
    within minutes, and the rest can be spent.
    """
    ends = holding.expiry_month <= month if is_over else holding.expiry_month < month
    if ends:
        return State.OVER
    return State.PENDING if holding.effective_month > month else State.ACTIVE


def outstanding(
    holdings: Iterable[Holding], month: date, *, is_over: bool
) -> Outstanding:
    """Sort what is left at the end of `month` by age and by the time that is left."""
    ages: Counter[tuple[str, State]] = Counter()
    expiries: Counter[tuple[str, State]] = Counter()
    over = 0
    for holding in holdings:
        state = state_of(holding, month, is_over=is_over)
        if state is State.OVER:
            over += holding.points
            continue
        ages[age_of(holding, month), state] += holding.points
        expiries[expiry_of(holding, month), state] += holding.points
    return Outstanding(
        _aged(ages, [bucket.slug for bucket in AGES]),
        _aged(expiries, [*(bucket.slug for bucket in EXPIRIES), NO_END]),
        over,
    )


def age_of(holding: Holding, month: date) -> str:
    """Return the bucket of the months since the issue."""
    return _bucket(AGES, months_from(holding.issued_month, month))


def expiry_of(holding: Holding, month: date) -> str:
    """Return the bucket of the months that are left; what ends at once is the first."""
    if holding.expiry_month == NEVER:
        return NO_END
    return _bucket(EXPIRIES, max(months_from(month, holding.expiry_month), 1))


def _bucket(buckets: Iterable[Bucket], months: int) -> str:
    return next(bucket.slug for bucket in buckets if bucket.holds(months))


def _aged(
    points: Counter[tuple[str, State]], slugs: Iterable[str]
) -> tuple[AgedRow, ...]:
    return tuple(
        AgedRow(slug, points[slug, State.ACTIVE], points[slug, State.PENDING])
        for slug in slugs
    )
