"""What a rule kind is, and what it is asked about."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from django import forms
from django.utils.functional import Promise


class EventLine(Protocol):
    """What rules see of a line of a basket."""

    @property
    def amount_minor(self) -> int:
        """Minor units; of a discount line below zero."""

    @property
    def quantity(self) -> Decimal:
        """Pieces, or kilograms; >= 0."""

    @property
    def sku(self) -> str:
        """The article."""

    @property
    def category(self) -> str:
        """The category."""

    @property
    def brand(self) -> str:
        """The brand."""

    @property
    def labels(self) -> Sequence[str]:
        """Whatever else the shop says of it."""


NO_CHANGES: Mapping[str, int] = MappingProxyType({})


class Need(NamedTuple):
    """What a rule looks back at: purchases of a span, see `spans`.

    With `is_money` their amounts, with `is_streak` the `length` spans up to this one,
    else how many there were; `is_by_number` gives once for each number, not each span.
    """

    span: str
    length: int = 1
    is_money: bool = False
    is_streak: bool = False
    is_by_number: bool = False


class Past(NamedTuple):
    """What a rule looks back at comes to, the purchase itself among it.

    `had` are purchases, minor units, or spans in a row; `is_given` says that the rule
    gave its points for it already.
    """

    had: int = 0
    is_given: bool = False


NO_PAST = Past()


class EarningEvent(NamedTuple):
    """What rules see of a purchase: amounts in minor units, instants aware.

    Of another event they see its `name`, which a purchase has not.

    `tier` is the short name of the tier held then, empty for none; `is_first`,
    `birth_on` and `segments`, by their short names, are only told where a rule asks for
    them. `units` are the pieces of a purchase without lines, None where they are not
    known. `amount_minor` is what earns; `changes` are what it differs by from what was
    paid, by the name of the part. `past` is that of the rule that is asked, where it
    looks back.
    """

    amount_minor: int
    occurred_at: datetime
    store: str = ""
    channel: str = ""
    tier: str = ""
    is_first: bool = False
    payment: str = ""
    codes: Sequence[str] = ()
    birth_on: date | None = None
    units: Decimal | None = None
    lines: Sequence[EventLine] = ()
    changes: Mapping[str, int] = NO_CHANGES
    member_id: int = 0
    past: Past = NO_PAST
    name: str = ""
    segments: Collection[str] = ()

    @property
    def paid_minor(self) -> int:
        """What was paid, whatever part of it earns."""
        return self.amount_minor - sum(self.changes.values())


Exact = int | Fraction
Question = Callable[[EarningEvent], Exact | None]
LineCheck = Callable[[EventLine], bool]


class RuleKind(Protocol):
    """One kind of earning rule: pure arithmetic over an event.

    `stage` says where in the pipeline it acts: `base` and `bonus` kinds answer points,
    `multiplier` kinds answer a factor (>= 0), which does not touch bonuses. `None` means
    that the kind's own condition was not met. `by_pieces` says that the points belong to
    the lines by their quantity; else it is by their amount.
    """

    slug: str
    label: str | Promise
    stage: str
    by_pieces: bool
    params_form: type[forms.Form]

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the rule, ready to be asked; `minor_units` make one currency unit.

        What can be computed once is computed here: the question is asked for every
        purchase of an import.
        """

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as a sentence."""


def as_whole(value: Fraction) -> Exact:
    """Return an int where the fraction is whole: its arithmetic is much faster."""
    return value.numerator if value.denominator == 1 else value


BASE = "base"
MULTIPLIER = "multiplier"
BONUS = "bonus"
