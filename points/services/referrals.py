"""Members bring friends: note it at the enrolment, pay both sides once it stands."""

import re
from datetime import datetime, timedelta

import pghistory
from django.db import transaction
from django.db.models import Q

from loyalty_site.lib.actors import Actor, system_actor
from members.models import Member
from points import sql
from points.errors.referrals import (
    FriendIsKnown,
    OwnReferralCode,
    ReferralsAreOff,
    UnknownReferralCode,
)
from points.models import Entry, Referral, ReferralTerms
from points.referral_codes import member_ids_of
from points.selectors.programme import current_rulebook
from points.selectors.referrals import current_terms, limit_start
from points.services.bonuses import award_bonus
from points.services.own_events import record_brought_friend
from points.services.posting import lock_accounts
from points.services.settings_lock import lock_settings

SOURCE = "referral"
ACTOR = system_actor("points.referrals")
PER_CHUNK = 200
_TAG = re.compile(r"\+[^@]*(?=@)")

# The first purchase of a friend that stands: valid, large enough after refunds, and
# older than the days in which it can come back; a late report counts from its posting.
STANDING = """
SELECT p.id FROM points_purchase p, LATERAL (
  SELECT p.amount_minor - coalesce(sum(b.amount_minor), 0) AS amount_minor
  FROM points_refund b WHERE b.purchase_id = p.id
) kept
WHERE p.member_id = coalesce(f.merged_into_id, f.id) AND p.voided_at IS NULL
  AND p.occurred_at >= r.at - interval '1 day'
  AND kept.amount_minor > 0 AND kept.amount_minor >= %(least)s
  AND GREATEST(p.occurred_at, p.posted_at) <= %(until)s
ORDER BY p.occurred_at, p.id LIMIT 1
"""
DUE = f"""
SELECT r.id FROM points_referral r JOIN members_member f ON f.id = r.friend_id
WHERE r.state = 'waiting' AND r.at <= %(until)s AND EXISTS ({STANDING})
ORDER BY r.at, r.id LIMIT %(limit)s
"""  # noqa: S608 -- put together from constants
STANDS = f"""
SELECT ({STANDING}) FROM points_referral r JOIN members_member f ON f.id = r.friend_id
WHERE r.id = %(id)s
"""  # noqa: S608 -- put together from constants


def note_referral(*, member: Member, code: str, at: datetime, actor: Actor) -> None:
    """Note who brought a member that is being enrolled, in the same transaction.

    Raises ReferralsAreOff, UnknownReferralCode, OwnReferralCode or FriendIsKnown, so that
    nobody is enrolled then.
    """
    if not current_terms().is_active:
        raise ReferralsAreOff
    referrer = referrer_of(code)
    if referrer is None:
        raise UnknownReferralCode
    if _is_same_person(referrer, member):
        raise OwnReferralCode
    if _was_member(member):
        raise FriendIsKnown
    Referral.objects.create(
        referrer_id=referrer.pk, friend_id=member.pk, at=at, actor=str(actor)
    )


def referrer_of(code: str) -> Member | None:
    """Return the open membership of a code; that of a merged one finds who stayed."""
    found = Member.objects.filter(pk__in=member_ids_of(code)).first()
    stayed = found and (found.merged_into or found)
    return stayed if stayed and stayed.is_open else None


def settle_referrals(*, at: datetime) -> int:
    """Pay the referrals whose purchase stands by `at`; return how many were paid.

    Each commits by itself, and a repeated sweep finds nothing left. Those whose friend
    bought nothing in time have lapsed.
    """
    terms = current_terms()
    if not terms.is_active:
        return 0
    paid = 0
    values = _standing_values(terms, at) | {"limit": PER_CHUNK}
    while due := sql.run(DUE, values):
        paid += sum(settle_referral(referral_id=each, at=at) for (each,) in due)
        if len(due) < PER_CHUNK:
            break
    _lapse(terms, at=at)
    return paid


