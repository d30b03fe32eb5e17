"""Whether the books add up: entries, accounts and lots must say the same."""

from dataclasses import dataclass

from django.db.models import Q, Sum

from points.models import Account, Entry, Lot


@dataclass(frozen=True)
class LedgerTotals:
    """Sums of signed points; `points_out` is <= 0, `balance` what accounts hold."""

    points_in: int
    points_out: int
    balance: int
    left_in_lots: int

    @property
    def is_even(self) -> bool:
        """Whether entries, accounts and lots agree."""
        return self.points_in + self.points_out == self.balance == self.left_in_lots


def totals_of(member_id: int | None = None) -> LedgerTotals:
    """Return the totals of a member, or of everybody: that reads the whole ledger."""
    entries, accounts, lots = (
        Entry.objects.all(),
        Account.objects.all(),
        Lot.objects.filter(is_open=True),
    )
    if member_id is not None:
        entries = entries.filter(account=member_id)
        accounts = accounts.filter(pk=member_id)
        lots = lots.filter(account=member_id)
    moved = entries.aggregate(
        came=Sum("points", filter=Q(points__gt=0)),
        went=Sum("points", filter=Q(points__lt=0)),
    )
    return LedgerTotals(
        points_in=moved["came"] or 0,
        points_out=moved["went"] or 0,
        balance=accounts.aggregate(sum=Sum("balance"))["sum"] or 0,
        left_in_lots=lots.aggregate(sum=Sum("remaining"))["sum"] or 0,
    )
