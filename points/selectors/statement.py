"""A member's statement: what the ledger posted in some days, to the point."""

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from loyalty_site.lib.periods import Period
from members.models import Member
from points.models import Entry
from points.selectors.portal import HistoryLine, history_lines

MOST_LINES = 2_000


@dataclass(frozen=True)
class StatementLine:
    """One entry: when it was posted, when it happened, and the balance after it."""

    posted_at: datetime
    occurred_at: datetime
    title: str
    why: str
    points: int
    balance: int


@dataclass(frozen=True)
class Statement:
    """Opening balance, lines from the oldest on, closing balance.

    `came` and `went` (<= 0) are of the whole period; of very many lines the first ones
    are listed and `is_cut` is set.
    """

    period: Period
    opening: int
    came: int
    went: int
    lines: list[StatementLine]
    is_cut: bool

    @property
    def closing(self) -> int:
        """The balance at the end of the period."""
        return self.opening + self.came + self.went


def statement_of(
    member: Member,
    period: Period,
    *,
    zone: ZoneInfo,
    at: datetime,
    most_lines: int = MOST_LINES,
) -> Statement:
    """Return the statement of days in `zone`, read by when entries were posted.

    So what was once printed stays true: an entry of an earlier day that is posted later is
    in the statement of the later day. Entries of zero points are left out.
    """
    start, end = period.as_datetimes(zone)
    mine = Entry.objects.filter(account=member.pk).exclude(points=0)
    inside = Q(posted_at__gte=start, posted_at__lt=end)
    sums = mine.aggregate(
        opening=Coalesce(Sum("points", filter=Q(posted_at__lt=start)), 0),
        came=Coalesce(Sum("points", filter=inside & Q(points__gt=0)), 0),
        went=Coalesce(Sum("points", filter=inside & Q(points__lt=0)), 0),
    )
    entries = list(mine.filter(inside).order_by("posted_at", "pk")[: most_lines + 1])
    shown = entries[:most_lines]
    balances = accumulate((each.points for each in shown), initial=sums["opening"])
    next(balances)
    told = zip(shown, history_lines(shown, at), balances, strict=True)
    lines = [_line(entry, line, balance) for entry, line, balance in told]
    return Statement(period, **sums, lines=lines, is_cut=len(entries) > most_lines)


def _line(entry: Entry, line: HistoryLine, balance: int) -> StatementLine:
    return StatementLine(
        posted_at=entry.posted_at,
        occurred_at=entry.occurred_at,
        title=line.title,
        why=line.why,
        points=line.points,
        balance=balance,
    )
