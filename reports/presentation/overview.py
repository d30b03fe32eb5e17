"""The overview's tiles, its charts and the way of the points through the period."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import format_compact_currency
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.charts import Chart, ChartRow, Series
from loyalty_site.lib.money import from_minor, minor_digits
from reports.definitions.base import Text, exact
from reports.definitions.nps import change_between, change_sentence
from reports.definitions.overview import (
    Figures,
    MonthFigures,
    Overview,
    OverviewResult,
)
from reports.presentation.links import members_url, months_query, window_query
from reports.selectors.days import POINTS
from reports.statistics.suppression import NO_HEADLINE_BELOW

DASH = "\N{EN DASH}"
COMPACT_FROM = 10_000_000
COMPACT_MONEY_FROM = 1_000_000


@dataclass(frozen=True)
class Tile:
    """A figure, how it moved, and what it is made of."""

    label: Text
    value: str
    url: str
    title: str = ""
    change: str = ""
    note: str = ""


@dataclass(frozen=True)
class Step:
    """A line of the way of the points: what moved them, how many, who."""

    label: Text
    points: str
    url: str
    is_total: bool = False


def page_of(result: OverviewResult) -> dict[str, Any]:
    """Return what the template of the report shows."""
    return {
        "tiles": _tiles(result),
        "charts": [
            _activity_chart(result),
            _sales_chart(result),
            _points_chart(result),
        ],
        "steps": _steps(result),
        "checked_at": result.as_of.checked_at,
        "rows_wrong": result.as_of.rows_wrong,
        "is_empty": result.is_empty,
        "first_data": formats.day(result.first_day),
        "before": result.before,
        "before_last": (
            result.before.period.end - result.before.period.start.resolution
            if result.before
            else None
        ),
    }


def _tiles(result: OverviewResult) -> list[Tile]:
    currency = result.as_of.currency
    now = result.now

    def counted(
        label: Text, figure: str, read: Callable[[Figures], int], note: str = ""
    ) -> Tile:
        value = read(now)
        return Tile(
            label,
            _short(value),
            _url(result, figure),
            title=formats.number(value),
            change=_change(result, read),
            note=note,
        )

    average = now.totals.spend_minor // now.totals.orders if now.totals.orders else 0
    return [
        counted(_("Members"), "members", lambda each: each.members, _joined(now)),
        counted(_("Active members"), "active", lambda each: each.active, _active(now)),
        Tile(
            _("Sales"),
            _short_money(now.totals.spend_minor, currency),
            _url(result, "sales"),
            title=formats.money(now.totals.spend_minor, currency),
            change=_change(result, lambda each: each.totals.spend_minor),
            note=gettext("%(amount)s an order")
            % {"amount": formats.money(average, currency)},
        ),
        counted(_("Orders"), "orders", lambda each: each.totals.orders),
        counted(_("Points issued"), "issued", lambda each: each.totals.issued),
        counted(_("Points redeemed"), "redeemed", lambda each: each.redeemed),
        counted(_("Points expired"), "expired", lambda each: each.expired),
        counted(_("Points outstanding"), "outstanding", lambda each: each.outstanding),
        _redemption_tile(result),
        _nps_tile(result),
    ]


def _url(result: OverviewResult, figure: str) -> str:
    query = window_query(result.params.months)
    return members_url(Overview.slug, figure=figure, **query)


def _short(value: int) -> str:
    return (
        formats.compact(value) if abs(value) >= COMPACT_FROM else formats.number(value)
    )


def _short_money(amount_minor: int, currency: str) -> str:
    """Return whole units of the currency; the full amount is the tile's title."""
    amount = from_minor(amount_minor, currency)
    if amount >= COMPACT_MONEY_FROM:
        locale = formats.COMPACT_LOCALES[formats.language()]
        return format_compact_currency(
            amount, currency, locale=locale, fraction_digits=1
        )
    one = 10 ** minor_digits(currency)
    whole = (amount_minor + one // 2) // one * one
    text = formats.money(whole, currency)
    return text.removesuffix(f".{'0' * minor_digits(currency)}")


def _change(result: OverviewResult, read: Callable[[Figures], int]) -> str:
    """Return the relative change with its sign; nothing without a comparison."""
    if result.before is None:
        return ""
    now, before = read(result.now), read(result.before)
    if now == before:
        return gettext("no change")
    if before <= 0:
        return gettext("%(before)s before") % {"before": formats.number(before)}
    return _signed_percent(Fraction(now - before, before))


def _signed_percent(change: Fraction) -> str:
    text = formats.percent(_decimal(abs(change)))
    sign = formats.MINUS if change < 0 else "+" if change > 0 else ""
    return f"{sign}{text}"


def _decimal(share: Fraction) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)


def _joined(now: Figures) -> str:
    return gettext("%(joined)s joined, %(left)s left") % {
        "joined": formats.number(now.totals.enrolled),
        "left": formats.number(now.totals.closed),
    }


def _active(now: Figures) -> str:
    rate = now.active_rate
    if rate.share is None:
        return ""
    return gettext("%(share)s of %(members)s members") % {
        "share": formats.percent(exact(rate.share)),
        "members": formats.number(rate.whole),
    }


