"""What a benchmark found: numbers with their spread, and whether they suffice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The median of repeated measurements, and how far they were apart."""

    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        return median(self.values)

    def text(self, form: str = ",.0f") -> str:
        """Return `median (lowest to highest)`."""
        if len(self.values) == 1:
            return f"{self.middle:{form}}"
        low, high = min(self.values), max(self.values)
        return f"{self.middle:{form}} ({low:{form}} to {high:{form}})"


@dataclass(frozen=True)
class Asked:
    """A bound, in words and as a number; without one everything suffices."""

    words: str = ""
    at_least: float | None = None
    at_most: float | None = None

    def is_met_by(self, value: float) -> bool:
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


HALF = Asked("≥ 0.50", at_least=0.5)


@dataclass(frozen=True)
class Row:
    """A line of a table of results; `is_met` is None where nothing is asked."""

    cells: tuple[str, ...]
    is_met: bool | None


@dataclass
class Section:
    """A table of results."""

    title: str
    header: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """Floor and product side by side, in pairs of turns.

    `is_time` tells seconds, where a small ratio is good, from work per second.
    """

    work: str
    unit: str
    floor: Sequence[float]
    product: Sequence[float]
    asked: Asked = Asked()
    is_time: bool = False

    @property
    def ratio(self) -> Spread:
        pairs = zip(self.floor, self.product, strict=True)
        return Spread(tuple(product / floor for floor, product in pairs))

    @property
    def is_met(self) -> bool | None:
        return self.asked.is_met_by(self.ratio.middle) if self.asked.words else None

    def row(self) -> Row:
        form = ",.2f" if self.is_time else ",.0f"
        return Row(
            (
                self.work,
                self.unit,
                Spread(tuple(self.floor)).text(form),
                Spread(tuple(self.product)).text(form),
                self.ratio.text(".2f"),
                self.asked.words,
            ),
            self.is_met,
        )


COMPARED = ("work", "unit", "floor", "product", "ratio", "asked of the ratio")
BOUNDED = ("what", "measured", "asked")


def compared(title: str, *comparisons: Comparison, note: str = "") -> Section:
    """Return the comparisons as one table."""
    return Section(title, COMPARED, [each.row() for each in comparisons], note)


def bounded(what: str, text: str, value: float, asked: Asked) -> Row:
    """Return a single number with what is asked of it."""
    met = asked.is_met_by(value) if asked.words else None
    return Row((what, text, asked.words), met)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]
