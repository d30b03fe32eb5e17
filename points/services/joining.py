"""Join by the link of a member: the e-mail is proved before anything is written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from loyalty_site.lib.actors import system_actor
from members.models import Member
from members.services import Profile, enrol_member
from points.errors.referrals import ReferralsAreOff, UnknownReferralCode
from points.selectors.referrals import current_terms
from points.services.referrals import referrer_of

ACTOR = system_actor("points.joining")
JOINED_VIA = "link"


@dataclass(frozen=True)
class Newcomer:
    """Who wants to join: `consents` are the purposes agreed to, `code` is the friend's."""

    full_name: str
    email: str
    language: str
    consents: Collection[str]
    code: str


def check_link(code: str) -> None:
    """Refuse a link that brings nobody, with ReferralsAreOff or UnknownReferralCode."""
    if not current_terms().is_active:
        raise ReferralsAreOff
    if referrer_of(code) is None:
        raise UnknownReferralCode


def join(*, newcomer: Newcomer, at: datetime) -> Member:
    """Enrol somebody whose e-mail is proved, and note who brought them.

    Raises AlreadyEnrolled, or why this friend cannot be brought; nobody is enrolled then.
    """
    return enrol_member(
        profile=Profile(
            full_name=newcomer.full_name,
            email=newcomer.email,
            language=newcomer.language,
        ),
        at=at,
        actor=ACTOR,
        via=JOINED_VIA,
        consents=tuple(newcomer.consents),
        code=newcomer.code,
    )
