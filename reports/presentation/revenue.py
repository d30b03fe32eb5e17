"""Revenue from points as a page: the schedule, and the journal of its last month."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy as _, pgettext

from loyalty_site.lib import formats
from loyalty_site.lib.charts import Chart, ChartRow, Series
from loyalty_site.lib.money import from_minor
from reports.definitions.revenue import CAUSES, Revenue, RevenueResult
from reports.presentation.links import members_url
from reports.presentation.points import Tile
from reports.statistics.revenue import Position, RevenueMonth
from reports.windows import month_key


def page_of(result: RevenueResult) -> dict[str, Any]:
    """Return what the template of the report shows."""
    first, last = result.first_month, result.params.months.last
    if first is None or last < first or not result.months:
        return {"is_empty": True, "first_data": formats.month(first)}
    currency = result.as_of.currency
    latest = max((line.on for line in result.journal), default=None)
    debits = sum(line.debit_minor for line in result.journal)
    credits_minor = sum(line.credit_minor for line in result.journal)
    return {
        "is_empty": False,
        "is_priced": result.is_priced,
        "tiles": _tiles(result),
        "charts": [_chart(result)],
        "journal_month": formats.month(latest),
        "journal": [
            {
                "account": result.codes[line.account],
                "debit": _side(line.debit_minor, currency),
                "credit": _side(line.credit_minor, currency),
                "text": CAUSES[line.cause],
            }
            for line in result.journal
            if line.on == latest
        ],
        "lines": formats.number(len(result.journal)),
        "debits": formats.money(debits, currency),
        "credits": formats.money(credits_minor, currency),
    }


def _side(amount_minor: int, currency: str) -> str:
    return formats.money(amount_minor, currency) if amount_minor else ""


def _tiles(result: RevenueResult) -> list[Tile]:
    moved, currency = result.moved, result.as_of.currency
    closing = result.months[-1].closing if result.months else Position()

    def tile(label: Any, amount_minor: int, note: str = "") -> Tile:  # noqa: ANN401 -- text that is translated late
        return Tile(label, formats.money(amount_minor, currency), note)

    broken = gettext("%(amount)s of it by breakage") % {
        "amount": formats.money(moved.broken, currency)
    }
    return [
        tile(_("Contract liability"), closing.liability),
        tile(_("Deferred"), moved.deferred),
        tile(pgettext("revenue", "Earned"), moved.redeemed + moved.broken, broken),
        tile(_("Provision for gifts"), closing.provision),
    ]


def _chart(result: RevenueResult) -> Chart:
    months, currency = result.months, result.as_of.currency
    is_partial = not result.as_of.is_over(months[-1].month)
    return Chart(
        slug="schedule",
        title=_("Contract liability at the end of the month"),
        subtitle=_("Price of sales that is deferred for points and not earned yet."),
        categories=[formats.month(each.month) for each in months],
        series=[
            Series(
                gettext("Contract liability"),
                [from_minor(each.closing.liability, currency) for each in months],
            )
        ],
        header=[
            gettext("Month"),
            gettext("Opening"),
            gettext("Deferred"),
            gettext("Reversed"),
            gettext("Earned by redemption"),
            gettext("Earned by breakage"),
            gettext("Closing"),
        ],
        rows=[_row(each, currency) for each in months],
        format="money",
        currency=currency,
        lowest=0,
        is_last_partial=is_partial,
        is_open=True,
        height="low",
    )


def _row(each: RevenueMonth, currency: str) -> ChartRow:
    moved = each.moved
    amounts = (
        each.opening.liability,
        moved.deferred,
        -moved.reversed,
        -moved.redeemed,
        -moved.broken,
        each.closing.liability,
    )
    return ChartRow(
        (
            formats.month(each.month),
            *(formats.money(amount, currency) for amount in amounts),
        ),
        members_url(Revenue.slug, **{"from": month_key(each.month)}),
    )
