"""The ladder of tiers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from points.models import Tier
from points.selectors.programme import current_rulebook
from points.selectors.tier_plan import current_terms
from points.selectors.tier_progress import ladder
from points.selectors.tier_words import terms_words
from points.services.tier_settings import change_tier_terms, save_tier
from points.tier_forms import TierForm, TierTermsForm

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
            change_tier_terms(wish=form.wish, actor=actor)
            messages.success(
                request,
                _("The terms are saved. Members move with the next nightly recompute."),
            )
            return redirect("points:tier-list")
    context = {"form": form, "changes": changes_of(terms)}
    return render_page(request, "points/tier_terms_form.html", context)


def _edit(request: HttpRequest, tier: Tier | None) -> HttpResponse:
    currency = current_rulebook().currency
    form = TierForm(posted(request), instance=tier, currency=currency)
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            saved = save_tier(details=form.details, actor=actor, tier=tier)
            messages.success(
                request,
                _("%(name)s is saved. Members move with the next nightly recompute.")
                % {"name": saved.local_name},
            )
            return redirect("points:tier-list")
    context = {
        "form": form,
        "tier": tier,
        "changes": changes_of(tier) if tier else [],
    }
    return render_page(request, "points/tier_form.html", context)
