"""Confirm purchases: points that waited for it begin their life."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from loyalty_site.lib.actors import Actor
from points.errors.dates import ConfirmationOfVoided, ConfirmationTooLate
from points.models import DateChange, Lot, Purchase
from points.rules.pipeline import TierBenefit
from points.selectors.programme import Rulebook, current_rulebook
from points.services.earning import earn_key
from points.services.lot_dates import LotDates, move_dates
from points.services.ownership import refuse_moved
from points.services.posting import lock_accounts


@transaction.atomic
def confirm_purchase(
    *, purchase: Purchase, reason: str = "", at: datetime, actor: Actor
) -> Lot | None:
    """Let the points of the purchase be spent, and return their lot; None has none.

    They expire by the policy of today, for the tier of the purchase. What is confirmed,
    or never had to be, is left alone. Raises ConfirmationOfVoided, or ConfirmationTooLate once
    the points are cancelled.
    """
    accounts = lock_accounts([purchase.member_id])
    purchase = Purchase.objects.get(pk=purchase.pk)
    refuse_moved([purchase.member_id], locked=accounts)
    if purchase.voided_at is not None:
        raise ConfirmationOfVoided
    account = accounts[purchase.member_id]
    lot = _lot_of(purchase)
    if lot is None or not lot.is_waiting:
        return lot
    if at >= lot.effective_at:
        raise ConfirmationTooLate(cancelled_at=lot.effective_at)
    rulebook = current_rulebook(account.stamp)
    effective_at = max(at, rulebook.effective_at(purchase.occurred_at))
    expires_at = rulebook.expires_at(effective_at, _tier_then(lot, rulebook))
    move_dates(
        [LotDates(lot.pk, effective_at, expires_at)],
        cause=DateChange.Cause.CONFIRMED,
        reason=reason,
        at=at,
        actor=actor,
    )
    lot.effective_at, lot.expires_at = effective_at, expires_at
    return lot


def _lot_of(purchase: Purchase) -> Lot | None:
    """Return the lot of the purchase; the latest one where merges moved it."""
    key = earn_key(purchase.public_id)
    own = Q(entry__key=key) | Q(origin__key=key)
    lots = Lot.objects.select_related("entry", "origin").filter(own)
    return lots.filter(account=purchase.member_id).order_by("-pk").first()


def _tier_then(lot: Lot, rulebook: Rulebook) -> TierBenefit | None:
    """Return the tier that the explanation of the entry names."""
    named = ((lot.origin or lot.entry).trace or {}).get("tier") or [""]
    tiers = {tier.slug: tier for tier in rulebook.tiers.values()}
    return tiers.get(named[0])
