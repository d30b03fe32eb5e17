"""Impact runs: what drafts of rules would have changed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.progress import progress_of
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from members.models import Member
from points.forms.impact import ImpactForm
from points.impact_pages import page_of
from points.models import ImpactRun, RuleDraft
from points.selectors.programme import current_programme
from points.services.impact import start_impact_run

RECENT = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_earningrule", "points.change_earningrule")
def impact_new(request: HttpRequest) -> HttpResponse:
    """Choose drafts and days, and start; below, the runs of before."""
    drafts = RuleDraft.objects.visible_to(request.user)
    asked = drafts.filter(public_id__in=_ids(request.GET.getlist("draft")))
    form = ImpactForm(
        posted(request), drafts=drafts, initial={"drafts": [d.pk for d in asked]}
    )
    if form.is_valid():
        with form.domain_errors():
            run = start_impact_run(
                **form.cleaned_data,
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            return redirect(run)
    runs = ImpactRun.objects.visible_to(request.user).select_related("job")
    context = {"form": form, "has_drafts": drafts.exists(), "runs": runs[:RECENT]}
    return render_page(request, "points/impact_form.html", context)


@require_safe
@staff_permission_required("points.view_earningrule")
def impact_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the run is, or what it found."""
    runs = ImpactRun.objects.visible_to(request.user).select_related("job")
    run = get_object_or_404(runs, public_id=public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    context: dict[str, object] = {"run": run, "job": run.job}
    if run.job and run.job.state != Job.State.DONE:
        context["progress"] = progress_of(run.job, at=now)
    else:
        ids = [row[0] for each in ("gaining", "losing") for row in run.result[each]]
        members = Member.objects.visible_to(request.user).in_bulk(ids)
        context["page"] = page_of(run, current_programme(), members)
    return render_page(request, "points/impact_detail.html", context)


def _ids(texts: list[str]) -> list[UUID]:
    ids = []
    for text in texts:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids
