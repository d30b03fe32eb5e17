"""Tiers in plain Python: what somebody would work out with a calendar and a pencil."""

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from loyalty_site.lib.periods import add_months, start_of_day
from points.models import Account, Entry, Purchase, TierTerms

STEPS = {"year": 12, "half_year": 6, "quarter": 3, "month": 1, "anniversary": 12}


class Facts:
    """What one member did: (instant, counter, value), days counted once."""

    def __init__(self, joined: date) -> None:
        self.joined = joined
        self.rows: list[tuple[datetime, str, int]] = []

    def __repr__(self) -> str:
        return f"{len(self.rows)} facts"


def facts_of_everybody(zone: ZoneInfo) -> dict[int, Facts]:
    """Read every activity that counts."""
    everybody = {
        account.pk: Facts(account.opened_at.astimezone(zone).date())
        for account in Account.objects.all()
    }
    reversed_ids = set(Entry.objects.values_list("reverses_id", flat=True))
    for entry in Entry.objects.all():
        rows = everybody[entry.account_id].rows
        rows.append((entry.qualifies_at, "threshold", entry.qualifying))
        if entry.kind == "bonus" and entry.pk not in reversed_ids:
            rows.append((entry.occurred_at, "bonus_events", 1))
            rows.append((entry.occurred_at, "active_days", 1))
    for purchase in Purchase.objects.filter(voided_at=None):
        back = sum(each.amount_minor for each in purchase.refunds.all())
        rows = everybody[purchase.member_id].rows
        left = purchase.amount_minor - back
        rows.append((purchase.occurred_at, "spend_minor", left))
        if left or not back:
            rows.append((purchase.occurred_at, "visits", 1))
            rows.append((purchase.occurred_at, "active_days", 1))
    return everybody


def counters_of(rows, zone: ZoneInfo) -> dict[str, int]:
    """Add up; of visits and active days each day counts once."""
    sums, days = defaultdict(int), defaultdict(set)
    for at, counter, value in rows:
        if counter in {"visits", "active_days"}:
            days[counter].add(at.astimezone(zone).date())
        else:
            sums[counter] += value
    return dict(sums) | {counter: len(found) for counter, found in days.items()}


def rank_of(counters: dict[str, int], ladder) -> int:
    """Go up the ladder and remember the highest tier that is reached."""
    rank = 0
    for n, tier in enumerate(ladder, start=1):
        met = [counters.get(name, 0) >= least for name, least in tier.criteria.items()]
        if all(met) if tier.needs == "all" else any(met):
            rank = n
    return rank


class Pencil:
    """Works out ranks by terms and a ladder."""

    def __init__(self, terms: TierTerms, ladder, zone: ZoneInfo) -> None:
        self.terms = terms
        self.ladder = ladder
        self.zone = zone

    def rank_at(self, facts: Facts, at: datetime) -> int:
        """Return the rank that the member should hold at `at`."""
        known = [row for row in facts.rows if row[0] <= at]
        if self.terms.window not in STEPS:
            start = self._rolling_start(at)
            inside = [row for row in known if start is None or row[0] > start]
            return max(rank_of({}, self.ladder), self._rank(inside))
        starts = self._starts(facts.joined)
        begins = [start_of_day(day, self.zone) for day in starts]
        by_period = defaultdict(list)
        for row in known:
            by_period[bisect_right(begins, row[0])].append(row)
        if self.terms.upgrade == "next_period":
            by_period.pop(bisect_right(begins, at), None)
        left = [
            self._left_of(self._rank(rows), starts[period:], at)
            for period, rows in by_period.items()
        ]
        return max([rank_of({}, self.ladder), *left])

    def _rank(self, rows) -> int:
        return rank_of(counters_of(rows, self.zone), self.ladder)

    def _left_of(self, rank: int, later_starts: list[date], at: datetime) -> int:
        """Walk along the ends of the periods after the validity, step by step."""
        left = rank
        for start in later_starts[self.terms.valid_periods :]:
            end_of_grace = start + timedelta(days=self.terms.grace_days)
            if start_of_day(end_of_grace, self.zone) > at:
                break
            if self.terms.downgrade == "none":
                break
            is_by_steps = self.terms.downgrade == "one_step"
            left = max(left - 1, 0) if is_by_steps else 0
        ranks = enumerate(self.ladder[:rank], start=1)
        return max([left, *(n for n, tier in ranks if tier.is_for_life)])

    def _starts(self, joined: date) -> list[date]:
        if self.terms.window == "anniversary":
            return [add_months(joined, 12 * years) for years in range(-15, 15)]
        first = date(2010, self.terms.start_month, 1)
        step = STEPS[self.terms.window]
        return [add_months(first, step * n) for n in range(20 * 12 // step)]

    def _rolling_start(self, at: datetime) -> datetime | None:
        local = at.astimezone(self.zone)
        if self.terms.window == "lifetime":
            return None
        if self.terms.window == "rolling_days":
            day = local.date() - timedelta(days=self.terms.window_length)
        else:
            day = add_months(local.date(), -self.terms.window_length)
        return datetime.combine(day, local.time(), tzinfo=self.zone).astimezone(UTC)
