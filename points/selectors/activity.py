"""What moved a member's points, with what it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from points.models import Allocation, Entry, Lot, Purchase, Redemption

PURCHASE = "purchase"
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
    lot: Lot | None
    taken: list[Allocation]
    reversed_by: Entry | None


def earn_key(purchase: Purchase) -> str:
    """Return the key of the entry that says what the purchase earned."""
    return f"earn:{purchase.source}:{purchase.source_id}"


def with_points(purchases: Iterable[Purchase]) -> list[PurchaseWithPoints]:
    """Return the purchases with what they earned, by one look-up for all of them."""
    listed = list(purchases)
    points = {
        (account_id, key): earned
        for account_id, key, earned in Entry.objects.filter(
            account__in={each.member_id for each in listed},
            key__in=[earn_key(each) for each in listed],
        ).values_list("account_id", "key", "points")
    }
    return [
        PurchaseWithPoints(each, points.get((each.member_id, earn_key(each))))
        for each in listed
    ]


def purchases_of(
    member_id: int, *, before: datetime | None = None, limit: int
) -> list[PurchaseWithPoints]:
    """Return the latest purchases of a member, older than `before`."""
    rows = Purchase.objects.filter(member=member_id)
    if before is not None:
        rows = rows.filter(occurred_at__lt=before)
    return with_points(rows.order_by("-occurred_at", "-pk")[:limit])


def redemptions_of(
    member_id: int, *, before: datetime | None = None, limit: int
) -> list[Redemption]:
    """Return the latest redemptions of a member with their rewards."""
    rows = Redemption.objects.filter(account=member_id).select_related("reward")
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
    if before is not None:
        rows = rows.filter(occurred_at__lt=before)
    return list(rows.order_by("-occurred_at", "-pk")[:limit])


def entries_of_purchase(purchase: Purchase) -> list[Entry]:
    """Return what was posted for a purchase: earned, clawed back."""
    earned = Q(key=earn_key(purchase))
    rows = Entry.objects.filter(account=purchase.member_id)
    entries = list(rows.filter(earned))
    return entries + list(
        rows.filter(reverses__in=[each.pk for each in entries]).order_by("pk")
    )


def context_of(entry: Entry) -> EntryContext:
    """Return what the entry belongs to."""
    redemption = (
        Redemption.objects.filter(entry__in=[entry.pk, entry.reverses_id or 0])
        .select_related("reward")
        .first()
    )
    return EntryContext(
        purchase=_purchase_of(entry),
        redemption=redemption,
        lot=Lot.objects.filter(entry=entry).first(),
        taken=list(
            Allocation.objects.filter(entry=entry)
            .select_related("lot__entry")
            .order_by("pk")
        ),
        reversed_by=Entry.objects.filter(
            account=entry.account_id, reverses=entry.pk
        ).first(),
    )


def _purchase_of(entry: Entry) -> Purchase | None:
    if entry.source not in {PURCHASE, "void"}:
        return None
    rows = Purchase.objects.filter(member=entry.account_id, source_id=entry.source_id)
    return next((each for each in rows if _is_of(entry, each)), None)


def _is_of(entry: Entry, purchase: Purchase) -> bool:
    return entry.kind != Entry.Kind.EARN or entry.key == earn_key(purchase)
