"""What spends points: rewards, payments, holds, gifts; and its way back."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, multiple, rule

from members.models import Member
from points.errors.posting import InsufficientPoints
from points.errors.rewards import HoldExpired, HoldSettled, HoldTooSmall
from points.errors.transfers import SameMember
from points.models import PointsPayment, Reward
from points.services.confirming import confirm_hold
from points.services.holds import HoldWish, expire_holds, place_hold, release_hold
from points.services.paying import PaymentWish, pay_with_points, reverse_payment
from points.services.redemptions import redeem_reward, reverse_redemption
from tests.factories import CLERK, make_reward, next_number, transfer
from tests.points.machine.world import World


class Spending(World):
    """Everything that spends, and its way back."""

    redemptions = Bundle("redemptions")
    payments = Bundle("payments")
    holds = Bundle("holds")

    @rule(target=redemptions, member=World.members, cost=st.integers(1, 500))
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
        taken = account.spend(cost, self.now)
        self.slide("redemption", member, self.now)
        return redemption, taken

    def _redeem(self, member: Member, reward: Reward, key: str):
        return redeem_reward(
            member=member, reward=reward, key=key, at=self.now, actor=CLERK
        )

    @rule(redeemed=consumes(redemptions))
    def cancel(self, redeemed):
        redemption, taken = redeemed
        redemption.refresh_from_db()
        reverse_redemption(
            redemption=redemption, reason="test", at=self.now, actor=CLERK
        )
        self.account_of(redemption.account_id).give_back(taken, self.now)

    @rule(target=payments, member=World.members, amount=st.integers(1, 300))
    def pay(self, member, amount):
        """Ten points take off ten cents, and a step that is begun counts whole."""
        member = self.who(member)
        account, points = self.accounts[member.pk], -(-amount // 10) * 10
        number = f"machine-{next_number()}"
        wish = PaymentWish("till", number, purchase_minor=1000, amount_minor=amount)
        say = {"wish": wish, "key": number, "at": self.now, "actor": CLERK}
        if account.available(self.now) < points:
            with pytest.raises(InsufficientPoints):
                pay_with_points(member=member, **say)
            return multiple()
        payment = pay_with_points(member=member, **say)
        assert pay_with_points(member=member, **say).pk == payment.pk
        assert payment.points == points
        return payment, account.spend(points, self.now)

    @rule(paid=consumes(payments))
    def reverse_a_payment(self, paid):
        payment, taken = paid
        payment = PointsPayment.objects.get(pk=payment.pk)
        reverse_payment(payment=payment, reason="test", at=self.now, actor=CLERK)
        self.account_of(payment.account_id).give_back(taken, self.now)

    @rule(
        target=holds,
        member=World.members,
        points=st.integers(1, 300),
        hours=st.sampled_from([1, 6, 100]),
    )
    def hold(self, member, points, hours):
        member = self.who(member)
        account, number = self.accounts[member.pk], f"machine-{next_number()}"
        lasts = timedelta(hours=hours)
        wish = HoldWish(lasts, points=points, source="till", source_id=number)
        say = {"wish": wish, "key": number, "at": self.now, "actor": CLERK}
        if account.available(self.now) < points:
            with pytest.raises(InsufficientPoints):
                place_hold(member=member, **say)
            return multiple()
        placed = place_hold(member=member, **say)
        assert place_hold(member=member, **say).pk == placed.pk
        plain = account.hold(points, self.now + lasts, self.now)
        assert placed.expires_at == plain.ends_at
        return member, placed, plain

    @rule(target=payments, held=holds, points=st.integers(1, 300))
    def confirm(self, held, points):
        """At most what is held, once, and not when the time is over."""
        member, placed, plain = held
        say = {"hold": placed, "points": points, "at": self.now, "actor": CLERK}
        if not plain.holds(self.now):
            with pytest.raises((HoldSettled, HoldExpired)):
                confirm_hold(**say)
            return multiple()
        if points > placed.points:
            with pytest.raises(HoldTooSmall):
                confirm_hold(**say)
            return multiple()
        account = self.accounts[member.pk]
        if points > account.held_by(plain, self.now):
            with pytest.raises(InsufficientPoints):
                confirm_hold(**say)
            return multiple()
        confirmed = confirm_hold(**say)
        taken = account.confirm(plain, points, self.now)
        with pytest.raises(HoldSettled):
            confirm_hold(**say)
        return PointsPayment.objects.get(entry=confirmed.entry_id), taken

    @rule(held=holds)
    def release(self, held):
        _member, placed, plain = held
        say = {"hold": placed, "at": self.now, "actor": CLERK}
        if plain.holds(self.now):
            release_hold(**say)
            plain.is_open = False
        with pytest.raises((HoldSettled, HoldExpired)):
            release_hold(**say)

    @rule()
    def sweep_holds(self):
        """Nothing that can be spent depends on it."""
        expire_holds(at=self.now)
        for account in self.accounts.values():
            for plain in account.holds:
                plain.is_open = plain.holds(self.now)

    @rule(sender=World.members, receiver=World.members, points=st.integers(1, 300))
    def give_away(self, sender, receiver, points):
        sender, receiver = self.who(sender), self.who(receiver)
        account, other = self.accounts[sender.pk], self.accounts[receiver.pk]
        if account is other or account.available(self.now) < points:
            with pytest.raises((SameMember, InsufficientPoints)):
                transfer(sender, receiver, points, at=self.now)
            return
        transfer(sender, receiver, points, at=self.now)
        for lot, part in account.spend(points, self.now):
            other.lots.append(lot.moved(part))
        other.settle(self.now)
