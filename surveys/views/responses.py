"""Responses for staff: the list with filters, one of them with its history."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.formats import language
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import OrderedRows, page_links
from surveys.forms import ResponseFilter
from surveys.models import Response, Wave
from surveys.models.responses import ResponseQuerySet
from surveys.selectors.responses import GROUPS, answer_lines, matching, with_comments
from surveys.tables import ResponseTable


@require_GET
@staff_permission_required("surveys.view_response")
def response_list(request: HttpRequest) -> HttpResponse:
    """List the responses, the newest first."""
    waves = Wave.objects.visible_to(request.user).select_related("survey")
    narrowed = ResponseFilter(request.GET, waves=waves)
    rows = _narrowed(Response.objects.visible_to(request.user), narrowed)
    page = keyset_page(
        with_comments(rows),
        order_by="-first_submit_at",
        cursor=request.GET.get("cursor", ""),
    )
    table = ResponseTable(OrderedRows(page.rows))
    context = {
        "table": table,
        "has_rows": bool(page.rows),
        "filter": narrowed,
        **page_links(request, page),
    }
    return render_page(request, "surveys/response_list.html", context, fragment="rows")


@require_GET
@staff_permission_required("surveys.view_response")
def response_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every answer in the words that were shown, and what it was before."""
    rows = Response.objects.visible_to(request.user).select_related(
        "member", "wave", "survey", "version", "tier", "touchpoint", "case"
    )
    response = get_object_or_404(rows, public_id=public_id)
    context = {
        "response": response,
        "lines": answer_lines(response=response, language=language()),
    }
    return render_page(request, "surveys/response_detail.html", context)


def _narrowed(rows: ResponseQuerySet, narrowed: ResponseFilter) -> ResponseQuerySet:
    if state := narrowed.chosen("state"):
        rows = rows.filter(state=state)
    else:
        rows = rows.counted()
    if wave := narrowed.chosen("wave"):
        rows = rows.filter(wave=wave)
    if group := narrowed.chosen("group"):
        rows = rows.filter(GROUPS[group])
    if words := narrowed.chosen("q"):
        rows = matching(rows, words)
    return rows
