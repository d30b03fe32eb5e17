"""Tell what happened to points, in the transaction that it happens in."""

from collections.abc import Sequence
from datetime import datetime

from loyalty_site.webhooks.services.outbox import NewEvent, are_awaited, tell
from points import events
from points.models import (
    ChallengeAward,
    Entry,
    Purchase,
    Redemption,
    Refund,
    TierChange,
)
from points.selectors.activity import with_points
from points.selectors.programme import current_rulebook


def tell_movements(entry_ids: Sequence[int], *, at: datetime) -> None:
    """Tell of entries that were written just now, in their order."""
    entries = Entry.objects.filter(pk__in=entry_ids).order_by("pk").defer("trace")
    tell(
        [
            NewEvent(events.kind_of(entry), events.entry_data(entry))
            for entry in entries.select_related("account__member", "lot")
        ],
        at=at,
    )


def tell_purchases(purchase_ids: Sequence[int], *, at: datetime) -> None:
    """Tell of purchases that were posted just now."""
    _tell_of_purchases(events.PURCHASE_POSTED, purchase_ids, at)


def tell_voids(purchase_ids: Sequence[int], *, at: datetime) -> None:
    """Tell of purchases that were voided just now, at that very instant."""
    if not are_awaited([events.PURCHASE_VOIDED]):
        return
    voided = Purchase.objects.filter(pk__in=purchase_ids, voided_at=at)
    ids = list(voided.values_list("pk", flat=True))
    _tell_of_purchases(events.PURCHASE_VOIDED, ids, at)


def _tell_of_purchases(kind: str, purchase_ids: Sequence[int], at: datetime) -> None:
    if not are_awaited([kind]):
        return
    rows = Purchase.objects.filter(pk__in=purchase_ids).order_by("pk")
    currency = current_rulebook().currency
    tell(
        [
            NewEvent(kind, events.purchase_data(purchase, currency))
            for purchase in with_points(rows.select_related("member"))
        ],
        at=at,
    )


def tell_refund(refund: Refund) -> None:
    """Tell of a refund that was posted just now."""
    data = events.refund_data(refund, current_rulebook().currency)
    tell([NewEvent(events.REFUND_POSTED, data)], at=refund.posted_at)


def tell_tier_changes(member_ids: Sequence[int], *, at: datetime) -> None:
    """Tell of the moves of these members at that very instant."""
    if not member_ids or not are_awaited([events.TIER_CHANGED]):
        return
    changes = TierChange.objects.filter(account__in=member_ids, at=at).order_by("pk")
    tell(
        [
            NewEvent(events.TIER_CHANGED, events.tier_data(change))
            for change in changes.select_related(
                "account__member", "from_tier", "to_tier"
            )
        ],
        at=at,
    )


def tell_challenges(awards: Sequence[ChallengeAward], *, at: datetime) -> None:
    """Tell of challenges that were reached just now."""
    if not awards or not are_awaited([events.CHALLENGE_REACHED]):
        return
    rows = ChallengeAward.objects.filter(pk__in=[each.pk for each in awards])
    rows = rows.select_related("account__member", "challenge__badge").order_by("pk")
    tell(
        [
            NewEvent(events.CHALLENGE_REACHED, events.challenge_data(row))
            for row in rows
        ],
        at=at,
    )


def tell_redemption(redemption: Redemption, kind: str, *, at: datetime) -> None:
    """Tell of a redemption that was made or settled just now."""
    tell([NewEvent(kind, events.redemption_data(redemption))], at=at)
