"""Waves for staff: send one now after a dry run, watch it, cancel it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HTMX_STOP_POLLING

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.htmx import render_page, wants_fragment
from surveys.forms import SendForm
from surveys.models import SkippedInvite, Survey, Wave
from surveys.selectors.audience import audience_plan
from surveys.selectors.waves import progress_of
from surveys.services.waves import cancel_wave, open_wave


@require_http_methods(["GET", "POST"])
@staff_permission_required("surveys.view_survey", "surveys.send_wave")
def wave_send(request: HttpRequest, slug: str) -> HttpResponse:
    """Say whom a wave would ask now and whom not; a POST sends it, once per page."""
    survey = get_object_or_404(Survey.objects.visible_to(request.user), slug=slug)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = SendForm(request.POST or None, at=now)
    if form.is_valid():
        with form.domain_errors():
            wave = open_wave(
                survey=survey,
                period=f"{timezone.localdate(now)}_{form.cleaned_data['key'].value}",
                sends_from=now,
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The wave is on its way."))
            return redirect(wave)
    plan = audience_plan(survey=survey, at=now)
    ordered = sorted(plan.skipped.items(), key=lambda item: -item[1])
    context = {
        "survey": survey,
        "form": form,
        "plan": plan,
        "version": survey.versions.published().first(),
        "reasons": [(SkippedInvite.Reason(key).label, n) for key, n in ordered],
    }
    return render_page(request, "surveys/wave_send.html", context)


@require_GET
@staff_permission_required("surveys.view_survey")
def wave_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show how far the wave has come; the part that polls stops when all is sent."""
    wave = _wave(request, public_id)
    progress = progress_of(waves=[wave])[0]
    is_moving = wave.state == Wave.State.QUEUEING or progress.queued > 0
    is_moving = is_moving and wave.closed_at is None
    context = {"wave": wave, "progress": progress, "is_moving": is_moving}
    status = HTMX_STOP_POLLING if wants_fragment(request) and not is_moving else 200
    return render_page(
        request, "surveys/wave_detail.html", context, fragment="progress", status=status
    )


@require_POST
@staff_permission_required("surveys.view_survey", "surveys.send_wave")
def wave_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send nothing more of this wave."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    wave = cancel_wave(wave=_wave(request, public_id), at=now)
    messages.success(request, _("Nothing more is sent. Links that are out still work."))
    return redirect(wave)


def _wave(request: HttpRequest, public_id: UUID) -> Wave:
    waves = Wave.objects.visible_to(request.user).select_related(
        "survey", "version", "job"
    )
    return get_object_or_404(waves, public_id=public_id)
