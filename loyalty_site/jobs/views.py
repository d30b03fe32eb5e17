"""The pages of long work: the list, the progress of one, cancel, retry, its file."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HTMX_STOP_POLLING
from django_tables2 import RequestConfig

from loyalty_site.accounts.access import staff_required
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.progress import progress_of
from loyalty_site.jobs.services import ask_to_cancel, retry_job
from loyalty_site.jobs.tables import JobTable
from loyalty_site.lib.htmx import render_page, wants_fragment


@require_GET
@staff_required
def job_list(request: HttpRequest) -> HttpResponse:
    """Show the jobs the person may see."""
    table = JobTable(Job.objects.visible_to(request.user))
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render_page(request, "jobs/job_list.html", {"table": table})


@require_GET
@staff_required
def job_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the progress; the part that polls stops when the job has finished."""
    job = _visible_job(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    context = {"job": job, "progress": progress_of(job, at=now)}
    has_ended = job.is_finished and wants_fragment(request)
    response = render_page(
        request,
        "jobs/job_detail.html",
        context,
        fragment="progress",
        status=HTMX_STOP_POLLING if has_ended else 200,
    )
    if has_ended:
        # The card also stands on pages of imports and waves, which now say more.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@staff_required
def job_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the job to stop before its next step."""
    job = _visible_job(request, public_id)
    ask_to_cancel(job=job)
    messages.info(request, _("The job stops before its next step."))
    return redirect(job)


@require_POST
@staff_required
def job_retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a failed job go on from where it stopped."""
    job = _visible_job(request, public_id)
    retry_job(job=job)
    messages.info(request, _("The job goes on from where it stopped."))
    return redirect(job)


@require_GET
@staff_required
def job_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Send the file that the job made."""
    job = _visible_job(request, public_id)
    path = Path(settings.VAR_DIR, job.file_path).resolve()
    is_inside = path.is_relative_to(Path(settings.VAR_DIR).resolve())
    if not (job.file_path and is_inside and path.is_file()):
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    response["Cache-Control"] = "no-store"
    return response


def _visible_job(request: HttpRequest, public_id: UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), public_id=public_id)
