"""What brings points and takes them back: purchases, refunds, voids, adjustments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, rule

from loyalty_site.lib.periods import add_days_at
from members.models import Member
from points.errors.posting import InsufficientPoints, NothingToRefund, RefundTooLarge
from points.models import Entry, Purchase
from points.selectors.adjustment_limits import NO_LIMIT
from points.services.adjustments import Wish, ask_adjustment
from points.services.purchase_types import NewLine, NewPurchase
from points.services.purchases import post_purchases
from points.services.refunds import LineBack, RefundWish, refund_purchase
from points.services.voids import void_purchases
from tests.factories import CLERK, give_points, next_number
from tests.points.machine.plain import PlainLot, Taken, total
from tests.points.machine.receipts import Due, PlainLine, PlainPurchase
from tests.points.machine.world import World


class Earning(World):
    """Everything that earns, and its way back."""

    purchases = Bundle("purchases")

    @rule(
        target=purchases,
        member=World.members,
        amount=st.integers(0, 40_000),
        days=st.integers(0, 40),
    )
    def buy(self, member, amount, days):
        return self._buy(member, days, amount_minor=amount)

    @rule(
        target=purchases,
        member=World.members,
        lines=st.lists(
            st.tuples(st.integers(1, 9_999), st.integers(1, 4)), min_size=1, max_size=3
        ),
        days=st.integers(0, 40),
    )
    def buy_a_basket(self, member, lines, days):
        return self._buy(
            member,
            days,
            amount_minor=sum(amount for amount, _pieces in lines),
            lines=tuple(NewLine(amount, Decimal(pieces)) for amount, pieces in lines),
        )

    def _buy(self, member: Member, days: int, **basket):
        member = self.who(member)
        at = self.now - timedelta(days=days)
        number = f"machine-{next_number()}"
        told = NewPurchase(member.pk, "till", number, occurred_at=at, **basket)
        [posted] = post_purchases(purchases=[told], at=self.now, actor=CLERK)
        earned = told.amount_minor // 100
        assert posted.points == earned
        assert not told.lines or sum(posted.line_points) == earned
        plain = PlainPurchase(
            at, told.amount_minor, earned, self.credit(member, earned, at)
        )
        plain.lines = [
            PlainLine(line.amount_minor, int(line.quantity), points)
            for line, points in zip(told.lines, posted.line_points, strict=False)
        ]
        self.accounts[member.pk].qualifying.append((at, earned))
        self.slide("purchase", member, at)
        return told, posted, plain

    @rule(bought=purchases)
    def send_the_purchase_again(self, bought):
        told, first, _plain = bought
        owner = self.who(Member(pk=told.member_id))
        told = told._replace(member_id=owner.pk)
        [again] = post_purchases(purchases=[told], at=self.now, actor=CLERK)
        assert (again.is_new, again.points) == (False, first.points)

    @rule(bought=purchases, amount=st.integers(1, 20_000))
    def refund_an_amount(self, bought, amount):
        _told, _posted, plain = bought
        self._refund(bought, plain.spread(amount), amount=amount, amount_minor=amount)

    @rule(bought=purchases)
    def refund_the_rest(self, bought):
        plain = bought[2]
        self._refund(bought, plain.spread(plain.left), amount=plain.left)

    @rule(bought=purchases, place=st.integers(0, 2), pieces=st.integers(1, 3))
    def refund_pieces(self, bought, place, pieces):
        plain = bought[2]
        if not plain.lines:
            return
        place %= len(plain.lines)
        line = plain.lines[place]
        parts = [0] * len(plain.lines)
        parts[place] = line.worth(pieces)
        back = LineBack(place + 1, quantity=Decimal(pieces))
        if self._refund(bought, parts, amount=parts[place], lines=(back,)):
            line.back_pieces += pieces

    def _refund(self, bought, parts: list[int], *, amount: int, **asked) -> bool:
        """Refund twice, which is once; return whether there was something to refund."""
        told, posted, plain = bought
        wish = RefundWish("till", f"machine-{next_number()}", self.now, **asked)
        purchase = Purchase.objects.get(pk=posted.purchase_id)
        say = {"purchase": purchase, "wish": wish, "at": self.now, "actor": CLERK}
        if not 0 < amount <= plain.left:
            with pytest.raises((NothingToRefund, RefundTooLarge)):
                refund_purchase(**say)
            return False
        done = refund_purchase(**say)
        assert refund_purchase(**say) == (done.refund, False)
        expired = self.account_of(told.member_id).expired_of(plain.lot, self.now)
        due = plain.refund(amount, parts, expired=expired)
        assert (done.refund.amount_minor, done.refund.due) == (amount, due.points)
        self._take_back(told, plain, due)
        paid = plain.pay_back(self.returns)
        assert done.refund.returned == total(paid)
        self._return_paid(told, paid)
        return True

    @rule(bought=consumes(purchases))
    def void(self, bought):
        told, posted, plain = bought
        void_purchases(
            purchase_ids=[posted.purchase_id], reason="test", at=self.now, actor=CLERK
        )
        # What has expired is gone already; nothing else is taken for it.
        expired = self.account_of(told.member_id).expired_of(plain.lot, self.now)
        self._take_back(told, plain, plain.void(expired=expired))
        self._return_paid(told, plain.pay_back(self.returns, is_void=True))

    def _return_paid(self, told: NewPurchase, paid: Taken) -> None:
        """To the lots they came from; for what has expired there are days of grace."""
        account = self.account_of(told.member_id)
        late = [
            (lot, part)
            for lot, part in paid
            if self.grace and lot.expires_at <= self.now
        ]
        account.give_back([each for each in paid if each not in late], self.now)
        if late:
            until = add_days_at(self.now, self.grace, self.zone)
            account.lots.append(PlainLot(total(late), until, self.now))
            account.settle(self.now)

    def _take_back(self, told: NewPurchase, plain: PlainPurchase, due: Due) -> None:
        account = self.account_of(told.member_id)
        lacking = account.claw_back(plain.lot, due.points, self.now)
        account.debt += lacking * self.may_owe
        account.qualifying.append((plain.at, -due.qualifying))

    @rule(member=World.members, points=st.integers(1, 300))
    def give(self, member, points):
        member = self.who(member)
        give_points(member, points, at=self.now)
        self.credit(member, points, self.now)

    @rule(member=World.members, points=st.integers(-200, 200).filter(bool))
    def adjust(self, member, points):
        member = self.who(member)
        account = self.accounts[member.pk]
        if account.available(self.now) < -points:
            with pytest.raises(InsufficientPoints):
                self._adjust(member, points)
            return
        self._adjust(member, points)
        if points > 0:
            self.credit(member, points, self.now)
        else:
            account.spend(-points, self.now)

    def _adjust(self, member: Member, points: int) -> None:
        ask_adjustment(
            member=member,
            wish=Wish(points, Entry.AdjustReason.GOODWILL),
            limit=NO_LIMIT,
            key=f"machine-{next_number()}",
            at=self.now,
            actor=CLERK,
        )
