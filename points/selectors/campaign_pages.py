"""Campaigns as their pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from points.models import Campaign, EarningRule
from points.rules.conditions.base import Words


@dataclass(frozen=True)
class CampaignRow:
    """A campaign; `standing` is its state, or planned and over by its dates."""

    campaign: Campaign
    standing: str
    label: str | Promise
    tiers: list[str]
    rules: int


def campaign_rows(
    campaigns: Sequence[Campaign], words: Words, *, at: datetime
) -> list[CampaignRow]:
    """Return the campaigns with the number of their rules, by one look-up for all."""
    counts: dict[int, int] = {}
    rules = EarningRule.objects.filter(campaign__in=campaigns)
    for campaign_id in rules.values_list("campaign_id", flat=True):
        counts[campaign_id] = counts.get(campaign_id, 0) + 1
    return [
        CampaignRow(
            campaign,
            standing := standing_of(campaign, at=at),
            LABELS.get(standing, campaign.get_state_display()),
            words.of_tiers(campaign.tiers) if campaign.tiers else [],
            counts.get(campaign.pk, 0),
        )
        for campaign in campaigns
    ]


LABELS = {"planned": _("Planned"), "over": _("Over")}


def standing_of(campaign: Campaign, *, at: datetime) -> str:
    """Return the state; of a running campaign also whether its dates hold `at`."""
    if campaign.state != Campaign.State.RUNNING:
        return campaign.state
    if at < campaign.starts_at:
        return "planned"
    return "over" if at >= campaign.ends_at else campaign.state
