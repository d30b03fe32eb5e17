"""Refusals of rewards and redemptions: why one cannot be had, or used."""

from datetime import datetime

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
