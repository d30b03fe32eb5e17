"""Redemption and breakage as a page: the estimate, and the triangle behind it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from reports.definitions.base import Text
from reports.definitions.breakage import Breakage, BreakageResult, decimal, percent
from reports.presentation.links import members_url
from reports.presentation.points import DASH, LinkedCell, Tile
from reports.statistics.breakage import MONTHS_FOR_A_RANGE, IssueMonth
from reports.windows import month_key

HEAT_STEPS = 5
COLUMNS_AT_MOST = 25


@dataclass(frozen=True)
class ShadedCell:
    """A share with its colour; the whole row is pale until it has matured."""

    text: str
    css: str = ""


@dataclass(frozen=True)
class IssueRow:
    """A month of issue: its sums, and what was redeemed by months since."""

    label: str
    sums: tuple[LinkedCell, ...]
    rate: str
    state: Text
    cells: tuple[ShadedCell, ...]


def page_of(result: BreakageResult) -> dict[str, Any]:
    """Return what the template of the report shows."""
    width = min(max((len(e.shares) for e in result.months), default=0), COLUMNS_AT_MOST)
    highest = max(
        (e.shares[-1] for e in result.months if e.shares), default=Fraction(0)
    )
    return {
        "is_empty": not result.months,
        "first_data": formats.month(result.first_month),
        "tiles": _tiles(result),
        "rows": [_row(each, width, highest) for each in result.months],
        "columns": range(width),
        "range_needs": MONTHS_FOR_A_RANGE,
    }


def _tiles(result: BreakageResult) -> list[Tile]:
    found = result.estimate
    expected = result.price.redemption_rate if result.price else None
    if found is None:
        rate, broken, note = DASH, DASH, gettext("No month has matured")
    else:
        rate, broken = percent(found.rate), percent(found.breakage)
        note = gettext("%(months)s months, %(points)s points") % {
            "months": formats.number(found.months),
            "points": formats.number(found.points),
        }
    return [
        Tile(_("Ultimate redemption rate"), rate, note=note),
        Tile(_("Breakage"), broken, note=_range(result)),
        Tile(
            _("Expected by the books"),
            DASH if expected is None else formats.percent(expected),
        ),
    ]


def _range(result: BreakageResult) -> str:
    found = result.estimate
    if found is None:
        return ""
    if found.low is None or found.high is None:
        return gettext("A range needs %(months)s matured months") % {
            "months": MONTHS_FOR_A_RANGE
        }
    return gettext("95%%: %(low)s to %(high)s") % {
        "low": formats.percent(1 - found.high),
        "high": formats.percent(1 - found.low),
    }


def _row(each: IssueMonth, width: int, highest: Fraction) -> IssueRow:
    def linked(figure: str) -> LinkedCell:
        points = getattr(each, figure)
        query = {"from": month_key(each.month), "figure": figure}
        url = members_url(Breakage.slug, **query) if points else ""
        return LinkedCell(formats.number(points), url)

    shares = each.shares[:width]
    cells = [
        ShadedCell(formats.percent(decimal(share), 0), _css(share, highest))
        for share in shares
    ]
    empty = [ShadedCell("")] * (width - len(cells))
    return IssueRow(
        label=formats.month(each.month),
        sums=tuple(linked(figure) for figure in ("net", "redeemed", "expired", "left")),
        rate=DASH if each.rate is None else percent(each.rate),
        state=_("Matured") if each.is_mature else _("Open"),
        cells=(*cells, *empty),
    )


def _css(share: Fraction, highest: Fraction) -> str:
    if highest <= 0 or share <= 0:
        return ""
    step = int(share / highest * HEAT_STEPS) + 1
    return f"heat-{min(step, HEAT_STEPS)}"
