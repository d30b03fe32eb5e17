"""A member's statement: for staff, and for the member."""

from datetime import date, datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.exports import Row, csv_response
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.periods import day_of
from members.models import Member
from points.forms.statements import StatementForm
from points.selectors.programme import current_programme
from points.selectors.statement import Statement, statement_of
from points.views.portal_access import MemberRequest, member_required, portal_context

ALL_LINES = 1_000_000


@require_safe
@staff_permission_required("points.view_entry", "members.view_member")
def member_statement(request: HttpRequest, number: str) -> HttpResponseBase:
    """Opening balance, each line, closing balance, for staff."""
    members = Member.objects.visible_to(request.user)
    member = get_object_or_404(members, number=number)
    context = {"member": member, "programme_name": current_programme().name}
    return _answer(request, member, "points/statement.html", context)


@require_safe
@member_required
def own_statement(request: MemberRequest) -> HttpResponse:
    """The same for the member."""
    context = portal_context(request, "history")
    answer = _answer(request, request.member, "portal/statement.html", context)
    return cast("HttpResponse", answer)


def _answer(
    request: HttpRequest, member: Member, template: str, context: dict[str, Any]
) -> HttpResponseBase:
    now = _now()
    zone = current_programme().zone
    form = StatementForm(request.GET, today=day_of(now, zone))
    context |= {"form": form, "at": now, "zone": zone}
    if form.is_valid():
        is_file = request.GET.get("format") == "csv"
        most = {"most_lines": ALL_LINES} if is_file else {}
        found = statement_of(member, form.period, zone=zone, at=now, **most)
        if is_file:
            return _csv(member, found, form.cleaned_data["end"])
        context |= {
            "statement": found,
            "first": form.cleaned_data["start"],
            "last": form.cleaned_data["end"],
        }
    return render_page(request, template, context)


def _csv(member: Member, statement: Statement, last_day: date) -> HttpResponseBase:
    period = statement.period
    header = [
        _("Posted"),
        _("Happened"),
        _("What"),
        _("Why"),
        _("Points"),
        _("Balance"),
    ]
    lines: list[Row] = [
        (
            line.posted_at,
            line.occurred_at,
            line.title,
            line.why,
            line.points,
            line.balance,
        )
        for line in statement.lines
    ]
    first: Row = (period.start, None, _("Opening balance"), "", None, statement.opening)
    last: Row = (last_day, None, _("Closing balance"), "", None, statement.closing)
    name = f"statement-{member.number}-{period.start}"
    return csv_response(name, header, [first, *lines, last])


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- a view reads the clock
