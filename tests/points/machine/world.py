"""Members and the clock: what all verbs of the ledger share."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from loyalty_site.lib.periods import add_months_at
from members.models import Member
from points.models import Account
from points.selectors.balances import balances_of
from points.services.expiry import expire_points
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from tests.factories import make_member, set_programme
from tests.points.books import differences
from tests.points.machine.plain import FOREVER, PlainAccount, PlainLot

# A clock change, a year's end and a leap day lie within reach of a few steps.
START = datetime.fromisoformat("2027-10-29T22:30:00+00:00")
THRESHOLDS = {"silver": 0, "gold": 200, "platinum": 600}


class World(RuleBasedStateMachine):
    """Members, each with a plain account beside the real one, on a clock that jumps."""

    members = Bundle("members")

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.now = START
        self.accounts: dict[int, PlainAccount] = defaultdict(PlainAccount)
        self.stays: dict[int, Member] = {}
        self.months: int | None = 3

    @initialize(
        target=members,
        policy=st.sampled_from(["within_balance", "allow_debt"]),
        returns=st.sampled_from(["pro_rata", "full_only", "none"]),
        grace=st.sampled_from([30, 0]),
        slides=st.sampled_from([[], ["purchase"], ["purchase", "redemption"]]),
    )
    def two_members(self, policy, returns, grace, slides):
        self.may_owe = policy == "allow_debt"
        self.returns, self.grace, self.slides = returns, grace, slides
        self.zone = set_programme(
            refund_policy=policy,
            refund_returns=returns,
            return_grace_days=grace,
            sliding_by=slides,
        ).zone
        return multiple(make_member(at=self.now), make_member(at=self.now))

    def who(self, member: Member) -> Member:
        """Return whom a door finds: the member, or whom it was merged into."""
        return self.stays.get(member.pk, member)

    def account_of(self, member_id: int) -> PlainAccount:
        return self.accounts[self.who(Member(pk=member_id)).pk]

    def credit(self, member: Member, points: int, at: datetime) -> PlainLot:
        lot = PlainLot(points, self.expiry(at), at)
        self.accounts[member.pk].lots.append(lot)
        if points:
            self.accounts[member.pk].settle(self.now)
        return lot

    def expiry(self, at: datetime) -> datetime:
        return add_months_at(at, self.months, self.zone) if self.months else FOREVER

    def slide(self, activity: str, member: Member, at: datetime) -> None:
        """Extend what the member has, where the programme says so."""
        if activity in self.slides:
            self.accounts[member.pk].extend(at, self.expiry(at), self.now)

    @rule(target=members)
    def enrol(self):
        return make_member(at=self.now)

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 31, 24 * 92, 24 * 366]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule()
    def sweep(self):
        expire_points(at=self.now)

    @rule()
    def recompute_touched(self):
        recompute_touched_tiers(at=self.now)

    @rule()
    def night_falls(self):
        recompute_touched_tiers(at=self.now)
        recompute_all_tiers(at=self.now)
        year_ago = add_months_at(self.now, -12, self.zone)
        wanted = {}
        for member_id, account in self.accounts.items():
            points = account.qualified(year_ago, self.now)
            reached = [slug for slug, least in THRESHOLDS.items() if points >= least]
            wanted[member_id] = reached[-1]
        accounts = Account.objects.filter(pk__in=wanted)
        assert dict(accounts.values_list("pk", "tier__slug")) == wanted

    @invariant()
    def balances_are_those_of_the_model(self):
        found = balances_of(member_ids=list(self.accounts), at=self.now)
        for member_id, account in self.accounts.items():
            balance = found[member_id]
            assert (balance.available, balance.debt) == (
                account.available(self.now),
                account.debt,
            )
            expiring = [(each.at, each.points) for each in balance.expiring]
            assert expiring == account.expiring(self.now)

    def teardown(self):
        try:
            self.night_falls()
            assert differences(self.now) == []
        finally:
            transaction.savepoint_rollback(self.before)
