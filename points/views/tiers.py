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
from points.forms import TierForm
from points.models import Tier
from points.selectors.tier_progress import ladder
from points.services.tier_settings import save_tier

CHANGE = ("points.view_earningrule", "points.change_tier")


@require_safe
@staff_permission_required("points.view_earningrule")
def tier_list(request: HttpRequest) -> HttpResponse:
    """The ladder, from the highest tier down, with how many hold each."""
    rungs = ladder()
    largest = max((rung.members for rung in rungs), default=0)
    context = {"rungs": rungs, "largest": largest or 1}
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


def _edit(request: HttpRequest, tier: Tier | None) -> HttpResponse:
    form = TierForm(posted(request), instance=tier)
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
