"""What rules ask about members at the times of purchases."""

from collections.abc import Sequence
from datetime import date, datetime

from points import sql
from points.rules.conditions.birthday import Birthday
from points.rules.conditions.segments import Segments
from points.rules.conditions.who import FirstPurchase
from points.selectors.first_purchases import first_purchases
from points.selectors.programme import Rulebook
from points.selectors.tier_history import tiers_at
from points.services.purchase_types import MemberThen, NewPurchase
from points.sql import Given

BORN = """
SELECT id, birth_on FROM members_member
WHERE id = ANY(%(ids)s::bigint[]) AND birth_on IS NOT NULL
"""

INSTANTS = Given("instants", "n int, member_id bigint, at timestamptz")
IN_SEGMENTS = f"""
SELECT instants.n, array_agg(DISTINCT s.slug::text) FROM {INSTANTS}
JOIN members_segmentstay y ON y.member_id = instants.member_id
  AND y.joined_at <= instants.at AND (y.left_at IS NULL OR y.left_at > instants.at)
JOIN members_segment s ON s.id = y.segment_id
GROUP BY instants.n
"""  # noqa: S608 -- put together from constants
NO_SEGMENTS: frozenset[str] = frozenset()


def members_then(
    purchases: Sequence[NewPurchase],
    rulebook: Rulebook,
    tier_ids: Sequence[int | None] | None = None,
) -> list[MemberThen]:
    """Return what was true of the member at each purchase, in the order asked.

    Each fact is looked up for all of them at once, and only where a rule asks for it.
    The tiers are read from the history unless the caller knows them.
    """
    asked = [(each.member_id, each.occurred_at) for each in purchases]
    firsts = _firsts(asked, rulebook)
    born = _born(asked, rulebook)
    segments = _segments(asked, rulebook)
    if tier_ids is None:
        tier_ids = tiers_at(asked)
    return [
        MemberThen(
            rulebook.tiers.get(tier_id) if tier_id else None,
            n in firsts,
            born.get(member_id),
            segments=segments.get(n, NO_SEGMENTS),
        )
        for n, (tier_id, (member_id, _at)) in enumerate(
            zip(tier_ids, asked, strict=True)
        )
    ]


def _firsts(
    asked: Sequence[tuple[int, datetime]], rulebook: Rulebook
) -> frozenset[int]:
    if FirstPurchase.slug not in rulebook.asks_for:
        return frozenset()
    return first_purchases(asked)


def _born(asked: Sequence[tuple[int, datetime]], rulebook: Rulebook) -> dict[int, date]:
    if Birthday.slug not in rulebook.asks_for:
        return {}
    ids = sorted({member_id for member_id, _at in asked})
    return dict(sql.run(BORN, {"ids": ids}, rows=len(ids)))


def _segments(
    asked: Sequence[tuple[int, datetime]], rulebook: Rulebook
) -> dict[int, frozenset[str]]:
    """Return the segments of the member at each instant, by its place in the list."""
    if Segments.slug not in rulebook.asks_for:
        return {}
    rows = [(n, member_id, at) for n, (member_id, at) in enumerate(asked)]
    found = sql.run(IN_SEGMENTS, given={INSTANTS: rows})
    return {n: frozenset(slugs) for n, slugs in found}