@transaction.atomic
def settle_referral(*, referral_id: int, at: datetime) -> bool:
    """Pay one and return True, if its purchase stands under the locks of both sides."""
    referral = Referral.objects.get(pk=referral_id)
    members = {
        each.pk: each
        for each in Member.objects.select_related("merged_into").filter(
            pk__in=[referral.referrer_id, referral.friend_id]
        )
    }
    referrer, friend = members[referral.referrer_id], members[referral.friend_id]
    owners = [_owner(referrer), _owner(friend)]
    accounts = lock_accounts({referral.referrer_id, referral.friend_id, *owners})
    referral = Referral.objects.select_for_update().get(pk=referral_id)
    terms = current_terms()
    values = _standing_values(terms, at) | {"id": referral_id}
    [(purchase_id,)] = sql.run(STANDS, values)
    if referral.state != Referral.State.WAITING or purchase_id is None:
        return False
    referral.settled_at = at
    if owners[0] == owners[1] or (not friend.is_open and not friend.merged_into):
        # One person after all, or a friend who has left.
        referral.state = Referral.State.LAPSED
        referral.save()
        return False
    referral.state, referral.purchase_id = Referral.State.PAID, purchase_id
    referral.friend_points = terms.friend_points
    is_rewarded = not accounts[owners[0]].is_closed and _is_within_limit(
        owners[0], terms, at=at
    )
    referral.referrer_points = terms.referrer_points * is_rewarded
    referral.save()
    _pay(referral, referrer=referrer, friend=friend, at=at)
    if is_rewarded:
        record_brought_friend(
            member_id=owners[0], source_id=str(referral.public_id), at=at, actor=ACTOR
        )
    return True


def _pay(referral: Referral, *, referrer: Member, friend: Member, at: datetime) -> None:
    for member, points, side in (
        (referrer, referral.referrer_points, Entry.ReferralReason.REFERRER),
        (friend, referral.friend_points, Entry.ReferralReason.FRIEND),
    ):
        award_bonus(
            member=member,
            points=points,
            key=f"referral:{referral.public_id}:{side}",
            source=SOURCE,
            source_id=str(referral.public_id),
            reason=side,
            at=at,
            actor=ACTOR,
        )


def _owner(member: Member) -> int:
    return member.merged_into_id or member.pk


def _is_within_limit(owner_id: int, terms: ReferralTerms, *, at: datetime) -> bool:
    if terms.most_paid is None:
        return True
    paid = Referral.objects.filter(
        Q(referrer=owner_id) | Q(referrer__member__merged_into=owner_id),
        state=Referral.State.PAID,
        referrer_points__gt=0,
    )
    if since := limit_start(terms, at, current_rulebook().zone):
        paid = paid.filter(settled_at__gte=since)
    return paid.count() < terms.most_paid


def _standing_values(terms: ReferralTerms, at: datetime) -> dict[str, object]:
    until = at - timedelta(days=terms.return_days)
    return {"least": terms.least_minor, "until": until}


def _lapse(terms: ReferralTerms, *, at: datetime) -> None:
    """Give up those whose friend's first purchase could not be paid for any more."""
    days = timedelta(days=terms.first_within_days + terms.return_days)
    late = Referral.objects.filter(state=Referral.State.WAITING, at__lt=at - days)
    late.update(state=Referral.State.LAPSED, settled_at=at)


def _is_same_person(referrer: Member, friend: Member) -> bool:
    same_mail = bool(friend.email) and _plain(referrer.email) == _plain(friend.email)
    same_phone = bool(friend.phone) and referrer.phone == friend.phone
    same_name = bool(friend.full_name and friend.birth_on) and (
        referrer.full_name.casefold(),
        referrer.birth_on,
    ) == (friend.full_name.casefold(), friend.birth_on)
    return same_mail or same_phone or same_name


def _was_member(friend: Member) -> bool:
    """Whether somebody with this e-mail or phone is, or was, a member.

    The index of the search finds closed memberships too.
    """
    others = Member.objects.exclude(pk=friend.pk)
    mail, phone = friend.email.lower(), str(friend.phone)
    by_mail = others.filter(search_text__contains=mail).with_email(mail)
    by_phone = others.filter(search_text__contains=phone, phone=phone)
    return bool(mail and by_mail.exists()) or bool(phone and by_phone.exists())


def _plain(email: str) -> str:
    """Return the address without what follows a plus, in lower case."""
    return _TAG.sub("", email.lower())


@transaction.atomic
def change_referral_terms(*, terms: ReferralTerms, actor: Actor) -> None:
    """Set what friends bring from now on; who waits is paid by the new terms."""
    lock_settings()
    with pghistory.context(reason="referrals", actor=str(actor)):
        terms.pk = 1
        is_there = ReferralTerms.objects.exists()
        terms.save(force_insert=not is_there, force_update=is_there)
