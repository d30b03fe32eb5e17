"""What points add to the home page: what waits, and the steps of setting up."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.home import (
    Person,
    SetupStep,
    Text,
    Tile,
    register_steps,
    register_tiles,
)
from points.models import (
    Adjustment,
    Campaign,
    EarningRule,
    Hold,
    Merge,
    PurchaseImport,
    Redemption,
    RefundImport,
    Reward,
    Tier,
    TierAssignment,
)

FEW_PIECES = 5
# Enough to know that there are many; counting further helps nobody.
COUNTED_AT_MOST = 1000


def register_site_pages() -> None:
    """Make tiles and set-up steps known; called once, from `ready`."""
    register_tiles(waiting)
    register_steps(set_up)


def waiting(person: Person, at: datetime) -> Iterator[Tile]:
    """Yield the tiles of what somebody has to do, only where there is something."""
    yield from _adjustments_to_approve(person)
    yield from _tiers_to_approve(person)
    yield from _campaigns_to_approve(person)
    yield from _rewards_to_approve(person, at)
    yield from _merges_to_approve(person)
    yield from _vouchers_to_hand_over(person)
    yield from _rewards_running_out(person, at)
    yield from _imports_to_confirm(person)
    yield from _refunds_to_confirm(person)


def set_up(person: Person) -> Iterable[SetupStep]:
    """Return the steps that make a programme, for those who can take them."""
    if not person.has_perm("points.change_programme"):
        return []
    rules = EarningRule.objects.visible_to(person)
    tiers = Tier.objects.visible_to(person)
    rewards = Reward.objects.visible_to(person)
    return [
        _step(_("Add an earning rule"), "points:rule-add", is_done=rules.exists()),
        _step(_("Add the tiers"), "points:tier-add", is_done=tiers.exists()),
        _step(_("Add a reward"), "points:reward-add", is_done=rewards.exists()),
    ]


def _step(label: Text, url_name: str, *, is_done: bool) -> SetupStep:
    return SetupStep(label, reverse(url_name), is_done=is_done)


def _adjustments_to_approve(person: Person) -> Iterator[Tile]:
    if not person.has_perm("points.approve_adjustment"):
        return
    waiting_ones = Adjustment.objects.visible_to(person).filter(
        state=Adjustment.State.WAITING
    )
    if count := waiting_ones[:COUNTED_AT_MOST].count():
        yield Tile(
            label=_("Adjustments to approve"),
            value=_at_most(count),
            url=f"{reverse('points:adjustment-list')}?state={Adjustment.State.WAITING}",
            icon="adjustments-horizontal",
            tone="attention",
        )


def _tiers_to_approve(person: Person) -> Iterator[Tile]:
    if not person.has_perm("points.approve_tierassignment"):
        return
    waiting_ones = TierAssignment.objects.visible_to(person).filter(
        state=TierAssignment.State.WAITING
    )
    if count := waiting_ones[:COUNTED_AT_MOST].count():
        yield Tile(
            label=_("Tiers to approve"),
            value=_at_most(count),
            url=f"{reverse('points:tier-assignment-list')}?state=waiting",
            icon="award",
            tone="attention",
        )


def _merges_to_approve(person: Person) -> Iterator[Tile]:
    if not person.has_perm("points.approve_merge"):
        return
    waiting_ones = Merge.objects.visible_to(person).filter(state=Merge.State.WAITING)
    if count := waiting_ones[:COUNTED_AT_MOST].count():
        yield Tile(
            label=_("Merges to approve"),
            value=_at_most(count),
            url=f"{reverse('points:merge-list')}?state={Merge.State.WAITING}",
            icon="users",
            tone="attention",
        )


def _campaigns_to_approve(person: Person) -> Iterator[Tile]:
    if not person.has_perm("points.approve_campaign"):
        return
    waiting_ones = Campaign.objects.visible_to(person).filter(
        state=Campaign.State.WAITING
    )
    if count := waiting_ones.count():
        yield Tile(
            label=_("Campaigns to approve"),
            value=formats.number(count),
            url=reverse("points:campaign-list"),
            icon="target",
            tone="attention",
        )


def _rewards_to_approve(person: Person, at: datetime) -> Iterator[Tile]:
    if not person.has_perm("points.approve_redemption"):
        return
    waiting_ones = Hold.objects.visible_to(person).to_approve(at)
    if count := waiting_ones[:COUNTED_AT_MOST].count():
        yield Tile(
            label=_("Rewards to approve"),
            value=_at_most(count),
            url=reverse("points:approval-list"),
            icon="hourglass",
            tone="attention",
        )


def _vouchers_to_hand_over(person: Person) -> Iterator[Tile]:
    if not person.has_perm("points.redeem_reward"):
        return
    open_ones = Redemption.objects.visible_to(person).filter(
        state=Redemption.State.CONFIRMED
    )
    if count := open_ones[:COUNTED_AT_MOST].count():
        yield Tile(
            label=_("Rewards to hand over"),
            value=_at_most(count),
            url=reverse("points:desk"),
            icon="ticket",
        )


def _rewards_running_out(person: Person, at: datetime) -> Iterator[Tile]:
    if not person.has_perm("points.change_reward"):
        return
    rewards = Reward.objects.visible_to(person).on_offer(at)
    if count := rewards.filter(stock__pieces__lte=FEW_PIECES).count():
        yield Tile(
            label=_("Rewards running out"),
            value=formats.number(count),
            url=reverse("points:reward-list"),
            note=_("%(pieces)s pieces or fewer are left.") % {"pieces": FEW_PIECES},
            icon="gift",
            tone="attention",
        )


def _imports_to_confirm(person: Person) -> Iterator[Tile]:
    checked = PurchaseImport.objects.visible_to(person).filter(
        state=PurchaseImport.State.CHECKED
    )
    if count := checked.count():
        yield Tile(
            label=_("Imports to confirm"),
            value=formats.number(count),
            url=reverse("points:import-list"),
            icon="file-import",
            tone="attention",
        )


def _refunds_to_confirm(person: Person) -> Iterator[Tile]:
    checked = RefundImport.objects.visible_to(person).filter(
        state=RefundImport.State.CHECKED, refunds__gt=0
    )
    if count := checked.count():
        yield Tile(
            label=_("Imports of refunds to confirm"),
            value=formats.number(count),
            url=reverse("points:refund-import-list"),
            icon="file-import",
            tone="attention",
        )


def _at_most(count: int) -> str:
    text = formats.number(count)
    return f"{text}+" if count == COUNTED_AT_MOST else text
