"""How long points last, in words, with an example."""

from dataclasses import dataclass
from datetime import datetime

from points.expiry_policies import read_policy, words_of
from points.expiry_policies.base import ExpiryPolicy, Params
from points.models import Programme, Tier
from points.selectors.programme import Rulebook


@dataclass(frozen=True)
class TierExpiry:
    """A tier and its policy in words; without one of its own, that of everyone."""

    tier: Tier
    is_own: bool
    sentence: str


@dataclass(frozen=True)
class Example:
    """Points of a purchase of this moment: from when to when they can be spent."""

    effective_at: datetime
    expires_at: datetime | None


def expiry_of_tiers(programme: Programme) -> list[TierExpiry]:
    """Return every tier, the highest first, with its policy."""
    return [
        TierExpiry(
            tier=tier,
            is_own=tier.slug in programme.tier_expiry,
            sentence=words_of(programme.tier_expiry.get(tier.slug, programme.expiry)),
        )
        for tier in Tier.objects.order_by("-rank", "-threshold")
    ]


def example_of(policy: ExpiryPolicy, rulebook: Rulebook, *, at: datetime) -> Example:
    """Return what the policy would make of a purchase at `at`."""
    effective_at = rulebook.effective_at(at)
    return Example(effective_at, policy.expires_at(effective_at, rulebook.zone))


def activity_words(stored: list[str]) -> str:
    """Return the activities in words, for the history of changes."""
    return ", ".join(str(Programme.Activity(each).label) for each in stored)


def tier_words(stored: dict[str, Params]) -> str:
    """Return the policies of tiers in words, for the history of changes."""
    return " ".join(
        f"{slug}: {read_policy(each).sentence()}" for slug, each in stored.items()
    )
