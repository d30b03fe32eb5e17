"""Charts as data: what the browser draws, and the table that says the same.

A chart is a finding, its unit, its series and its rows. `static/js/charts.js` draws
`Chart.spec`; without JavaScript the table is the chart. Numbers of a spec are for
drawing only: what people read is formatted text of the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
Value = int | Decimal | None
Kind = Literal["line", "bar", "stacked"]
Format = Literal["number", "percent", "money", "score"]
Role = Literal["main", "comparison", "promoter", "passive", "detractor", "negative"]
Height = Literal["low", "normal", "tall"]


@dataclass(frozen=True)
class Series:
    """One line or row of bars.

    `role` gives the meaning: a comparison has the colour of the series before it,
    dashed and paler; promoter, passive and detractor have colours of their own.
    `lows` and `highs` are the ends of error bars. `kind` overrides the chart's.
    """

    name: Text
    values: Sequence[Value]
    role: Role = "main"
    lows: Sequence[Value] = ()
    highs: Sequence[Value] = ()
    kind: Kind | Literal[""] = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what the browser draws."""
        return {
            "name": str(self.name),
            "values": _drawn(self.values),
            "role": self.role,
            "lows": _drawn(self.lows),
            "highs": _drawn(self.highs),
            "kind": self.kind,
        }


@dataclass(frozen=True)
class ChartRow:
    """A row of the chart's table; `url` leads to the members behind it."""

    cells: tuple[Text, ...]
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart of `components/_chart.html`.

    `title` says the finding, `subtitle` the measure, unit, range and zone. `format` is
    how values are written in the drawing: for `percent` the values are shares, where 1
    is the whole; for `money` they are amounts in `currency`. `links` has an address
    for each category. The last category is drawn hatched when it `is_last_partial`.
    """

    slug: str
    title: Text
    categories: Sequence[Text]
    series: Sequence[Series]
    header: Sequence[Text]
    rows: Sequence[ChartRow]
    subtitle: Text = ""
    kind: Kind = "line"
    format: Format = "number"
    currency: str = ""
    unit: Text = ""
    lowest: Value = None
    highest: Value = None
    links: Sequence[str] = ()
    is_last_partial: bool = False
    is_horizontal: bool = False
    is_open: bool = False
    height: Height = "normal"

    @property
    def data_id(self) -> str:
        """The id of the data on the page."""
        return f"{self.slug}-data"

    @property
    def spec(self) -> dict[str, Any]:
        """What the browser draws."""
        return {
            "kind": self.kind,
            "format": self.format,
            "currency": self.currency,
            "unit": str(self.unit),
            "categories": [str(name) for name in self.categories],
            "series": [series.as_dict() for series in self.series],
            "lowest": _drawn([self.lowest])[0],
            "highest": _drawn([self.highest])[0],
            "links": list(self.links),
            "isLastPartial": self.is_last_partial,
            "isHorizontal": self.is_horizontal,
        }


def _drawn(values: Sequence[Value]) -> list[float | int | None]:
    """Return numbers JSON knows; a drawing has no use for exact decimals."""
    return [float(each) if isinstance(each, Decimal) else each for each in values]
