"""The books of points as a page: figures, charts, roll-forward and ageing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.charts import Chart, ChartRow, Series
from loyalty_site.lib.money import from_minor
from reports.definitions.base import Text
from reports.definitions.points import BookMonth, Points, PointsResult, with_worth
from reports.definitions.points_members import BUCKET_LABELS, name_of_move
from reports.presentation.links import members_url, months_query, window_query
from reports.statistics.books import AgedRow, Group, State
from reports.windows import month_key

DASH = "\N{EN DASH}"
GROUPS: dict[Group, Text] = {
    Group.ISSUED: _("Issued"),
    Group.REVERSED: _("Reversed"),
    Group.REDEEMED: _("Redeemed"),
    Group.EXPIRED: _("Expired"),
    Group.OTHER: _("Other movements"),
}


@dataclass(frozen=True)
class Tile:
    """A figure and what is to be known beside it."""

    label: Text
    value: str
    note: str = ""
    title: str = ""


@dataclass(frozen=True)
class Step:
    """A line of the roll-forward; a line of a group is a part of the one above."""

    label: Text
    points: str
    url: str = ""
    is_total: bool = False
    is_part: bool = False


@dataclass(frozen=True)
class LinkedCell:
    """A number and the members behind it."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class AgedLine:
    """A row of an ageing table."""

    label: Text
    cells: tuple[LinkedCell, ...]
    is_total: bool = False


def page_of(result: PointsResult) -> dict[str, Any]:
    """Return what the template of the report shows."""
    if result.is_empty or result.last is None:
        return {"is_empty": True, "first_data": formats.month(result.first_month)}
    return {
        "is_empty": False,
        "tiles": _tiles(result, result.last),
        "charts": [_moves_chart(result), _liability_chart(result)],
        "steps": _steps(result),
        "aged": [
            (_("By age"), "age", _aged(result, result.last, result.left.by_age)),
            (
                _("By time left"),
                "expiry",
                _aged(result, result.last, result.left.by_expiry),
            ),
        ],
        "aged_at": formats.month(result.last.month),
        "is_partial": result.last.is_partial,
        "is_worth_known": result.last.price is not None,
        "difference": result.difference,
        "balance": formats.number(result.balance),
        "closing_now": formats.number(result.closing_now),
        "difference_text": formats.signed(result.difference),
    }


def _tiles(result: PointsResult, last: BookMonth) -> list[Tile]:
    period, left = result.period, last.left

    def moved(group: Group, label: Text) -> Tile:
        return Tile(label, formats.number(abs(period.total(group))))

    return [
        _liability_tile(last, result.as_of.currency),
        Tile(
            _("Points outstanding"),
            formats.number(left.points),
            note=gettext("%(active)s active, %(pending)s pending")
            % {
                "active": formats.number(left.active),
                "pending": formats.number(left.pending),
            },
        ),
        moved(Group.ISSUED, _("Points issued")),
        moved(Group.REDEEMED, _("Points redeemed")),
        moved(Group.EXPIRED, _("Points expired")),
    ]


def _liability_tile(last: BookMonth, currency: str) -> Tile:
    if last.price is None:
        return Tile(_("Liability"), DASH, note=gettext("No value of a point is set"))
    note = gettext("%(value)s a point, %(rate)s expected to be redeemed") % {
        "value": _value(last.price.point_value, currency),
        "rate": formats.percent(last.price.redemption_rate),
    }
    return Tile(_("Liability"), formats.money(last.liability_minor, currency), note)


def _value(point_value: Decimal, currency: str) -> str:
    return f"{currency} {formats.number(point_value.normalize())}"


# The roll-forward -------------------------------------------------------------


def _steps(result: PointsResult) -> list[Step]:
    period = result.period
    steps = [Step(_("Opening"), formats.number(period.opening), is_total=True)]
    for group, label in GROUPS.items():
        parts = [move for move in period.moves if move.group is group]
        if group is Group.OTHER and not parts:
            continue
        total = formats.signed(period.total(group))
        if len(parts) == 1 and group is not Group.OTHER:
            steps.append(Step(label, total, _line_url(result, parts[0].name)))
            continue
        steps.append(Step(label, total))
        steps += [
            Step(
                name_of_move(move.name),
                formats.signed(move.points),
                _line_url(result, move.name),
                is_part=True,
            )
            for move in parts
        ]
    closing = formats.number(period.closing)
    return [*steps, Step(_("Closing"), closing, is_total=True), *_held(result)]


