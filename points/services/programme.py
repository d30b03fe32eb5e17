"""The programme's settings: one row, changed under its lock."""

from dataclasses import dataclass
from datetime import date

import pghistory
from django.db import transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.money import Rounding
from loyalty_site.lib.zone import programme_zone
from points.errors.posting import CurrencyFixed
from points.models import Programme, Purchase
from points.services.settings_lock import lock_settings


@dataclass(frozen=True)
class ProgrammeSettings:
    """Everything that is set about the programme."""

    name: str
    time_zone: str
    currency: str
    rounding: str = Rounding.FLOOR
    pending_days: int = 0
    pending_until: date | None = None
    confirm_days: int | None = None
    multiplier_combination: str = Programme.MultiplierCombination.SUM_OF_EXTRAS
    group_policy: str = Programme.GroupPolicy.BEST_FOR_MEMBER
    rounds_each_rule: bool = False
    earns_on_discount: bool = False
    earns_on_tax: bool = True
    earns_on_delivery: bool = True
    earns_on_gift_card: bool = True
    earns_on_points_paid: bool = False
    cap_purchase: int | None = None
    cap_day: int | None = None
    cap_week: int | None = None
    cap_month: int | None = None
    balance_limit: int | None = None
    cap_overflow: str = Programme.CapOverflow.TRIM
    backdating_days: int = 30
    refund_policy: str = Programme.RefundPolicy.WITHIN_BALANCE
    debt_limit: int | None = None
    transfer_expiry: str = Programme.TransferExpiry.KEPT
    household_limit: int = 0
    household_leaving: str = Programme.HouseholdLeaving.OWN_POINTS
    campaign_alone_points: int | None = None
    refund_returns: str = Programme.RefundReturns.PRO_RATA
    return_grace_days: int = 30


@transaction.atomic
def change_programme(*, wanted: ProgrammeSettings, actor: Actor) -> Programme:
    """Set the programme's settings and return the row; safe to repeat.

    Points that were posted keep their expiry. Raises CurrencyFixed once there are
    purchases: their amounts are kept in minor units of the old currency.
    """
    programme = lock_settings()
    if wanted.currency != programme.currency and Purchase.objects.exists():
        raise CurrencyFixed(currency=programme.currency)
    changed = [
        name
        for name, value in vars(wanted).items()
        if getattr(programme, name) != value
    ]
    if changed:
        for name in changed:
            setattr(programme, name, getattr(wanted, name))
        with pghistory.context(reason="programme", actor=str(actor)):
            programme.save(update_fields=changed)
        transaction.on_commit(programme_zone.forget)
    return programme
