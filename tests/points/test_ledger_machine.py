"""The ledger against a plain model: whatever happens in whatever order."""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings as how, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from loyalty_site.lib.periods import add_months_at
from members.models import Member
from points.errors.posting import InsufficientPoints
from points.errors.transfers import SameMember
from points.models import Account, Reward
from points.selectors.balances import balance_of
from points.services.expiry import expire_points
from points.services.purchase_types import NewPurchase
from points.services.purchases import post_purchases
from points.services.redemptions import redeem_reward, reverse_redemption
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    give_points,
    make_member,
    make_reward,
    make_rule,
    make_tiers,
    next_number,
    set_programme,
    transfer,
)
from tests.points.books import differences

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "40"))
STEPS = int(os.environ.get("LEDGER_STEPS", "40"))
# A clock change, a year's end and a leap day lie within reach of a few steps.
START = datetime.fromisoformat("2027-10-29T22:30:00+00:00")
THRESHOLDS = {"silver": 0, "gold": 200, "platinum": 600}


@dataclass
class PlainLot:
    """A credit, as a child would keep it."""

    points: int
    expires_at: datetime
    number: int
    effective_at: datetime
    origin: "PlainLot | None" = None

    def began_as(self, lot: "PlainLot") -> bool:
        return self is lot or self.origin is lot

    def burn_order(self) -> tuple[datetime, datetime, int]:
        return self.expires_at, self.effective_at, self.number


@dataclass
class PlainAccount:
    """What a member has, in plain Python."""

    lots: list[PlainLot] = field(default_factory=list)
    qualifying: list[tuple[datetime, int]] = field(default_factory=list)
    debt: int = 0

    def spendable(self, at: datetime) -> list[PlainLot]:
        lots = [lot for lot in self.lots if lot.effective_at <= at < lot.expires_at]
        return sorted(lots, key=PlainLot.burn_order)

    def available(self, at: datetime) -> int:
        return max(sum(lot.points for lot in self.spendable(at)) - self.debt, 0)

    def take(self, points: int, lots: list[PlainLot]) -> list[tuple[PlainLot, int]]:
        taken = []
        for lot in lots:
            part = min(points, lot.points)
            lot.points -= part
            points -= part
            taken.append((lot, part))
        return taken

    def settle(self, at: datetime) -> None:
        taken = self.take(self.debt, self.spendable(at))
        self.debt -= sum(part for _lot, part in taken)


