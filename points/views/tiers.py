"""The ladder of tiers."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from points.forms.tiers import TierDraftForm, TierForm, TierTermsForm
from points.models import Tier, TierDraft
from points.money_words import money_words
from points.selectors.programme import current_rulebook
from points.selectors.tier_moves import moves_of
from points.selectors.tier_plan import current_plan, current_terms
from points.selectors.tier_progress import ladder
from points.selectors.tier_words import terms_words
from points.services.tier_drafts import (
    apply_tier_draft,
    discard_tier_draft,
    save_or_draft_terms,
    save_or_draft_tier,
)

CHANGE = ("points.view_earningrule", "points.change_tier")


@require_safe
@staff_permission_required("points.view_earningrule")
def tier_list(request: HttpRequest) -> HttpResponse:
    """The ladder, from the highest tier down, with how many hold each."""
    rungs = ladder()
    largest = max((rung.members for rung in rungs), default=0)
    context = {
        "rungs": rungs,
        "largest": largest or 1,
        "terms": terms_words(current_terms()),
        "drafts": TierDraft.objects.visible_to(request.user).undecided(),
    }
    return render_page(request, "points/tier_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def tier_add(request: HttpRequest) -> HttpResponse:
    """A new tier."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def tier_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a tier."""
    tiers = Tier.objects.visible_to(request.user)
    return _edit(request, get_object_or_404(tiers, slug=slug))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def tier_terms(request: HttpRequest) -> HttpResponse:
    """The window that counts, when a tier begins and when it ends."""
    terms = current_terms()
    form = TierTermsForm(posted(request), instance=terms)
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            draft = save_or_draft_terms(wish=form.wish, at=_now(), actor=actor)
            if draft is not None:
                return redirect(draft)
            messages.success(request, _("The terms are saved."))
            return redirect("points:tier-list")
    context = {"form": form, "changes": changes_of(terms)}
    return render_page(request, "points/tier_terms_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def tier_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who would move, and the decision."""
    drafts = TierDraft.objects.visible_to(request.user).select_related("job")
    draft = get_object_or_404(drafts, public_id=public_id)
    has_next_period = current_plan().window.is_calendar
    form = TierDraftForm(posted(request), has_next_period=has_next_period)
    if form.is_valid():
        with form.domain_errors():
            return _decide(request, draft, form)
    context = {"draft": draft, "form": form, "job": draft.job, "moves": moves_of(draft)}
    return render_page(request, "points/tier_draft.html", context)


def _decide(
    request: HttpRequest, draft: TierDraft, form: TierDraftForm
) -> HttpResponse:
    actor = staff_actor(request.user.get_username())
    if form.cleaned_data["decision"] == "apply":
        how = form.cleaned_data["how"]
        decided = apply_tier_draft(draft=draft, how=how, at=_now(), actor=actor)
        if decided.state == TierDraft.State.SCHEDULED:
            messages.success(request, _("The change is scheduled."))
            return redirect(decided)
        messages.success(request, _("The change is applied."))
    else:
        discard_tier_draft(draft=draft, at=_now(), actor=actor)
        messages.success(request, _("The draft is discarded. Nothing changed."))
    return redirect("points:tier-list")


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- a view reads the clock


def _edit(request: HttpRequest, tier: Tier | None) -> HttpResponse:
    currency = current_rulebook().currency
    form = TierForm(posted(request), instance=tier, currency=currency)
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            draft = save_or_draft_tier(
                details=form.details, tier=tier, at=_now(), actor=actor
            )
            if draft is not None:
                return redirect(draft)
            messages.success(request, _("The tier is saved."))
            return redirect("points:tier-list")
    context = {
        "form": form,
        "tier": tier,
        "changes": changes_of(tier, masks=money_words(currency)) if tier else [],
    }
    return render_page(request, "points/tier_form.html", context)
