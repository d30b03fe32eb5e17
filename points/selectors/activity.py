"""What moved a member's points, with what it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from points.models import (
    Adjustment,
    Allocation,
    Entry,
    Lot,
    Purchase,
    Redemption,
    Store,
    Transfer,
)

PURCHASE = "purchase"
EARNED_BY = "earn:"
MERGED = (Entry.Kind.MERGE_OUT, Entry.Kind.MERGE_IN)
OWN_ITEMS = (Entry.Kind.EARN, Entry.Kind.REDEEM)


@dataclass(frozen=True)
class PurchaseWithPoints:
    """A purchase and the points it earned; None where no entry was posted."""

    purchase: Purchase
    points: int | None


@dataclass(frozen=True)
class EntryContext:
    """What an entry belongs to; `lot` of a credit, `taken` of a debit."""

    purchase: Purchase | None
    redemption: Redemption | None
    adjustment: Adjustment | None
    transfer: Transfer | None
    lot: Lot | None
    taken: list[Allocation]
    reversed_by: Entry | None


def store_names() -> dict[str, str]:
    """Return the names of the stores by their code."""
    return {store.code: str(store) for store in Store.objects.all()}


def earn_key(purchase: Purchase) -> str:
    """Return the key of the entry that says what the purchase earned."""
    return f"{EARNED_BY}{purchase.public_id}"


def with_points(purchases: QuerySet[Purchase]) -> QuerySet[Purchase, Any]:
    """Return the purchases with what they earned as `earned`, in the same query."""
    key = Concat(Value(EARNED_BY), Cast(OuterRef("public_id"), CharField()))
    account = Coalesce(OuterRef("earned_account"), OuterRef("member"))
    entry = Entry.objects.filter(account=account, key=key)
    return purchases.annotate(earned=Subquery(entry.values("points")[:1]))


def listed_with_points(purchases: Iterable[Any]) -> list[PurchaseWithPoints]:
    """Return rows of `with_points` as pairs."""
    return [PurchaseWithPoints(each, each.earned) for each in purchases]


def purchases_of(
    member_id: int, *, before: datetime | None = None, limit: int
) -> list[PurchaseWithPoints]:
    """Return the latest purchases of a member, older than `before`."""
    rows = Purchase.objects.filter(member=member_id)
    if before is not None:
        rows = rows.filter(occurred_at__lt=before)
    newest = with_points(rows).order_by("-occurred_at", "-pk")[:limit]
    return listed_with_points(newest)


def redemptions_of(
    member_id: int, *, before: datetime | None = None, limit: int
) -> list[Redemption]:
    """Return the latest redemptions of a member with their rewards and what they won."""
    rows = Redemption.objects.filter(account=member_id).select_related("reward")
    rows = rows.annotate(
        ticket_number=F("ticket__number"), prize_name=F("ticket__win__prize__name")
    )
    if before is not None:
        rows = rows.filter(at__lt=before)
    return list(rows.order_by("-at", "-pk")[:limit])


def other_entries_of(
    member_id: int, *, before: datetime | None = None, limit: int
) -> list[Entry]:
    """Return the latest entries that no purchase and no redemption stands for."""
    rows = Entry.objects.filter(account=member_id).exclude(
        kind__in=OWN_ITEMS, source__in=[PURCHASE, "reward"]
    )
    # Counters that a merge carried along are for the ledger's readers only.
    rows = rows.exclude(kind__in=MERGED, points=0)
    if before is not None:
        rows = rows.filter(occurred_at__lt=before)
    return list(rows.order_by("-occurred_at", "-pk")[:limit])


def entries_of_purchase(purchase: Purchase) -> list[Entry]:
    """Return what was posted for a purchase: earned, clawed back."""
    earned = Q(key=earn_key(purchase))
    entries = list(Entry.objects.filter(earned, account=purchase.entry_account_id))
    undoing = Entry.objects.filter(reverses__in=[each.pk for each in entries])
    return entries + list(undoing.order_by("pk"))


def context_of(entry: Entry) -> EntryContext:
    """Return what the entry belongs to; only asks for what its kind can have."""
    return EntryContext(
        purchase=_purchase_of(entry),
        redemption=_redemption_of(entry),
        adjustment=_adjustment_of(entry),
        transfer=_transfer_of(entry),
        lot=Lot.objects.filter(entry=entry).first() if entry.points > 0 else None,
        taken=list(_taken_by(entry)) if entry.points < 0 or entry.debt else [],
        reversed_by=Entry.objects.filter(reverses=entry.pk).first(),
    )


def _taken_by(entry: Entry) -> QuerySet[Allocation]:
    rows = Allocation.objects.filter(entry=entry).select_related("lot__entry")
    return rows.order_by("pk")


def _redemption_of(entry: Entry) -> Redemption | None:
    if entry.kind not in {Entry.Kind.REDEEM, Entry.Kind.REDEEM_REVERSAL}:
        return None
    rows = Redemption.objects.filter(entry__in=[entry.pk, entry.reverses_id or 0])
    return rows.select_related("reward").first()


def _adjustment_of(entry: Entry) -> Adjustment | None:
    if entry.kind != Entry.Kind.ADJUST:
        return None
    return Adjustment.objects.filter(entry=entry).first()


def _transfer_of(entry: Entry) -> Transfer | None:
    if entry.kind not in {Entry.Kind.TRANSFER_OUT, Entry.Kind.TRANSFER_IN}:
        return None
    return Transfer.objects.filter(public_id=entry.source_id).first()


def _purchase_of(entry: Entry) -> Purchase | None:
    if entry.source not in {PURCHASE, "refund", "void", "confirmation"}:
        return None
    earned = entry.reverses if entry.reverses_id else entry
    if earned is None or not earned.key.startswith(EARNED_BY):
        return None
    public_id = earned.key.removeprefix(EARNED_BY)
    return Purchase.objects.filter(public_id=public_id).first()
