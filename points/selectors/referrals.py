"""Who brought whom, and by which terms."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from loyalty_site.lib.periods import day_of, start_of_day
from members.models import Member
from points.models import Referral, ReferralTerms
from points.models.referrals import ReferralQuerySet
from points.referral_codes import referral_code

SHOWN = 50


@dataclass(frozen=True)
class Brought:
    """What a member's code has brought: how many wait, how many were paid, points."""

    code: str
    waiting: int
    paid: int
    points: int


def current_terms() -> ReferralTerms:
    """Return the terms, or what would be proposed while nobody has said."""
    return ReferralTerms.objects.first() or ReferralTerms()


def limit_start(terms: ReferralTerms, at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return from when a referrer's limit counts; None is ever."""
    day = day_of(at, zone).replace(day=1)
    if terms.most_paid_in == ReferralTerms.Period.EVER:
        return None
    if terms.most_paid_in == ReferralTerms.Period.YEAR:
        day = day.replace(month=1)
    return start_of_day(day, zone)


def brought_of(member: Member) -> Brought:
    """Return what the member's code has brought so far."""
    mine = list(referrals_of(member).values_list("state", "referrer_points"))
    return Brought(
        code=referral_code(member.pk),
        waiting=sum(state == Referral.State.WAITING for state, _points in mine),
        paid=sum(state == Referral.State.PAID for state, _points in mine),
        points=sum(points for _state, points in mine),
    )


def referrals_of(member: Member) -> ReferralQuerySet:
    """Return whom the member brought, or a membership that was merged into this one."""
    mine = Q(referrer=member.pk) | Q(referrer__member__merged_into=member.pk)
    return Referral.objects.filter(mine)


def referral_of(member: Member) -> Referral | None:
    """Return by whom the member was brought."""
    mine = Referral.objects.filter(friend=member.pk)
    return mine.select_related("referrer__member").first()
