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
from points.models import Account, Merge, Reward
from points.selectors.balances import balance_of
from points.selectors.merges import undo_obstacles
from points.services.expiry import expire_points
from points.services.merges.undoing import undo_merge
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
from tests.points.test_merges import merge

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
    is_gone: bool = False

    def began_as(self, lot: "PlainLot") -> bool:
        return self is lot or self.origin is lot

    def moved(self, points: int) -> "PlainLot":
        return PlainLot(
            points,
            self.expires_at,
            next_number(),
            self.effective_at,
            self.origin or self,
        )

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

    def hand_over(self, other: "PlainAccount", at: datetime) -> None:
        """Every lot that has not expired goes on as a new one, in the order of age."""
        for lot in sorted(self.lots, key=lambda lot: lot.number):
            if lot.points and lot.expires_at > at:
                other.lots.append(lot.moved(lot.points))
                lot.points = 0

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
        self.stays: dict[int, Member] = {}

    @initialize(
        target=members, policy=st.sampled_from(["within_balance", "allow_debt"])
    )
    def two_members(self, policy):
        self.may_owe = policy == "allow_debt"
        self.zone = set_programme(refund_policy=policy).zone
        return multiple(make_member(at=self.now), make_member(at=self.now))

    def who(self, member: Member) -> Member:
        """Return whom a door finds: the member, or whom it was merged into."""
        return self.stays.get(member.pk, member)

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
        member = self.who(member)
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
        owner = self.who(Member(pk=purchase.member_id))
        purchase = purchase._replace(member_id=owner.pk)
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
        owner = self.who(Member(pk=purchase.member_id))
        account, own = self.accounts[owner.pk], self.lots_of[purchase.source_id]
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
        member = self.who(member)
        give_points(member, points, at=self.now)
        self.credit(member, points, self.now)

    @rule(target=redemptions, member=members, cost=st.integers(1, 500))
    def redeem(self, member, cost):
        member = self.who(member)
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
        redemption.refresh_from_db()
        reverse_redemption(
            redemption=redemption, reason="test", at=self.now, actor=CLERK
        )
        account = self.accounts[self.who(Member(pk=redemption.account_id)).pk]
        for lot, part in sorted(taken, key=lambda each: each[0].number):
            if lot.is_gone and lot.expires_at > self.now:
                account.lots.append(lot.moved(part))
            else:
                lot.points += part
        account.settle(self.now)

    @rule(sender=members, receiver=members, points=st.integers(1, 300))
    def give_away(self, sender, receiver, points):
        sender, receiver = self.who(sender), self.who(receiver)
        account, other = self.accounts[sender.pk], self.accounts[receiver.pk]
        if account is other or account.available(self.now) < points:
            with pytest.raises((SameMember, InsufficientPoints)):
                transfer(sender, receiver, points, at=self.now)
            return
        transfer(sender, receiver, points, at=self.now)
        for lot, part in account.take(points, account.spendable(self.now)):
            other.lots.append(lot.moved(part))
        other.settle(self.now)

    @rule(target=members)
    def enrol(self):
        return make_member(at=self.now)

    @rule(kept=members, gone=members, is_mistake=st.booleans())
    def merge(self, kept, gone, is_mistake):
        kept, gone = self.who(kept), self.who(gone)
        if kept.pk == gone.pk:
            return
        done = merge(kept, gone, at=self.now)
        account, other = self.accounts[kept.pk], self.accounts[gone.pk]
        if is_mistake and not undo_obstacles(Merge.objects.get(pk=done.pk)):
            undo_merge(merge=done, reason="test", at=self.now, actor=CLERK)
            other.hand_over(other, self.now)
            return
        other.hand_over(account, self.now)
        account.settle(self.now)
        taken = account.take(other.debt, account.spendable(self.now))
        account.debt += other.debt - sum(part for _lot, part in taken)
        account.qualifying += other.qualifying
        # What has expired there still tells a void what is not to be taken again.
        for lot in other.lots:
            lot.is_gone = True
        account.lots += other.lots
        self.accounts[gone.pk] = PlainAccount()
        for pk in (gone.pk, *(pk for pk, at in self.stays.items() if at == gone)):
            self.stays[pk] = kept

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