def _redemption_tile(result: OverviewResult) -> Tile:
    now, before = result.now, result.before
    rate = now.redemption_rate
    change = ""
    if before and rate is not None and before.redemption_rate is not None:
        change = formats.percent_points(_decimal(rate - before.redemption_rate))
    return Tile(
        _("Redemption rate (points)"),
        DASH if rate is None else formats.percent(_decimal(rate)),
        _url(result, "redeemed"),
        change=change,
        note=gettext("%(redeemed)s of %(issued)s net issued")
        % {
            "redeemed": formats.number(now.redeemed),
            "issued": formats.number(now.net_issued),
        },
    )


def _nps_tile(result: OverviewResult) -> Tile:
    counts = result.now.nps
    url = members_url("nps", what="answers", **window_query(result.params.months))
    note = gettext("%(n)s answers, %(touchpoint)s") % {
        "n": formats.number(counts.n),
        "touchpoint": result.touchpoint,
    }
    label = _("Net promoter score")
    if not counts.n:
        return Tile(label, DASH, "", note=gettext("No answers in the period"))
    if counts.n < NO_HEADLINE_BELOW:
        return Tile(label, DASH, "", note=gettext("Too few answers for one number"))
    change = change_between(result.before.nps if result.before else None, counts)
    score = formats.signed(exact(counts.score, 0))
    return Tile(label, score, url, change=change_sentence(change), note=note)


def _steps(result: OverviewResult) -> list[Step]:
    now = result.now
    labels = {
        "issued": _("Issued"),
        "clawed_back": _("Clawed back"),
        "adjusted": _("Adjusted"),
        "redeemed": _("Redeemed"),
        "expired": _("Expired"),
    }
    moves = [
        Step(labels[name], formats.signed(moved), _url(result, name) if moved else "")
        for name in POINTS
        if (moved := getattr(now.totals, name)) or name != "adjusted"
    ]
    return [
        Step(_("Opening"), formats.number(now.opening), "", is_total=True),
        *moves,
        Step(
            _("Closing"),
            formats.number(now.outstanding),
            _url(result, "outstanding"),
            is_total=True,
        ),
    ]


# Charts ------------------------------------------------------------------------


def _month_url(month: MonthFigures, figure: str) -> str:
    query = months_query(month.month, month.month)
    return members_url(Overview.slug, figure=figure, **query)


def _label(month: MonthFigures) -> str:
    return formats.month(month.month)


def _first(month: MonthFigures) -> str:
    if month.is_partial:
        return gettext("%(month)s so far") % {"month": _label(month)}
    return _label(month)


def _is_partial(result: OverviewResult) -> bool:
    return bool(result.months) and result.months[-1].is_partial


def _activity_chart(result: OverviewResult) -> Chart:
    return Chart(
        slug="activity",
        title=_("Active members by month"),
        subtitle=_("Members who bought or redeemed, each counted once a month."),
        categories=[_label(month) for month in result.months],
        series=[
            Series(gettext("Active members"), [month.active for month in result.months])
        ],
        header=[gettext("Month"), gettext("Active members")],
        rows=[
            ChartRow(
                (_first(month), formats.number(month.active)),
                _month_url(month, "active"),
            )
            for month in result.months
        ],
        kind="bar",
        links=[_month_url(month, "active") for month in result.months],
        lowest=0,
        is_last_partial=_is_partial(result),
        height="low",
    )


def _sales_chart(result: OverviewResult) -> Chart:
    currency = result.as_of.currency
    return Chart(
        slug="sales",
        title=_("Sales by month"),
        subtitle=_("Valid orders of members."),
        categories=[_label(month) for month in result.months],
        series=[
            Series(
                gettext("Sales"),
                [from_minor(m.totals.spend_minor, currency) for m in result.months],
            )
        ],
        header=[gettext("Month"), gettext("Sales"), gettext("Orders")],
        rows=[
            ChartRow(
                (
                    _first(month),
                    formats.money(month.totals.spend_minor, currency),
                    formats.number(month.totals.orders),
                ),
                _month_url(month, "sales"),
            )
            for month in result.months
        ],
        kind="bar",
        format="money",
        currency=currency,
        links=[_month_url(month, "sales") for month in result.months],
        lowest=0,
        is_last_partial=_is_partial(result),
        height="low",
    )


def _points_chart(result: OverviewResult) -> Chart:
    names = {
        "issued": gettext("Issued"),
        "clawed_back": gettext("Clawed back"),
        "adjusted": gettext("Adjusted"),
        "redeemed": gettext("Redeemed"),
        "expired": gettext("Expired"),
    }
    moved = [
        name
        for name in names
        if name in {"issued", "redeemed", "expired"}
        or any(getattr(month.totals, name) for month in result.months)
    ]
    return Chart(
        slug="points",
        title=_("Points in and out by month"),
        subtitle=_("As in the ledger, on the day they occurred."),
        categories=[_label(month) for month in result.months],
        series=[
            Series(names[name], [getattr(m.totals, name) for m in result.months])
            for name in moved
        ],
        header=[
            gettext("Month"),
            *(names[name] for name in moved),
            gettext("Outstanding"),
        ],
        rows=[_points_row(month, moved) for month in result.months],
        kind="stacked",
        is_last_partial=_is_partial(result),
    )


def _points_row(month: MonthFigures, moved: list[str]) -> ChartRow:
    cells = (
        _first(month),
        *(formats.signed(getattr(month.totals, name)) for name in moved),
        formats.number(month.outstanding),
    )
    return ChartRow(cells, _month_url(month, "outstanding"))
