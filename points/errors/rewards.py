"""Refusals of rewards and redemptions: why one cannot be had, or used."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _, ngettext_lazy

from loyalty_site.lib import formats
from loyalty_site.lib.errors import DomainError


class OutOfStock(DomainError):
    """The last piece is gone."""

    code = "out_of_stock"
    field = "reward"

    def __init__(self) -> None:
        super().__init__(_("This reward is sold out."))


class RewardNotOnOffer(DomainError):
    """The reward is paused or outside its dates."""

    code = "reward_not_on_offer"
    field = "reward"

    def __init__(self, *, since: datetime | None = None, at: datetime) -> None:
        self.until = since if since and since > at else None
        if since is None:
            super().__init__(_("This reward is not on offer now."))
            return
        sentence = (
            _("This reward is on offer from %(at)s.")
            if since > at
            else _("This reward was on offer until %(at)s.")
        )
        super().__init__(sentence % {"at": formats.daytime(since)})


class NotForThisTier(DomainError):
    """The reward is for members of other tiers."""

    code = "not_for_this_tier"
    field = "reward"

    def __init__(self) -> None:
        super().__init__(_("This reward is for members of other tiers."))


class LimitReached(DomainError):
    """The member has had the reward as often as anybody can; `until` ends it."""

    code = "limit_reached"
    field = "reward"

    def __init__(self, *, limit: int, until: datetime | None) -> None:
        self.until = until
        if until is None:
            sentence = ngettext_lazy(
                "A member can have this reward %(n)s time.",
                "A member can have this reward %(n)s times.",
                limit,
            )
            super().__init__(sentence % {"n": formats.number(limit)})
            return
        sentence = ngettext_lazy(
            "A member can have this reward %(n)s time, and again from %(at)s.",
            "A member can have this reward %(n)s times, and again from %(at)s.",
            limit,
        )
        values = {"n": formats.number(limit), "at": formats.daytime(until)}
        super().__init__(sentence % values)


class RedemptionSettled(DomainError):
    """The redemption is not waiting to be handed over any more."""

    code = "redemption_settled"

    def __init__(self, *, state: str) -> None:
        super().__init__(_("This redemption is already: %(state)s.") % {"state": state})


class UnknownRedemption(DomainError):
    """No redemption is known by that id or code."""

    code = "unknown_redemption"
    field = "redemption"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No redemption is known by this id or code."))


class CodeNotGiven(DomainError):
    """The code waits in a pool: nobody has redeemed it, so nobody may use it."""

    code = "code_not_given"
    field = "code"

    def __init__(self) -> None:
        super().__init__(_("This code was not given to anybody. Do not take it."))


class VoucherExpired(DomainError):
    """The voucher was valid until an instant that has passed."""

    code = "voucher_expired"

    def __init__(self, *, at: datetime) -> None:
        super().__init__(
            _("This voucher expired on %(at)s.") % {"at": formats.daytime(at)}
        )


class UnknownReward(DomainError):
    """No reward is known by that id."""

    code = "unknown_reward"
    field = "reward"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No reward is known by this id."))


class HoldSettled(DomainError):
    """The hold was confirmed or released before."""

    code = "hold_settled"

    def __init__(self, *, state: str) -> None:
        super().__init__(_("This hold is already: %(state)s.") % {"state": state})


class HoldExpired(DomainError):
    """The hold was over before it was confirmed; the points are free again."""

    code = "hold_expired"

    def __init__(self, *, at: datetime) -> None:
        super().__init__(
            _("This hold ended on %(at)s; the points are free again.")
            % {"at": formats.daytime(at)}
        )


class NeedsApproval(DomainError):
    """A second person decides whether the member gets the reward."""

    code = "needs_approval"
    field = "reward"

    def __init__(self) -> None:
        super().__init__(
            _("This reward needs approval: hold it, then a second person decides.")
        )


class OwnRedemption(DomainError):
    """Whoever asked for it does not approve it as well."""

    code = "own_redemption"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("You asked for this yourself. Another person has to approve it.")
        )


class HoldTooLong(DomainError):
    """A hold lasts some minutes, at most some days."""

    code = "hold_too_long"
    field = "minutes"
    status = 422

    def __init__(self, *, longest: timedelta) -> None:
        super().__init__(
            _("Points are held for at most %(days)s days.") % {"days": longest.days}
        )


class HoldTooSmall(DomainError):
    """More is confirmed than is held, or nothing."""

    code = "hold_too_small"
    field = "points"
    status = 422

    def __init__(self, *, points: int) -> None:
        super().__init__(
            _("At least 1 and at most the %(points)s points held can be confirmed.")
            % {"points": formats.number(points)}
        )


class HoldIsForReward(DomainError):
    """A reward costs what is held, no less."""

    code = "hold_is_for_reward"
    field = "points"
    status = 422

    def __init__(self, *, points: int) -> None:
        super().__init__(
            _("The reward costs the %(points)s points held; confirm all or none.")
            % {"points": formats.number(points)}
        )


class PaidAlready(DomainError):
    """Points paid for that purchase before."""

    code = "paid_already"
    field = "source_id"

    def __init__(self, *, source_id: str) -> None:
        super().__init__(
            _("Points have paid for the purchase %(id)s already.") % {"id": source_id}
        )


class UnknownHold(DomainError):
    """No hold is known by that id."""

    code = "unknown_hold"
    field = "hold"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No hold is known by this id."))


class NotAPool(DomainError):
    """The reward gives no codes of its own."""

    code = "not_a_pool"
    field = "reward"

    def __init__(self) -> None:
        super().__init__(_("Only a reward of the kind “Code from a pool” has codes."))


class TooManyCodes(DomainError):
    """More codes than can be added at once, or than there are of that length."""

    code = "too_many_codes"
    field = "count"
    status = 422

    def __init__(self, *, most: int) -> None:
        super().__init__(
            _("At most %(most)s codes at once.") % {"most": formats.number(most)}
        )


class PayingIsOff(DomainError):
    """Nobody has said how points pay, or it is switched off."""

    code = "paying_is_off"

    def __init__(self) -> None:
        super().__init__(_("Points do not pay at the till in this programme."))


class PaymentTooLarge(DomainError):
    """Points take at most a share off a purchase."""

    code = "payment_too_large"
    field = "amount"

    def __init__(self, *, most_minor: int, currency: str) -> None:
        super().__init__(
            _("Points take at most %(most)s off this purchase.")
            % {"most": formats.money(most_minor, currency)}
        )


class PaymentTooSmall(DomainError):
    """Fewer points than the least of a payment."""

    code = "payment_too_small"
    field = "amount"

    def __init__(self, *, least: int) -> None:
        super().__init__(
            _("A payment takes at least %(least)s points.")
            % {"least": formats.number(least)}
        )


class PaymentChanged(DomainError):
    """Points would take another amount off than was agreed on."""

    code = "payment_changed"

    def __init__(self) -> None:
        super().__init__(
            _("Points would take another amount off by now. Look again, then send it.")
        )


class PaymentReversed(DomainError):
    """The points of the payment are back already."""

    code = "payment_reversed"

    def __init__(self, *, at: datetime) -> None:
        super().__init__(
            _("The points of this payment came back on %(at)s.")
            % {"at": formats.daytime(at)}
        )


class UnknownPayment(DomainError):
    """No payment is known by that id."""

    code = "unknown_payment"
    field = "payment"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No payment is known by this id."))
