"""What the tests ask of the books."""

from datetime import datetime

from members.models import Member
from points.models import (
    Account,
    Adjustment,
    Allocation,
    Entry,
    Hold,
    Lot,
    Purchase,
    Redemption,
    RewardStock,
    Transfer,
)
from points.selectors.balances import balance_of
from points.selectors.proof import verify_books
from tests.factories import NOON


def available(member: Member, at: datetime = NOON) -> int:
    """Return the points that can be spent at `at`."""
    return balance_of(member_id=member.pk, at=at).available


def differences(at: datetime = NOON) -> list[str]:
    """Return every difference that `verify` finds."""
    return [row for finding in verify_books(at=at) for row in finding.rows]


def everything() -> tuple[object, ...]:
    """Return the state of the books, to compare before and after a refusal."""
    accounts = Account.objects.order_by("pk").values_list()
    lots = Lot.objects.order_by("pk").values_list(
        "pk", "remaining", "effective_at", "expires_at"
    )
    stock = RewardStock.objects.order_by("pk").values_list("pk", "pieces")
    adjustments = Adjustment.objects.order_by("pk").values_list("pk", "state")
    holds = Hold.objects.order_by("pk").values_list("pk", "state", "entry")
    models = (Entry, Allocation, Purchase, Redemption, Transfer)
    counts = (model.objects.count() for model in models)
    return *map(tuple, (accounts, lots, stock, adjustments, holds)), tuple(counts)
