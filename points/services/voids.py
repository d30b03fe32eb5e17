"""Void purchases and take back what they earned."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from loyalty_site.lib.actors import Actor
from points import sql
from points.models import Entry, Purchase
from points.selectors.programme import current_programme
from points.selectors.refunds import refunded_so_far
from points.services.campaign_budgets import return_to_budgets
from points.services.events import tell_voids
from points.services.ownership import accounts_behind, refuse_moved
from points.services.posting import Debit, lock_accounts, post_debits
from points.services.purchase_statements import EARNED, VOID
from points.services.spent_back import return_spent, spent_back
from points.services.statements import KEYS
from points.services.tiers import mark_tiers_due

PAID = """
SELECT p.id FROM points_purchase p
JOIN points_pointspayment y ON y.source = p.source AND y.source_id = p.source_id
WHERE p.id = ANY(%(ids)s::bigint[]) AND p.voided_at = %(at)s AND y.reversed_at IS NULL
"""


class _Earned(NamedTuple):
    """A row of `EARNED`."""

    member_id: int
    entry_id: int
    points: int
    qualifying: int
    qualifies_at: datetime
    source_id: str


@transaction.atomic
def void_purchases(
    *,
    purchase_ids: Sequence[int],
    reason: str,
    at: datetime,
    actor: Actor,
    releases_ids: bool = False,
) -> int:
    """Void purchases and claw back what they earned; return how many were voided.

    With `releases_ids` the same ids of the source can be posted again, as if these had
    never come; else they keep answering for the voided purchase.

    Taken from the lot of the purchase itself first, then from the member's other
    spendable lots; what is no longer there becomes a debt only where the programme's
    refunds may leave one: the entry's trace says how much was asked for. What refunds
    took back and what has expired is not asked for again. Qualifying points are lowered
    where they counted.
    """
    accounts = lock_accounts(accounts_behind(purchase_ids))
    voided = sql.run(
        VOID,
        {"ids": list(purchase_ids), "at": at, "is_released": releases_ids},
        rows=len(purchase_ids),
    )
    # Spend and visits are lower even where there is nothing to take.
    owners = {member_id for _account_id, _key, member_id in voided}
    refuse_moved(owners, locked=accounts)
    mark_tiers_due(member_ids=sorted(owners))
    tell_voids(purchase_ids, at=at)
    keys = [(account_id, key) for account_id, key, _member_id in voided]
    earned = sql.run(EARNED, {"at": at}, given={KEYS: keys})
    debt_limit = current_programme().largest_debt
    claw_backs = [
        _claw_back(_Earned(*entry), reason=reason, at=at, debt_limit=debt_limit)
        for entry in earned
    ]
    post_debits(
        [each for each in claw_backs if each.points or each.lowers_qualifying],
        posted_at=at,
        actor=actor,
        accounts=accounts,
    )
    return_to_budgets(each.own_entry_id for each in claw_backs if each.own_entry_id)
    _return_what_paid(purchase_ids, reason=reason, at=at, actor=actor)
    return len(voided)


def _return_what_paid(
    purchase_ids: Sequence[int], *, reason: str, at: datetime, actor: Actor
) -> None:
    """Give back the points that paid for purchases which are void now."""
    paid = sql.run(PAID, {"ids": list(purchase_ids), "at": at}, rows=len(purchase_ids))
    programme = current_programme()
    for purchase in Purchase.objects.filter(pk__in=[each for (each,) in paid]):
        so_far = refunded_so_far(purchase)
        left = purchase.amount_minor - so_far.amount_minor
        back = spent_back(
            purchase, programme=programme, so_far=so_far, amount_minor=left
        )
        if back and back.points:
            return_spent(
                back,
                document=f"void:{purchase.public_id}",
                programme=programme,
                reason=reason,
                at=at,
                actor=actor,
            )


def _claw_back(earned: _Earned, *, reason: str, at: datetime, debt_limit: int) -> Debit:
    return Debit(
        member_id=earned.member_id,
        kind=Entry.Kind.CLAW_BACK,
        points=earned.points,
        occurred_at=at,
        key=f"void:{earned.entry_id}",
        source="void",
        source_id=earned.source_id,
        own_entry_id=earned.entry_id,
        debt_limit=debt_limit,
        lowers_qualifying=earned.qualifying,
        qualifies_at=earned.qualifies_at,
        reason=reason,
        trace=sql.as_json({"asked": earned.points}),
    )
