"""The cohort grid as cells to be read, and its lines as a chart."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.charts import Chart, ChartRow, Series
from reports.definitions.base import exact
from reports.definitions.cohort_retention import CohortResult, CohortRetention
from reports.presentation.links import members_url, months_query
from reports.statistics.cohorts import Cell, CohortRow, MeanCell, Mode
from reports.statistics.proportions import Rate
from reports.statistics.suppression import HIDDEN_BELOW, NO_HEADLINE_BELOW

HEAT_STEPS = 5
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class ShownCell:
    """A cell of the grid: its text, how it looks, where it leads, what it says."""

    text: str
    css: str = ""
    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class ShownRow:
    """A row of the grid."""

    label: str
    url: str
    size: str
    again: ShownCell
    cells: list[ShownCell]


def page_of(result: CohortResult) -> dict[str, Any]:
    """Return what the template of the report shows."""
    heat = _Heat(result)
    return {
        "rows": [_row(row, result, heat) for row in result.rows],
        "mean": [_mean_cell(cell, result) for cell in result.mean],
        "periods": list(result.periods),
        "heat": heat.ends,
        "chart": _chart(result) if result.rows else None,
        "is_percent": result.params.is_percent,
        "has_partial": any(
            c and c.is_partial for row in result.rows for c in row.cells
        ),
        "is_empty": not result.rows,
        "first_data": formats.month(result.first_cohort),
        "mature_days": result.mature_days,
    }


class _Heat:
    """Five equal steps from the smallest share to the largest.

    Unfinished and weak cells, and the 100 % of the first month, have no colour.
    """

    def __init__(self, result: CohortResult) -> None:
        shares = [
            Fraction(cell.rate.part, cell.rate.whole)
            for row in result.rows
            for cell in row.cells[1:]
            if cell and not cell.is_partial and not cell.is_weak
        ]
        self.low = min(shares, default=Fraction(0))
        self.high = max(shares, default=Fraction(0))

    @property
    def ends(self) -> dict[str, str]:
        """The ends of the steps, for the legend; nothing without shares."""
        if not self.high:
            return {}
        low, high = (_whole_percent(end) for end in (self.low, self.high))
        return {"low": low, "high": high}

    def css(self, cell: Cell) -> str:
        if not self.high or not cell.period or cell.is_weak or cell.is_partial:
            return ""
        share = Fraction(cell.rate.part, cell.rate.whole)
        width = (self.high - self.low) or self.high
        step = int((share - self.low) / width * HEAT_STEPS) + 1
        return f"heat-{max(1, min(step, HEAT_STEPS))}"


def _whole_percent(share: Fraction) -> str:
    return formats.percent(exact(float(share)), 0)


def _row(row: CohortRow, result: CohortResult, heat: _Heat) -> ShownRow:
    query = months_query(row.cohort, row.cohort)
    again = Rate(row.came_again, row.size)
    return ShownRow(
        label=formats.month(row.cohort),
        url=_url(query, Mode.ON, 0),
        size=formats.number(row.size),
        again=ShownCell(
            text=_text(again, is_percent=result.params.is_percent),
            url=_url(query, Mode.AGAIN, 0) if row.came_again else "",
            title=_title(again),
            css="muted" if row.size < NO_HEADLINE_BELOW else "",
        ),
        cells=[_cell(cell, result, heat) for cell in row.cells],
    )


def _cell(cell: Cell | None, result: CohortResult, heat: _Heat) -> ShownCell:
    if cell is None:
        return ShownCell("")
    is_percent = result.params.is_percent
    classes = [heat.css(cell)]
    if cell.is_partial:
        classes.append("is-partial")
    if cell.is_weak and is_percent:
        classes.append("muted")
    title = _title(cell.rate)
    if cell.is_partial:
        title = gettext("%(share)s, not complete yet") % {"share": title}
    query = months_query(cell.cohort, cell.cohort)
    return ShownCell(
        text=_text(cell.rate, is_percent=is_percent),
        css=" ".join(filter(None, classes)),
        url=_url(query, result.params.mode, cell.period) if cell.rate.part else "",
        title=title,
    )


def _mean_cell(cell: MeanCell | None, result: CohortResult) -> ShownCell:
    if cell is None:
        return ShownCell("")
    return ShownCell(
        text=_text(cell.rate, is_percent=True),
        css="muted" if cell.rate.whole < NO_HEADLINE_BELOW else "",
        url=_mean_url(cell, result),
        title=_title(cell.rate),
    )


def _mean_url(cell: MeanCell, result: CohortResult) -> str:
    query = months_query(cell.first, cell.last)
    return _url(query, result.params.mode, cell.period) if cell.rate.part else ""


def _url(query: dict[str, str], mode: Mode, period: int) -> str:
    return members_url(CohortRetention.slug, **query, mode=mode.value, period=period)


def _text(rate: Rate, *, is_percent: bool) -> str:
    if not is_percent:
        return formats.number(rate.part)
    if rate.whole < HIDDEN_BELOW:
        return DASH
    return formats.percent(exact(rate.share), 0 if rate.part == rate.whole else 1)


def _title(rate: Rate) -> str:
    words = {"part": formats.number(rate.part), "whole": formats.number(rate.whole)}
    sentence = gettext("%(part)s of %(whole)s") % words
    if rate.interval and 0 < rate.part < rate.whole:
        low, high = (formats.percent(exact(end)) for end in rate.interval)
        sentence = gettext("%(part)s of %(whole)s, 95%% from %(low)s to %(high)s") % (
            words | {"low": low, "high": high}
        )
    return sentence


def _chart(result: CohortResult) -> Chart:
    chosen = [row for row in result.rows if row.cohort in result.params.lines]
    header = [gettext("Months after"), gettext("Weighted mean")]
    header += [formats.month(row.cohort) for row in chosen]
    mean = [exact(cell.rate.share) if cell else None for cell in result.mean]
    lines = [[_drawn(cell) for cell in row.cells] for row in chosen]
    return Chart(
        slug="cohort-lines",
        title=_("How many come back, month by month"),
        subtitle=_(
            "Share of the cohort; the weighted mean and the chosen cohorts, "
            "without months that are not complete."
        ),
        categories=[str(period) for period in result.periods],
        series=[
            Series(gettext("Weighted mean"), mean),
            *(
                Series(formats.month(row.cohort), line)
                for row, line in zip(chosen, lines, strict=True)
            ),
        ],
        header=header,
        rows=[
            ChartRow(
                (
                    str(period),
                    _share(mean[period]),
                    *(_share(line[period]) for line in lines),
                ),
                _mean_url(cell, result) if cell else "",
            )
            for period, cell in enumerate(result.mean)
        ],
        format="percent",
        lowest=0,
        highest=1,
    )


def _drawn(cell: Cell | None) -> Decimal | None:
    if cell is None or cell.is_partial or cell.is_hidden:
        return None
    return exact(cell.rate.share)


def _share(share: Decimal | None) -> str:
    return formats.percent(share) if share is not None else ""
