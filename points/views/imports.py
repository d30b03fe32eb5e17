"""Importing purchases: the list, upload, columns, check, result, reversal."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tables2 import RequestConfig

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.jobs.progress import progress_of
from loyalty_site.lib.actors import Actor, staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.exports import csv_response
from loyalty_site.lib.htmx import render_page
from points.forms.imports import ColumnsForm, ReversalForm, UploadForm
from points.imports.columns import TEMPLATE, ColumnMap
from points.models import PurchaseImport
from points.selectors.imports import (
    bad_rows_as_cells,
    bad_rows_header,
    bad_rows_of,
    check_result_of,
    preview_of,
    same_file_before,
    sources_of,
)
from points.selectors.programme import current_programme
from points.services.imports import (
    discard_import,
    may_be_posted,
    start_check,
    start_posting,
    start_reversal,
    take_file,
)
from points.tables.imports import ImportTable

SHOWN_BAD_ROWS = 50
State = PurchaseImport.State
may_import = staff_permission_required("points.import_purchases")


@require_GET
@may_import
def import_list(request: HttpRequest) -> HttpResponse:
    """Show the imports, the newest first."""
    table = ImportTable(PurchaseImport.objects.visible_to(request.user))
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render_page(request, "points/import_list.html", {"table": table})


@require_GET
@may_import
def import_template(request: HttpRequest) -> HttpResponseBase:
    """Download a file to begin with: every field, and one purchase."""
    header, example = TEMPLATE
    currency = current_programme().currency
    row = [cell.format(currency=currency) for cell in example]
    return csv_response("purchases", header, [row])


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_new(request: HttpRequest) -> HttpResponse:
    """Take a file."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = UploadForm(request.POST or None, request.FILES or None, at=now)
    if form.is_valid():
        with form.domain_errors():
            upload = form.cleaned_data["file"]
            batch = take_file(
                public_id=form.public_id,
                source=form.cleaned_data["source"],
                file_name=upload.name,
                blocks=upload.chunks(),
                enrols_missing=form.cleaned_data["enrols_missing"],
                at=now,
                actor=_actor(request),
            )
            return redirect("points:import-map", batch.public_id)
    context = {"form": form, "sources": sources_of(request.user)}
    return render_page(request, "points/import_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_map(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say which column holds what, beside a look at the first rows."""
    batch = _visible(request, public_id)
    columns = ColumnMap.from_json(batch.mapping)
    zone = current_programme().time_zone
    form = ColumnsForm(request.POST or None, columns=columns, zone=zone)
    if form.is_valid():
        with form.domain_errors():
            start_check(
                batch=batch,
                columns=form.column_map,
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=_actor(request),
            )
            return redirect(batch)
    context = {"form": form, "batch": batch, "header": columns.header}
    context["preview"] = preview_of(batch)
    return render_page(request, "points/import_map.html", context)


@require_GET
@may_import
def import_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show how far the import is: progress, what the check found, the result."""
    batch = _visible(request, public_id)
    context: dict[str, Any] = {
        "batch": batch,
        "summary": check_result_of(batch),
        "may_be_posted": may_be_posted(batch),
    }
    context |= {"is_working": batch.state in WORKING, "job": batch.job}
    if batch.job:
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        context["progress"] = progress_of(batch.job, at=now)
    if batch.rows_bad and not context["is_working"]:
        context["bad_rows"] = bad_rows_of(batch, limit=SHOWN_BAD_ROWS)
        context["errors_url"] = reverse("points:import-errors", args=[batch.public_id])
    if batch.state in {State.UPLOADED, State.CHECKED}:
        context["before"] = same_file_before(batch)
    return render_page(request, "points/import_detail.html", context)


@require_POST
@may_import
def import_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Start posting what was checked."""
    batch = _visible(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    try:
        start_posting(batch=batch, at=now, actor=_actor(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    return redirect(batch)


@require_GET
@may_import
def import_errors(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Download the bad rows as they stand in the file, each with what is wrong."""
    batch = _visible(request, public_id)
    name = f"{batch.file_name.rpartition('.')[0]}-errors"
    return csv_response(name, bad_rows_header(batch), bad_rows_as_cells(batch))


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forget an import of which nothing was posted, after a page of its own."""
    batch = _visible(request, public_id)
    if request.method != "POST":
        return render_page(request, "points/import_discard.html", {"batch": batch})
    try:
        discard_import(batch=batch)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect(batch)
    messages.info(request, _("%(file)s is discarded.") % {"file": batch.file_name})
    return redirect("points:import-list")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.import_purchases", "points.reverse_import")
def import_reverse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Reverse what the import posted, after a page of its own."""
    batch = _visible(request, public_id)
    form = ReversalForm(request.POST or None)
    if form.is_valid():
        with form.domain_errors():
            start_reversal(
                batch=batch,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=_actor(request),
            )
            return redirect(batch)
    context = {"form": form, "batch": batch}
    return render_page(request, "points/import_reverse.html", context)


WORKING = frozenset({State.STAGING, State.POSTING, State.REVERSING})


def _visible(request: HttpRequest, public_id: UUID) -> PurchaseImport:
    imports = PurchaseImport.objects.visible_to(request.user).select_related("job")
    return get_object_or_404(imports, public_id=public_id)


def _actor(request: HttpRequest) -> Actor:
    return staff_actor(request.user.get_username())