def _held(result: PointsResult) -> list[Step]:
    """Return how the closing is found in the lots, where they are not the same."""
    left, owed = result.left, result.owed
    if not (left.over or owed):
        return []
    over_url = members_url(
        Points.slug, to=month_key(result.params.months.last), bucket="over"
    )
    steps = [
        Step(_("Of this outstanding"), formats.number(left.points), is_part=True),
        Step(
            BUCKET_LABELS["over"],
            formats.signed(left.over),
            over_url if left.over else "",
            is_part=True,
        ),
        Step(_("Owed by members"), formats.signed(-owed), is_part=True),
    ]
    amounts = (True, bool(left.over), bool(owed))
    return [step for step, is_there in zip(steps, amounts, strict=True) if is_there]


def _line_url(result: PointsResult, line: str) -> str:
    return members_url(Points.slug, line=line, **window_query(result.params.months))


# Ageing -----------------------------------------------------------------------


def _aged(
    result: PointsResult, last: BookMonth, rows: Sequence[AgedRow]
) -> list[AgedLine]:
    month, currency = month_key(last.month), result.as_of.currency
    total = AgedRow(
        "", sum(row.active for row in rows), sum(row.pending for row in rows)
    )
    return [
        *(
            AgedLine(
                BUCKET_LABELS[each.row.slug],
                (*_cells(each.row, month), _money_cell(each.liability_minor, currency)),
            )
            for each in with_worth(result, rows)
        ),
        AgedLine(
            _("Outstanding"),
            (*_cells(total, month), _money_cell(last.liability_minor, currency)),
            is_total=True,
        ),
    ]


def _money_cell(amount_minor: int | None, currency: str) -> LinkedCell:
    return LinkedCell(formats.money(amount_minor, currency) or DASH)


def _cells(row: AgedRow, month: str) -> tuple[LinkedCell, ...]:
    def cell(points: int, **query: str) -> LinkedCell:
        url = members_url(Points.slug, to=month, bucket=row.slug, **query)
        return LinkedCell(formats.number(points), url if points and row.slug else "")

    return (
        cell(row.active, state=State.ACTIVE),
        cell(row.pending, state=State.PENDING),
        cell(row.points),
    )


# Charts -----------------------------------------------------------------------


def _label(month: BookMonth) -> str:
    return formats.month(month.month)


def _first(month: BookMonth) -> str:
    if month.is_partial:
        return gettext("%(month)s so far") % {"month": _label(month)}
    return _label(month)


def _month_url(month: BookMonth) -> str:
    return "?" + "&".join(
        f"{name}={value}"
        for name, value in months_query(month.month, month.month).items()
    )


def _moves_chart(result: PointsResult) -> Chart:
    months = result.months
    shown = [
        group
        for group in Group
        if group in {Group.ISSUED, Group.REDEEMED, Group.EXPIRED}
        or any(month.moved.total(group) for month in months)
    ]
    return Chart(
        slug="moves",
        title=_("Points in and out by month"),
        subtitle=_("In the month of posting, which does not change once it is over."),
        categories=[_label(month) for month in months],
        series=[
            Series(GROUPS[group], [month.moved.total(group) for month in months])
            for group in shown
        ],
        header=[
            gettext("Month"),
            gettext("Opening"),
            *(GROUPS[group] for group in shown),
            gettext("Closing"),
        ],
        rows=[
            ChartRow(
                (
                    _first(month),
                    formats.number(month.moved.opening),
                    *(formats.signed(month.moved.total(group)) for group in shown),
                    formats.number(month.moved.closing),
                ),
                _month_url(month),
            )
            for month in months
        ],
        kind="stacked",
        is_last_partial=months[-1].is_partial,
        is_open=True,
    )


def _liability_chart(result: PointsResult) -> Chart:
    months, currency = result.months, result.as_of.currency
    return Chart(
        slug="liability",
        title=_("Liability at the end of the month"),
        subtitle=_(
            "Points outstanding at the value of a point and the expected redemption "
            "rate that are valid on the last day."
        ),
        categories=[_label(month) for month in months],
        series=[
            Series(
                gettext("Liability"),
                [_amount(month.liability_minor, currency) for month in months],
            )
        ],
        header=[
            gettext("Month"),
            gettext("Active"),
            gettext("Pending"),
            gettext("Value of a point"),
            gettext("Expected redemption rate"),
            gettext("Liability"),
        ],
        rows=[_liability_row(month, currency) for month in months],
        format="money",
        currency=currency,
        lowest=0,
        is_last_partial=months[-1].is_partial,
    )


def _amount(amount_minor: int | None, currency: str) -> Decimal | None:
    return None if amount_minor is None else from_minor(amount_minor, currency)


def _liability_row(month: BookMonth, currency: str) -> ChartRow:
    price = month.price
    cells = (
        _first(month),
        formats.number(month.left.active),
        formats.number(month.left.pending),
        _value(price.point_value, currency) if price else DASH,
        formats.percent(price.redemption_rate) if price else DASH,
        formats.money(month.liability_minor, currency) or DASH,
    )
    return ChartRow(cells, _month_url(month))
