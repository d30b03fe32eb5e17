"""Give what a tier gives on entry: once for each member and tier."""

from collections.abc import Sequence
from datetime import datetime

from loyalty_site.lib.actors import system_actor
from members.models import Member
from points.models import Entry, Tier
from points.selectors.programme import Rulebook, current_rulebook
from points.services.posting import Credit, post_credits
from points.services.tier_counters import GIFT_SOURCE


def give_entry_gifts(moves_up: Sequence[tuple[int, int]], *, at: datetime) -> None:
    """Give each (member, tier) the tier's gift, under the caller's locks.

    Whoever had it before, or has a closed membership, gets nothing.
    """
    tiers = {tier.pk: tier for tier in Tier.objects.filter(entry_gift__gt=0)}
    wanted = {member: tiers[tier] for member, tier in moves_up if tier in tiers}
    if not wanted:
        return
    rulebook = current_rulebook()
    is_open = Member.objects.filter(pk__in=wanted, closed_at=None)
    gifts = [
        _gift(member_id, wanted[member_id], rulebook, at)
        for member_id in is_open.order_by("pk").values_list("pk", flat=True)
    ]
    actor = system_actor("points.tiers")
    post_credits(gifts, posted_at=at, actor=actor, are_locked=True)


def _gift(member_id: int, tier: Tier, rulebook: Rulebook, at: datetime) -> Credit:
    return Credit(
        member_id=member_id,
        kind=Entry.Kind.BONUS,
        points=tier.entry_gift,
        occurred_at=at,
        key=gift_key(tier.pk),
        source=GIFT_SOURCE,
        source_id=tier.slug,
        expires_at=rulebook.expires_at(at, rulebook.tier_of(tier.pk)),
    )


def gift_key(tier_id: int) -> str:
    """Return the key of the entry that is a tier's gift to a member."""
    return f"{GIFT_SOURCE}:{tier_id}"
