"""Re-dating: give points that were posted the expiry of a changed policy."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import Actor, staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.expiry_policies import words_of
from points.forms.expiry import RedatingForm
from points.models import Redating
from points.selectors.expiry_settings import tier_words
from points.selectors.programme import current_programme
from points.services.redatings.moving import start_counting, start_moving
from points.services.redatings.reversal import start_reversal

SHOWN = 50
may_redate = staff_permission_required("points.redate_points")


@require_http_methods(["GET", "HEAD", "POST"])
@may_redate
def redating_list(request: HttpRequest) -> HttpResponse:
    """Every re-dating, the newest first, and the way to count a new one."""
    form = RedatingForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            redating = start_counting(
                reason=form.cleaned_data["reason"],
                notice_days=form.cleaned_data["notice_days"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=_actor(request),
            )
            return redirect(redating)
    programme = current_programme()
    context = {
        "form": form,
        "policy": words_of(programme.expiry),
        "tiers": tier_words(programme.tier_expiry),
        "redatings": Redating.objects.visible_to(request.user).order_by("-pk")[:SHOWN],
    }
    return render_page(request, "points/redating_list.html", context)


@require_safe
@may_redate
def redating_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What it moves, how far it is, and what can be done with it."""
    redating = _visible(request, public_id)
    context = {
        "redating": redating,
        "job": redating.job,
        "policy": words_of(redating.expiry),
        "tiers": tier_words(redating.tier_expiry),
    }
    return render_page(request, "points/redating_detail.html", context)


@require_POST
@may_redate
def redating_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Move what was counted."""
    redating = _visible(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    try:
        start_moving(redating=redating, at=now, actor=_actor(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal.sentence))
    return redirect(redating)


@require_http_methods(["GET", "HEAD", "POST"])
@may_redate
def redating_reverse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take it back as a whole, after a page of its own."""
    redating = _visible(request, public_id)
    if request.method != "POST":
        context = {"redating": redating}
        return render_page(request, "points/redating_reverse.html", context)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    try:
        start_reversal(redating=redating, at=now, actor=_actor(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal.sentence))
    else:
        messages.info(request, _("The old dates are being restored."))
    return redirect(redating)


def _visible(request: HttpRequest, public_id: UUID) -> Redating:
    redatings = Redating.objects.visible_to(request.user).select_related("job")
    return get_object_or_404(redatings, public_id=public_id)


def _actor(request: HttpRequest) -> Actor:
    return staff_actor(request.user.get_username())