class Ledger(RuleBasedStateMachine):
    """Every verb of the ledger beside its plain twin, on a clock that jumps."""

    members = Bundle("members")
    purchases = Bundle("purchases")
    redemptions = Bundle("redemptions")

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.now = START
        self.accounts: dict[int, PlainAccount] = defaultdict(PlainAccount)
        self.lots_of: dict[str, PlainLot] = {}

    @initialize(
        target=members, policy=st.sampled_from(["within_balance", "allow_debt"])
    )
    def two_members(self, policy):
        self.may_owe = policy == "allow_debt"
        self.zone = set_programme(refund_policy=policy).zone
        return multiple(make_member(at=self.now), make_member(at=self.now))

    def credit(self, member: Member, points: int, at: datetime) -> PlainLot:
        expires_at = add_months_at(at, 3, self.zone)
        lot = PlainLot(points, expires_at, next_number(), at)
        self.accounts[member.pk].lots.append(lot)
        if points:
            self.accounts[member.pk].settle(self.now)
        return lot

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 31, 24 * 92, 24 * 366]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule(
        target=purchases,
        member=members,
        amount=st.integers(0, 40_000),
        days=st.integers(0, 40),
    )
    def buy(self, member, amount, days):
        at = self.now - timedelta(days=days)
        purchase = NewPurchase(
            member.pk, "till", f"machine-{next_number()}", amount, at
        )
        [posted] = post_purchases(purchases=[purchase], at=self.now, actor=CLERK)
        assert posted.points == amount // 100
        self.lots_of[purchase.source_id] = self.credit(member, amount // 100, at)
        self.accounts[member.pk].qualifying.append((at, amount // 100))
        return purchase, posted

    @rule(bought=purchases)
    def send_the_purchase_again(self, bought):
        purchase, first = bought
        [again] = post_purchases(purchases=[purchase], at=self.now, actor=CLERK)
        assert (again.is_new, again.points) == (False, first.points)

    @rule(bought=consumes(purchases))
    def void(self, bought):
        purchase, posted = bought
        void_purchases(
            purchase_ids=[posted.purchase_id],
            reason="test",
            at=self.now,
            actor=CLERK,
        )
        account, own = (
            self.accounts[purchase.member_id],
            self.lots_of[purchase.source_id],
        )
        # What has expired is gone already; nothing else is taken for it.
        mine = [lot for lot in account.lots if lot.began_as(own)]
        due = posted.points - sum(
            lot.points for lot in mine if lot.expires_at <= self.now
        )
        spendable = account.spendable(self.now)
        own_first = sorted(spendable, key=lambda lot: not lot.began_as(own))
        taken = sum(part for _lot, part in account.take(due, own_first))
        account.debt += (due - taken) * self.may_owe
        account.qualifying.remove((purchase.occurred_at, posted.points))

    @rule(member=members, points=st.integers(1, 300))
    def give(self, member, points):
        give_points(member, points, at=self.now)
        self.credit(member, points, self.now)

    @rule(target=redemptions, member=members, cost=st.integers(1, 500))
    def redeem(self, member, cost):
        account = self.accounts[member.pk]
        reward, key = make_reward(cost=cost), f"machine-{next_number()}"
        if account.available(self.now) < cost:
            with pytest.raises(InsufficientPoints):
                self._redeem(member, reward, key)
            return multiple()
        redemption = self._redeem(member, reward, key)
        assert self._redeem(member, reward, key).pk == redemption.pk
        return redemption, account.take(cost, account.spendable(self.now))

    def _redeem(self, member: Member, reward: Reward, key: str):
        return redeem_reward(
            member=member, reward=reward, key=key, at=self.now, actor=CLERK
        )

    @rule(redeemed=consumes(redemptions))
    def reverse(self, redeemed):
        redemption, taken = redeemed
        reverse_redemption(
            redemption=redemption, reason="test", at=self.now, actor=CLERK
        )
        for lot, part in taken:
            lot.points += part
        self.accounts[redemption.account_id].settle(self.now)

    @rule(sender=members, receiver=members, points=st.integers(1, 300))
    def give_away(self, sender, receiver, points):
        account, other = self.accounts[sender.pk], self.accounts[receiver.pk]
        if account is other or account.available(self.now) < points:
            with pytest.raises((SameMember, InsufficientPoints)):
                transfer(sender, receiver, points, at=self.now)
            return
        transfer(sender, receiver, points, at=self.now)
        for lot, part in account.take(points, account.spendable(self.now)):
            moved = PlainLot(
                part,
                lot.expires_at,
                next_number(),
                lot.effective_at,
                lot.origin or lot,
            )
            other.lots.append(moved)
        other.settle(self.now)

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
        for member_id, account in self.accounts.items():
            start = add_months_at(self.now, -12, self.zone)
            points = sum(p for at, p in account.qualifying if start < at <= self.now)
            wanted = [slug for slug, least in THRESHOLDS.items() if points >= least][-1]
            tiers = Account.objects.filter(pk=member_id).values_list("tier__slug")
            assert list(tiers) == [(wanted,)]

    @invariant()
    def balances_are_those_of_the_model(self):
        for member_id, account in self.accounts.items():
            balance = balance_of(member_id=member_id, at=self.now)
            assert (balance.available, balance.debt) == (
                account.available(self.now),
                account.debt,
            )

    def teardown(self):
        try:
            self.night_falls()
            assert differences(self.now) == []
        finally:
            transaction.savepoint_rollback(self.before)


@pytest.mark.django_db
def test_the_ledger_is_its_plain_model():
    set_programme(expiry_months=3, time_zone="Europe/London")
    make_rule()
    make_tiers(**THRESHOLDS)
    run_state_machine_as_test(
        Ledger,
        settings=how(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
