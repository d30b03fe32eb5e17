"""Pages of reports: read rollups, show, export, lead to the members."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from loyalty_site.accounts.access import staff_permission_required, staff_required
from loyalty_site.lib.exports import export_response
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import count_up_to, keyset_page
from loyalty_site.lib.tables import page_links
from reports.definitions import REPORTS
from reports.definitions.base import Report
from reports.definitions.meanings import CONVENTIONS
from reports.errors import NoSuchFigure, NotFilledYet
from reports.presentation import (
    breakage as breakage_page,
    cohorts as cohort_page,
    nps as nps_page,
    overview as overview_page,
    points as points_page,
    revenue as revenue_page,
)
from reports.presentation.links import period_text, presets
from reports.presentation.members import export_header, exported_row, shown_row
from reports.selectors.state import current_as_of

FORMATS = ("csv", "xlsx")
EXPORT_CHUNK = 2_000
# Sums over each of them are worked out while they are counted.
COUNT_AT_MOST = 2_000
PageOf = Callable[[Any], dict[str, Any]]  # of the report's own result


@require_safe
@staff_permission_required("reports.view_report")
def overview(request: HttpRequest) -> HttpResponseBase:
    """Show how the programme is doing."""
    return _report_page(request, "overview", overview_page.page_of)


@require_safe
@staff_permission_required("reports.view_report")
def points(request: HttpRequest) -> HttpResponseBase:
    """Show the books of points: what moved them, and what is outstanding."""
    return _report_page(request, "points", points_page.page_of)


@require_safe
@staff_permission_required("reports.view_report")
def breakage(request: HttpRequest) -> HttpResponseBase:
    """Show how many points are redeemed in the end."""
    return _report_page(request, "breakage", breakage_page.page_of)


@require_safe
@staff_permission_required("reports.view_report")
def revenue(request: HttpRequest) -> HttpResponseBase:
    """Show how much of the sales is deferred for points, and when it is earned."""
    return _report_page(request, "revenue", revenue_page.page_of)


@require_safe
@staff_permission_required("reports.view_report")
def cohorts(request: HttpRequest) -> HttpResponseBase:
    """Show whether members come back."""
    return _report_page(request, "cohort-retention", cohort_page.page_of)


@require_safe
@staff_permission_required("reports.view_report")
def nps(request: HttpRequest) -> HttpResponseBase:
    """Show whether members are happy, and why."""
    return _report_page(request, "nps", nps_page.page_of)


@require_safe
@staff_required
def definition_list(request: HttpRequest) -> HttpResponse:
    """Show what every number means."""
    context = {"reports": REPORTS.values(), "conventions": CONVENTIONS}
    return render_page(request, "reports/definition_list.html", context)


@require_safe
@staff_permission_required("reports.view_report", "members.view_member")
def members(request: HttpRequest, slug: str) -> HttpResponseBase:
    """List the members behind one figure of a report, with the figure's own count."""
    if slug not in REPORTS:
        raise Http404
    as_of = current_as_of()
    try:
        behind = REPORTS[slug].behind(request.GET.dict(), as_of)
    except NoSuchFigure as refusal:
        raise Http404(refusal) from refusal
    if wanted := _export_wanted(request):
        rows = behind.rows.order_by(behind.order_by).iterator(chunk_size=EXPORT_CHUNK)
        cells = (exported_row(row, behind, as_of.currency) for row in rows)
        return export_response(wanted, f"{slug}-members", export_header(behind), cells)
    page = keyset_page(
        behind.rows, order_by=behind.order_by, cursor=request.GET.get("cursor", "")
    )
    context = {
        "report": REPORTS[slug],
        "behind": behind,
        "rows": [shown_row(row, behind, as_of.currency) for row in page.rows],
        "counted": count_up_to(behind.rows, COUNT_AT_MOST)
        if behind.count is None
        else None,
        "as_of": as_of,
        **page_links(request, page),
        **_export_links(request),
    }
    return render_page(request, "reports/member_list.html", context, fragment="rows")


def _report_page(request: HttpRequest, slug: str, page_of: PageOf) -> HttpResponseBase:
    report = REPORTS[slug]
    template = f"reports/{slug.replace('-', '_')}.html"
    try:
        as_of = current_as_of()
    except NotFilledYet:
        return render_page(request, "reports/not_ready.html", {"report": report})
    data = report.read(as_of)
    form = report.form(dict(request.GET.lists()), data)
    context: dict[str, Any] = {"report": report, "form": form, "as_of": as_of}
    if not form.is_valid():
        return render_page(request, template, context)
    params = form.params()
    result = report.compute(params, data)
    if wanted := _export_wanted(request):
        return _export(request, report, result, wanted)
    context |= {
        "finding": report.finding(result),
        "tables": report.tables(result),
        "presets": presets(form, as_of, report.slug),
        "period_text": period_text(params.months, as_of),
        **page_of(result),
        **_export_links(request),
    }
    return render_page(request, template, context, fragment="report")


def _export_wanted(request: HttpRequest) -> str:
    """Return the format asked for, if any; refuse those who may not export."""
    wanted = request.GET.get("export", "")
    if wanted and wanted not in FORMATS:
        raise Http404
    if wanted and not request.user.has_perm("reports.export_report"):
        raise PermissionDenied
    return wanted


def _export(
    request: HttpRequest,
    report: Report[Any, Any, Any],
    result: Any,  # noqa: ANN401 -- the report's own
    wanted: str,
) -> HttpResponseBase:
    tables = {table.name: table for table in report.tables(result)}
    name = request.GET.get("table", next(iter(tables)))
    if name not in tables:
        raise Http404
    table = tables[name]
    header = [str(column.label) for column in table.columns]
    return export_response(wanted, f"{report.slug}-{name}", header, table.rows)


def _export_links(request: HttpRequest) -> dict[str, Any]:
    query = request.GET.copy()
    for name in ("export", "table", "cursor"):
        query.pop(name, None)
    return {"export_query": query.urlencode()}
