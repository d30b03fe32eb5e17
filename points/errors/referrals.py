"""Refusals of referrals: each says why this friend cannot be brought."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class ReferralRefused(DomainError):
    """A code that brings nobody."""

    field = "referral_code"
    status = 422


class UnknownReferralCode(ReferralRefused):
    """No open membership has the code."""

    code = "unknown_referral_code"

    def __init__(self) -> None:
        super().__init__(_("No member has this code. Check it, or leave it out."))


class ReferralsAreOff(ReferralRefused):
    """The programme pays for no friends."""

    code = "referrals_are_off"

    def __init__(self) -> None:
        super().__init__(
            _("Members cannot bring friends at the moment. Leave the code out.")
        )


class OwnReferralCode(ReferralRefused):
    """Somebody brings themselves."""

    code = "own_referral_code"

    def __init__(self) -> None:
        super().__init__(
            _("This is the person's own code: the phone or e-mail is the same.")
        )


class FriendIsKnown(ReferralRefused):
    """Somebody brings a person who is, or was, a member."""

    code = "friend_is_known"

    def __init__(self) -> None:
        super().__init__(
            _("This person has been a member before, so nobody can bring them.")
        )
