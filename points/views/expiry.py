"""How long points last: the policy for everyone, and those of tiers."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from points.expiry_policies import POLICY_KINDS, read_policy
from points.expiry_policies.base import ExpiryPolicy, Params
from points.forms.expiry import RemindersForm, SlidingForm, policy_form, policy_from
from points.models import Tier
from points.selectors.expiry_settings import example_of, expiry_of_tiers
from points.selectors.programme import current_programme, current_rulebook
from points.selectors.reminders import latest_days
from points.services.expiry_settings import (
    set_expiry_policy,
    set_reminder_leads,
    set_sliding,
    set_tier_expiry_policy,
)
from points.views.settings import WORDS


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.change_programme")
def expiry_edit(request: HttpRequest) -> HttpResponse:
    """The policy for everyone, with what it makes of today, and those of tiers."""
    programme = current_programme()
    kind = _kind(request, programme.expiry)
    form = policy_form(kind, posted(request), stored=programme.expiry)
    if form.is_valid() and "try" not in request.POST:
        actor = staff_actor(request.user.get_username())
        set_expiry_policy(policy=policy_from(kind, form), actor=actor)
        messages.success(request, _("The expiry is saved."))
        return redirect("points:expiry-edit")
    context = _context(form, kind, programme.expiry) | {
        "tiers": expiry_of_tiers(programme),
        "sliding": SlidingForm(initial={"activities": programme.sliding_by}),
        "changes": [
            change
            for change in changes_of(programme, masks=WORDS)
            if change.reason == "expiry"
        ],
    }
    return render_page(request, "points/expiry_form.html", context)


@require_POST
@staff_permission_required("points.change_programme")
def sliding_edit(request: HttpRequest) -> HttpResponse:
    """Which activities extend points; an unknown one changes nothing."""
    form = SlidingForm(request.POST)
    if form.is_valid():
        actor = staff_actor(request.user.get_username())
        set_sliding(activities=form.cleaned_data["activities"], actor=actor)
        messages.success(request, _("The expiry is saved."))
    else:
        messages.warning(request, _("That activity is not known."))
    return redirect("points:expiry-edit")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.change_programme")
def reminders_edit(request: HttpRequest) -> HttpResponse:
    """How many days ahead members are told of points about to expire."""
    leads = current_programme().reminder_leads
    initial = {"days": ", ".join(str(each) for each in leads)}
    form = RemindersForm(posted(request), initial=initial)
    if form.is_valid():
        actor = staff_actor(request.user.get_username())
        set_reminder_leads(days=form.cleaned_data["days"], actor=actor)
        messages.success(request, _("The reminders are saved."))
        return redirect("points:reminders-edit")
    context = {"form": form, "latest": latest_days()}
    return render_page(request, "points/reminders_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.change_programme", "points.view_earningrule")
def tier_expiry_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """A tier's own policy, or that of everyone again."""
    tier = get_object_or_404(Tier.objects.visible_to(request.user), slug=slug)
    programme = current_programme()
    stored = programme.tier_expiry.get(slug, programme.expiry)
    kind = _kind(request, stored)
    form = policy_form(kind, posted(request), stored=stored)
    is_reset = "reset" in request.POST
    if is_reset or (form.is_valid() and "try" not in request.POST):
        policy = None if is_reset else policy_from(kind, form)
        actor = staff_actor(request.user.get_username())
        set_tier_expiry_policy(tier=tier, policy=policy, actor=actor)
        messages.success(request, _("The expiry is saved."))
        return redirect("points:expiry-edit")
    context = _context(form, kind, stored)
    context |= {"tier": tier, "is_own": slug in programme.tier_expiry}
    return render_page(request, "points/tier_expiry_form.html", context)


def _context(form: forms.Form, kind: str, stored: Params) -> dict[str, Any]:
    shown: ExpiryPolicy = read_policy(stored)
    is_tried = form.is_bound and form.is_valid()
    if is_tried:
        shown = policy_from(kind, form)
    return {
        "form": form,
        "kind": kind,
        # Not the kinds themselves: a template calls a class before it looks at it.
        "kinds": [(each.slug, each.label) for each in POLICY_KINDS.values()],
        "policy": shown,
        "is_tried": is_tried,
        "example": example_of(shown, current_rulebook(), at=_now()),
    }


def _kind(request: HttpRequest, stored: Params) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in POLICY_KINDS else str(stored["kind"])


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- a view reads the clock
