"""Campaigns as the engine asks them: for whom, when, and who is kept apart."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from points.models import Campaign, RuleVersion
from points.rules.base import EarningEvent

SHARES = 10_000
SHARES_OF_A_PERCENT = 100


@dataclass(frozen=True, slots=True)
class CampaignInForce:
    """A running campaign, ready to be asked; no `tiers` mean everybody."""

    id: int
    salt: str
    starts_at: datetime
    ends_at: datetime
    tiers: frozenset[str]
    holdout_percent: int
    version_ids: frozenset[int]
    has_budget: bool = False
    overflow: str = Campaign.Overflow.TRIM

    def left_out(self, event: EarningEvent, member_id: int | None) -> str:
        """Return why its rules are not asked, or nothing where they are.

        Nobody in particular (None) is never kept apart.
        """
        if event.occurred_at < self.starts_at:
            return "not_started"
        if event.occurred_at >= self.ends_at:
            return "ended"
        if self.tiers and event.tier not in self.tiers:
            return "audience"
        if member_id is not None and is_held_out(
            self.salt, member_id, self.holdout_percent
        ):
            return "held_out"
        return ""


def is_held_out(salt: str, member_id: int, percent: int) -> bool:
    """Whether the member is among the `percent` kept apart from that campaign.

    The first 32 bits of the MD5 of `salt:member id`, modulo 10,000, are below the
    percentage times 100: the same for ever, for whoever computes it, and independent of
    other campaigns. Source: docs/policies/campaigns.md.
    """
    if not percent:
        return False
    text = f"{salt}:{member_id}".encode()
    digest = hashlib.md5(text, usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % SHARES < percent * SHARES_OF_A_PERCENT


def campaigns_of(versions: Iterable[RuleVersion]) -> tuple[CampaignInForce, ...]:
    """Return the campaigns that the rules of these versions belong to, in id order."""
    version_ids: dict[Campaign, set[int]] = {}
    for version in versions:
        if version.rule.campaign is not None:
            version_ids.setdefault(version.rule.campaign, set()).add(version.pk)
    return tuple(
        CampaignInForce(
            id=campaign.pk,
            salt=campaign.salt,
            starts_at=campaign.starts_at,
            ends_at=campaign.ends_at,
            tiers=frozenset(campaign.tiers),
            holdout_percent=campaign.holdout_percent,
            version_ids=frozenset(ids),
            has_budget=(campaign.budget_points, campaign.budget_minor) != (None, None),
            overflow=campaign.overflow,
        )
        for campaign, ids in sorted(version_ids.items(), key=lambda each: each[0].pk)
    )
