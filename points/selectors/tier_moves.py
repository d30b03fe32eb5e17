"""Who would move between tiers by a draft."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from members.models import Member
from points.models import Tier, TierDraft


@dataclass(frozen=True)
class Move:
    """How many would go from one tier to another, with a few of them."""

    tier_from: str
    tier_to: str
    is_up: bool
    count: int
    members: list[Member]


@dataclass(frozen=True)
class Moves:
    """All moves of a draft, those down first, the most frequent first."""

    up: int
    down: int
    stay: int
    rows: list[Move]


def moves_of(draft: TierDraft) -> Moves:
    """Return the moves as they were counted."""
    names = {tier.slug: tier.local_name for tier in Tier.objects.all()}
    if "tier" in draft.content:
        names.setdefault(draft.content["tier"]["slug"], draft.content["tier"]["name"])
    names[""] = _("No tier")
    ids = [member_id for *_rest, shown in draft.moves for member_id in shown]
    members = Member.objects.in_bulk(ids)
    rows = [
        Move(
            names.get(slug_from, slug_from),
            names.get(slug_to, slug_to),
            is_up,
            count,
            [members[member_id] for member_id in shown if member_id in members],
        )
        for slug_from, slug_to, is_up, count, shown in draft.moves
    ]
    up = sum(row.count for row in rows if row.is_up)
    down = sum(row.count for row in rows if not row.is_up)
    ordered = sorted(rows, key=lambda row: (row.is_up, -row.count))
    return Moves(up, down, draft.members - up - down, ordered)
