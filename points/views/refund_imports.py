"""Importing refunds: the list, upload, check, confirmation, result."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_tables2 import RequestConfig

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.jobs.progress import progress_of
from loyalty_site.lib.actors import Actor, staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.exports import csv_response
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.forms.imports import RefundUploadForm
from points.imports.refund_rows import (
    FIELD_LABELS,
    TEMPLATE_HEADER,
    TEMPLATE_ROWS,
    columns_explained,
)
from points.models import RefundImport
from points.selectors.imports import (
    bad_rows_as_cells,
    bad_rows_header,
    bad_rows_of,
    same_refunds_before,
    sources_of,
)
from points.selectors.programme import current_programme
from points.services.refund_imports import (
    discard_refunds,
    start_check,
    start_posting,
    take_refunds,
)
from points.tables.imports import RefundImportTable

SHOWN_BAD_ROWS = 50
State = RefundImport.State
may_import = staff_permission_required(
    "points.refund_purchase", "points.import_purchases"
)


@require_safe
@may_import
def refund_import_list(request: HttpRequest) -> HttpResponse:
    """Show the imports of refunds, the newest first."""
    table = RefundImportTable(RefundImport.objects.visible_to(request.user))
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render_page(request, "points/refund_import_list.html", {"table": table})


@require_safe
@may_import
def refund_import_template(request: HttpRequest) -> HttpResponseBase:
    """Download a file to begin with: every column, and a refund of each kind."""
    currency = current_programme().currency
    rows = [[cell.format(currency=currency) for cell in row] for row in TEMPLATE_ROWS]
    return csv_response("refunds", TEMPLATE_HEADER, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def refund_import_new(request: HttpRequest) -> HttpResponse:
    """Take a file, and check it."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    zone = current_programme().time_zone
    form = RefundUploadForm(posted(request), request.FILES or None, at=now, zone=zone)
    if form.is_valid():
        with form.domain_errors():
            upload = form.cleaned_data["file"]
            batch = take_refunds(
                public_id=form.public_id,
                source=form.cleaned_data["source"],
                file_name=upload.name,
                blocks=upload.chunks(),
                reading=form.reading,
                at=now,
                actor=_actor(request),
            )
            return redirect(batch)
    context = {
        "form": form,
        "sources": sources_of(request.user),
        "columns": columns_explained(),
    }
    return render_page(request, "points/refund_import_new.html", context)


@require_safe
@may_import
def refund_import_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show how far the import is: progress, what the check found, the result."""
    batch = _visible(request, public_id)
    context: dict[str, Any] = {"batch": batch, "job": batch.job}
    if batch.is_working and batch.job:
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        context["progress"] = progress_of(batch.job, at=now)
    if batch.rows_bad and not batch.is_working:
        context["bad_rows"] = bad_rows_of(batch, limit=SHOWN_BAD_ROWS)
        context["errors_url"] = reverse(
            "points:refund-import-errors", args=[batch.public_id]
        )
    if batch.state == State.CHECKED:
        context["before"] = same_refunds_before(batch)
        found = batch.mapping["columns"]
        context["columns"] = [
            (label, found[name])
            for name, label in FIELD_LABELS.items()
            if name in found
        ]
    return render_page(request, "points/refund_import_detail.html", context)


@require_POST
@may_import
def refund_import_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Check a file again whose check has stopped."""
    batch = _visible(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    try:
        start_check(batch=batch, at=now, actor=_actor(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    return redirect(batch)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def refund_import_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Post what was checked, after a page that says that it cannot be undone."""
    batch = _visible(request, public_id)
    if request.method != "POST" and batch.may_be_posted:
        return render_page(
            request, "points/refund_import_confirm.html", {"batch": batch}
        )
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    if request.method == "POST":
        try:
            start_posting(batch=batch, at=now, actor=_actor(request))
        except DomainError as refusal:
            messages.warning(request, str(refusal))
    return redirect(batch)


@require_safe
@may_import
def refund_import_errors(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Download the bad rows as they stand in the file, each with what is wrong."""
    batch = _visible(request, public_id)
    name = f"{batch.file_name.rpartition('.')[0]}-errors"
    return csv_response(name, bad_rows_header(batch), bad_rows_as_cells(batch))


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def refund_import_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forget an import of which nothing was posted, after a page of its own."""
    batch = _visible(request, public_id)
    if request.method != "POST":
        context = {"batch": batch, "of_refunds": True}
        return render_page(request, "points/import_discard.html", context)
    try:
        discard_refunds(batch=batch)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect(batch)
    messages.info(request, _("%(file)s is discarded.") % {"file": batch.file_name})
    return redirect("points:refund-import-list")


def _visible(request: HttpRequest, public_id: UUID) -> RefundImport:
    imports = RefundImport.objects.visible_to(request.user).select_related("job")
    return get_object_or_404(imports, public_id=public_id)


def _actor(request: HttpRequest) -> Actor:
    return staff_actor(request.user.get_username())
