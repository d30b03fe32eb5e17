"""The members behind each figure of the overview."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.periods import Period
from reports.definitions.base import Behind, Kind, MemberColumn, Text
from reports.errors import NoSuchFigure
from reports.models import MemberSummary, Recurrence
from reports.selectors import days as selectors
from reports.selectors.days import Asked
from reports.windows import AsOf, Months


@dataclass(frozen=True)
class Figure:
    """A figure that is a sum over members: its column, and who adds to it."""

    label: Text
    total_text: Text
    column: str
    kind: Kind
    condition: Q


SUMS = {
    "sales": Figure(
        _("Sales"),
        _("Sales of %(total)s in all."),
        "spend_minor",
        "money",
        Q(orders__gt=0),
    ),
    "orders": Figure(
        _("Orders"), _("%(total)s orders in all."), "orders", "number", Q(orders__gt=0)
    ),
    "issued": Figure(
        _("Points issued"),
        _("%(total)s points in all."),
        "issued",
        "signed",
        ~Q(issued=0),
    ),
    "clawed_back": Figure(
        _("Points clawed back"),
        _("%(total)s points in all."),
        "clawed_back",
        "signed",
        ~Q(clawed_back=0),
    ),
    "adjusted": Figure(
        _("Points adjusted"),
        _("%(total)s points in all."),
        "adjusted",
        "signed",
        ~Q(adjusted=0),
    ),
    "redeemed": Figure(
        _("Points redeemed"),
        _("%(total)s points in all."),
        "redeemed",
        "signed",
        ~Q(redeemed=0),
    ),
    "expired": Figure(
        _("Points expired"),
        _("%(total)s points in all."),
        "expired",
        "signed",
        ~Q(expired=0),
    ),
}
MEMBER = MemberColumn(_("Member"), "member", "member")
LAST_ORDER = MemberColumn(_("Last order"), "last_on", "day")


def behind_figure(figure: str, months: Months, as_of: AsOf) -> Behind:
    """Return the members behind the figure of that name; NoSuchFigure for another."""
    period = months.period(as_of)
    if figure in SUMS:
        return _behind_sum(SUMS[figure], months, period, as_of)
    makers: dict[str, Callable[[Months, Period], Behind]] = {
        "members": _behind_members,
        "active": _behind_active,
        "buyers": _behind_buyers,
        "outstanding": _behind_outstanding,
    }
    if figure not in makers:
        raise NoSuchFigure
    return makers[figure](months, period)


def _named(what: Text, months: Months) -> str:
    words = {
        "figure": what,
        "first": formats.month(months.first),
        "last": formats.month(months.last),
    }
    if months.count == 1:
        return gettext("%(figure)s, %(first)s") % words
    return gettext("%(figure)s, %(first)s to %(last)s") % words


def _behind_sum(figure: Figure, months: Months, period: Period, as_of: AsOf) -> Behind:
    totals = selectors.day_book().between(period.start, period.end)
    total = getattr(totals, figure.column)
    write = {
        "money": lambda value: formats.money(value, as_of.currency),
        "signed": formats.signed,
        "number": formats.number,
    }[figure.kind]
    members = selectors.members_with(period, figure.condition)
    return Behind(
        title=_named(figure.label, months),
        rows=selectors.with_sum(members, figure.column, period),
        order_by="member",
        columns=(
            MEMBER,
            MemberColumn(figure.label, "value", figure.kind),
            LAST_ORDER,
        ),
        total=total,
        total_text=str(figure.total_text) % {"total": write(total)},
    )


def _behind_members(months: Months, period: Period) -> Behind:
    totals = selectors.day_book().before(period.end)
    return Behind(
        title=_named(_("Members at the end"), months),
        rows=selectors.members_on(period.end),
        order_by="member",
        columns=(
            MEMBER,
            MemberColumn(_("Enrolled"), "enrolled_on", "day"),
            LAST_ORDER,
            MemberColumn(_("Orders"), "orders", "number"),
        ),
        count=totals.enrolled - totals.closed,
    )


def _behind_active(months: Months, period: Period) -> Behind:
    condition = Q(orders__gt=0) | Q(redemptions__gt=0)
    return _behind_recurrence(
        _named(_("Active members"), months),
        Recurrence.What.ACTIVITY,
        selectors.members_with(period, condition),
        period,
    )


def _behind_buyers(months: Months, period: Period) -> Behind:
    return _behind_recurrence(
        _named(_("Members with orders"), months),
        Recurrence.What.ORDER,
        selectors.members_with(period, Q(orders__gt=0)),
        period,
    )


def _behind_recurrence(
    title: str, what: Recurrence.What, members: QuerySet[MemberSummary], period: Period
) -> Behind:
    return Behind(
        title=title,
        rows=selectors.with_sum(members, "orders", period),
        order_by="member",
        columns=(
            MEMBER,
            MemberColumn(_("Orders in the period"), "value", "number"),
            LAST_ORDER,
        ),
        count=selectors.members_active([Asked(what, period, is_whole=True)])[0],
    )


def _behind_outstanding(months: Months, period: Period) -> Behind:
    total = selectors.day_book().before(period.end).points
    return Behind(
        title=_named(_("Points outstanding at the end"), months),
        rows=selectors.with_balance(period.end),
        order_by="member",
        columns=(
            MEMBER,
            MemberColumn(_("Points held"), "value", "number"),
            LAST_ORDER,
        ),
        total=total,
        total_text=gettext("%(total)s points in all.")
        % {"total": formats.number(total)},
    )
