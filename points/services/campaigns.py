"""Campaigns: prepared, submitted, approved, paused, ended; every step under the settings' lock."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

import pghistory
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.money import floor_points, minor_digits
from loyalty_site.lib.periods import day_of
from points.errors.campaigns import CampaignMoved, CampaignNotReady, OwnCampaign
from points.errors.posting import NameTaken
from points.models import Campaign, CampaignBudget, Programme, RuleVersion
from points.services.settings_lock import lock_settings
from points.worth import worth_of_point

State = Campaign.State


@dataclass(frozen=True)
class CampaignDetails:
    """What a campaign is; the end is exclusive, no `tiers` mean everybody.

    The smaller of two budgets counts; None is no budget.
    """

    name: str
    starts_at: datetime
    ends_at: datetime
    name_zh_hans: str = ""
    name_zh_hant: str = ""
    tiers: list[str] = field(default_factory=list)
    holdout_percent: int = 0
    budget_points: int | None = None
    budget_minor: int | None = None
    overflow: str = Campaign.Overflow.TRIM


@transaction.atomic
def save_campaign(
    *,
    details: CampaignDetails,
    at: datetime,
    actor: Actor,
    campaign: Campaign | None = None,
) -> Campaign:
    """Make a campaign, or change one that was not submitted yet, and return it.

    Raises NameTaken or CampaignMoved.
    """
    lock_settings()
    others = Campaign.objects.exclude(pk=campaign.pk if campaign else 0)
    if others.filter(name=details.name).exists():
        raise NameTaken(name=details.name)
    with pghistory.context(reason="campaign", actor=str(actor)):
        if campaign is None:
            return Campaign.objects.create(
                created_at=at, created_by=str(actor), **vars(details)
            )
        locked = _locked(campaign, State.DRAFT)
        return _changed(locked, **vars(details))


@transaction.atomic
def submit_campaign(*, campaign: Campaign, at: datetime, actor: Actor) -> Campaign:
    """Start the campaign, or let it wait for a second person where a limit says so.

    Raises CampaignMoved, or CampaignNotReady without a rule or after its end.
    """
    programme = lock_settings()
    locked = _locked(campaign, State.DRAFT)
    _refuse_unready(locked, at)
    cap = cap_points_of(locked, programme, at=at)
    limit = programme.campaign_alone_points
    needs_approval = limit is not None and (cap is None or cap > limit)
    if cap is not None:
        CampaignBudget.objects.update_or_create(
            campaign=locked, defaults={"cap_points": cap}
        )
    with pghistory.context(reason="submit", actor=str(actor)):
        return _changed(
            locked,
            state=State.WAITING if needs_approval else State.RUNNING,
            needs_approval=needs_approval,
            asked_by=str(actor),
            approved_by="",
            decision_note="",
        )


@transaction.atomic
def approve_campaign(*, campaign: Campaign, at: datetime, actor: Actor) -> Campaign:
    """Start a campaign that a colleague submitted.

    Raises OwnCampaign, CampaignMoved or CampaignNotReady.
    """
    lock_settings()
    locked = _locked(campaign, State.WAITING)
    if locked.asked_by == str(actor):
        raise OwnCampaign
    _refuse_unready(locked, at)
    with pghistory.context(reason="approve", actor=str(actor)):
        return _changed(locked, state=State.RUNNING, approved_by=str(actor))


@transaction.atomic
def refuse_campaign(*, campaign: Campaign, note: str, actor: Actor) -> Campaign:
    """Send a submitted campaign back to be changed; whoever submitted it can too."""
    lock_settings()
    locked = _locked(campaign, State.WAITING)
    with pghistory.context(reason="refuse", actor=str(actor)):
        return _changed(locked, state=State.DRAFT, decision_note=note)


@transaction.atomic
def pause_campaign(*, campaign: Campaign, actor: Actor) -> Campaign:
    """Let its rules give nothing to purchases posted from now on."""
    lock_settings()
    locked = _locked(campaign, State.RUNNING)
    with pghistory.context(reason="pause", actor=str(actor)):
        return _changed(locked, state=State.PAUSED)


@transaction.atomic
def resume_campaign(*, campaign: Campaign, actor: Actor) -> Campaign:
    """Let a paused campaign go on; raises CampaignNotReady where its budget is used up."""
    lock_settings()
    locked = _locked(campaign, State.PAUSED)
    budget = CampaignBudget.objects.filter(campaign=locked).first()
    if budget is not None and not budget.left_points:
        raise CampaignNotReady(_("The budget is used up. Prepare another campaign."))
    with pghistory.context(reason="resume", actor=str(actor)):
        return _changed(locked, state=State.RUNNING)


@transaction.atomic
def end_campaign(*, campaign: Campaign, actor: Actor) -> Campaign:
    """End the campaign for good; points that were given stay."""
    lock_settings()
    locked = _locked(campaign, State.RUNNING, State.PAUSED)
    with pghistory.context(reason="end", actor=str(actor)):
        return _changed(locked, state=State.ENDED)


def _locked(campaign: Campaign, *states: str) -> Campaign:
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.state not in states:
        raise CampaignMoved(state=locked.get_state_display())
    return locked


def _changed(campaign: Campaign, **changes: object) -> Campaign:
    for name, value in changes.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=list(changes))
    return campaign


def _refuse_unready(campaign: Campaign, at: datetime) -> None:
    if campaign.ends_at <= at:
        raise CampaignNotReady(
            _("The campaign ends in the past. Change its dates first."), field="ends_at"
        )
    active = RuleVersion.objects.filter(rule__campaign=campaign, rule__is_active=True)
    if not active.exists():
        raise CampaignNotReady(_("The campaign has no rule yet. Add one first."))


def cap_points_of(
    campaign: Campaign, programme: Programme, *, at: datetime
) -> int | None:
    """Return the points that its budgets come to on that day; None without a budget.

    Money buys whole points only. Raises CampaignNotReady where nobody says what a point
    is worth.
    """
    caps = [campaign.budget_points] if campaign.budget_points is not None else []
    if campaign.budget_minor is not None:
        worth = worth_of_point(day_of(at, programme.zone))
        if not worth:
            raise CampaignNotReady(
                _("A budget in money needs the value of a point. Enter it first.")
            )
        minor = worth.scaleb(minor_digits(programme.currency))
        caps.append(floor_points(campaign.budget_minor / Fraction(minor)))
    return min(caps, default=None)
