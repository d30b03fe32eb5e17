"""Purchases of which points pay a part, and what undoes the payment alone."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import multiple, rule

from points.errors.posting import InsufficientPoints
from points.errors.rewards import PaymentReversed
from points.models import PointsPayment
from points.selectors.paying import Paid
from points.services.paid_purchases import post_paid_purchase
from points.services.paying import reverse_payment
from points.services.purchase_types import NewPurchase
from tests.factories import CLERK, next_number
from tests.points.machine.earning import Earning
from tests.points.machine.receipts import PlainPaid, PlainPurchase
from tests.points.machine.world import World


class Paying(Earning):
    """What is paid with points earns nothing for that part, and comes back with it."""

    @rule(
        target=Earning.purchases,
        member=World.members,
        amount=st.integers(1_000, 20_000),
        steps=st.integers(1, 30),
    )
    def buy_with_points(self, member, amount, steps):
        member = self.who(member)
        account = self.accounts[member.pk]
        paid = Paid(points=steps * 10, amount_minor=steps * 10)
        told = NewPurchase(
            member.pk, "till", f"machine-{next_number()}", amount, self.now
        )
        say = {"member": member, "purchase": told, "paid": paid}
        if account.available(self.now) < paid.points:
            with pytest.raises(InsufficientPoints):
                post_paid_purchase(**say, at=self.now, actor=CLERK)
            return multiple()
        posted = post_paid_purchase(**say, at=self.now, actor=CLERK)
        again = post_paid_purchase(**say, at=self.now, actor=CLERK)
        assert (again.is_new, again.points) == (False, posted.points)
        earned = (amount - paid.amount_minor) // 100
        assert posted.points == earned
        taken = account.spend(paid.points, self.now)
        plain = PlainPurchase(
            self.now, amount, earned, self.credit(member, earned, self.now)
        )
        plain.paid = PlainPaid(taken)
        account.qualifying.append((self.now, earned))
        self.slide("purchase", member, self.now)
        return told._replace(points_paid_minor=paid.amount_minor), posted, plain

    @rule(bought=Earning.purchases)
    def reverse_what_paid(self, bought):
        """Unless some of it came back with a refund: then the rest does with the money."""
        told, _posted, plain = bought
        if plain.paid is None:
            return
        payment = PointsPayment.objects.get(source="till", source_id=told.source_id)
        say = {"payment": payment, "reason": "test", "at": self.now, "actor": CLERK}
        if plain.paid.returned:
            with pytest.raises(PaymentReversed):
                reverse_payment(**say)
            return
        reverse_payment(**say)
        account, taken = self.account_of(told.member_id), plain.paid.taken
        plain.paid = None
        account.give_back(taken, self.now)
