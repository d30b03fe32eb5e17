"""The catalogue of rewards."""

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
from points.forms.rewards import RewardForm
from points.models import Redemption, Reward
from points.money_words import money_words
from points.selectors.catalogue import catalogue, pieces_of, state_of
from points.selectors.programme import current_rulebook
from points.services.rewards import save_reward
from points.tables.ledger import RedemptionTable

RECENT = 20


@require_safe
@staff_permission_required("points.view_reward")
def reward_list(request: HttpRequest) -> HttpResponse:
    """Every reward with price, stock and state."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    rewards = Reward.objects.visible_to(request.user).select_related("stock")
    context = {"rows": catalogue(list(rewards), at=now)}
    return render_page(request, "points/reward_list.html", context)


@require_safe
@staff_permission_required("points.view_reward")
def reward_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One reward, who redeemed it lately, what was changed."""
    reward = _reward(request, public_id)
    currency = current_rulebook().currency
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    redemptions = Redemption.objects.visible_to(request.user).filter(reward=reward)
    recent = redemptions.select_related("reward", "account__member").order_by("-at")
    context = {
        "reward": reward,
        "pieces": pieces_of(reward),
        "state": state_of(reward, at=now),
        "tiers": list(reward.tiers.select_related("tier").order_by("tier__threshold")),
        "currency": currency,
        "table": RedemptionTable(recent[:RECENT], exclude=("reward",)),
        "changes": changes_of(reward, masks=money_words(currency), limit=RECENT),
    }
    return render_page(request, "points/reward_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_reward", "points.change_reward")
def reward_add(request: HttpRequest) -> HttpResponse:
    """A new reward."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_reward", "points.change_reward")
def reward_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a reward."""
    return _edit(request, _reward(request, public_id))


def _edit(request: HttpRequest, reward: Reward | None) -> HttpResponse:
    currency = current_rulebook().currency
    form = RewardForm(posted(request), instance=reward, currency=currency)
    if form.is_valid():
        with form.domain_errors():
            saved = save_reward(
                details=form.details,
                stock=form.stock,
                tiers=form.tier_terms,
                actor=staff_actor(request.user.get_username()),
                reward=reward,
            )
            messages.success(
                request, _("%(name)s is saved.") % {"name": saved.local_name}
            )
            return redirect(saved)
    context = {"form": form, "reward": reward}
    return render_page(request, "points/reward_form.html", context)


def _reward(request: HttpRequest, public_id: UUID) -> Reward:
    rewards = Reward.objects.visible_to(request.user).select_related("stock")
    return get_object_or_404(rewards, public_id=public_id)
