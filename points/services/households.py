"""Make a household, put members into it, and let them leave by the programme's rule."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from members.models import Member
from points.errors.households import (
    HouseholdChanged,
    HouseholdFull,
    HouseholdsAreOff,
    InAnotherHousehold,
    LeaverHolds,
)
from points.errors.posting import KeyReused, MembershipClosed
from points.models import Entry, Hold, Household, HouseholdMembership
from points.selectors.households import lots_shared_by, membership_of
from points.selectors.programme import current_programme
from points.services.lot_moves import Kinds, Route, move_along
from points.services.posting import LockedAccount, lock_accounts
from points.services.sharing import Step, steps_of_leaving

LEAVING = Kinds("household_leaving", Entry.Kind.HOUSEHOLD_OUT, Entry.Kind.HOUSEHOLD_IN)
Cause = HouseholdMembership.Cause


@transaction.atomic
def create_household(
    *, name: str, member: Member, key: str, at: datetime, actor: Actor
) -> Household:
    """Make a household that begins with this member; a `key` makes one.

    Raises HouseholdsAreOff, MembershipClosed, InAnotherHousehold or KeyReused, and
    writes nothing then.
    """
    account = lock_accounts([member.pk])[member.pk]
    if known := Household.objects.filter(key=key).first():
        first = known.memberships.order_by("pk").first()
        if known.name != name or first is None or first.account_id != member.pk:
            raise KeyReused(key=key)
        return known
    _refuse_joining(account, programme_limit())
    household = Household.objects.create(
        name=name, key=key, created_at=at, created_by=str(actor)
    )
    _join(household, member.pk, at=at, actor=actor)
    return household


@transaction.atomic
def join_household(
    *, household: Household, member: Member, at: datetime, actor: Actor
) -> HouseholdMembership:
    """Put a member into the household; repeating it changes nothing.

    Nothing moves: from now on each may spend what the others have. Raises
    HouseholdsAreOff, HouseholdFull, MembershipClosed or InAnotherHousehold.
    """
    account = lock_accounts([member.pk])[member.pk]
    Household.objects.select_for_update().get(pk=household.pk)
    known = membership_of(member.pk)
    if known is not None and known.household_id == household.pk:
        return known
    limit = programme_limit()
    _refuse_joining(account, limit)
    if household.memberships.filter(left_at=None).count() >= limit:
        raise HouseholdFull(limit=limit)
    return _join(household, member.pk, at=at, actor=actor)


@transaction.atomic
def leave_household(
    *,
    membership: HouseholdMembership,
    reason: str,
    at: datetime,
    actor: Actor,
    cause: str = Cause.LEFT,
) -> HouseholdMembership:
    """Let a member leave, with unspent points going by the programme's rule; once.

    Lots keep dates, priority and origin. Pending points stay, and so does what others
    have set aside. Raises LeaverHolds, or HouseholdChanged where somebody else came in
    while the locks were awaited, and writes nothing then.
    """
    rows = HouseholdMembership.objects.filter(household=membership.household_id)
    current = rows.filter(left_at=None).order_by("joined_at", "pk")
    ids = list(current.values_list("account_id", flat=True))
    accounts = lock_accounts([membership.account_id, *ids])
    Household.objects.select_for_update().get(pk=membership.household_id)
    locked = rows.get(pk=membership.pk)
    if locked.left_at is not None:
        return locked
    together = list(current.values_list("account_id", flat=True))
    if not accounts.keys() >= set(together):
        raise HouseholdChanged
    if Hold.objects.filter(
        account=locked.account_id, state=Hold.State.HELD, expires_at__gt=at
    ).exists():
        raise LeaverHolds
    locked.rule = current_programme().household_leaving
    steps = leaving_steps(locked, together, locked.rule, owed_by(accounts), at=at)
    _move(locked, steps, at=at, actor=actor)
    return end_membership(locked, cause=cause, reason=reason, at=at, actor=actor)


def leaving_steps(
    membership: HouseholdMembership,
    together: list[int],
    rule: str,
    owed: Mapping[int, int],
    *,
    at: datetime,
) -> list[Step]:
    """Return what would go where, with all of the household, the oldest first."""
    return steps_of_leaving(
        lots_shared_by(together, at=at),
        leaver_id=membership.account_id,
        others=[each for each in together if each != membership.account_id],
        rule=rule,
        owed=owed,
    )


def owed_by(accounts: Mapping[int, LockedAccount]) -> dict[int, int]:
    """Return what each account owes."""
    return {each.member_id: each.debt for each in accounts.values()}


def end_membership(
    membership: HouseholdMembership,
    *,
    cause: str,
    reason: str,
    at: datetime,
    actor: Actor,
) -> HouseholdMembership:
    """Write that the membership has ended; the account is locked."""
    membership.left_at = max(at, membership.joined_at)
    membership.left_by = str(actor)
    membership.cause, membership.reason = cause, reason
    membership.save()
    return membership


@transaction.atomic
def leave_on_closing(
    *, member: Member, reason: str, at: datetime, actor: Actor
) -> None:
    """Let a member whose membership is closed leave the household, if there is one."""
    if membership := membership_of(member.pk):
        leave_household(
            membership=membership,
            reason=reason,
            at=at,
            actor=actor,
            cause=Cause.CLOSED,
        )


def programme_limit() -> int:
    """Return how many members a household may have; 0 is no households."""
    return current_programme().household_limit


def _refuse_joining(account: LockedAccount, limit: int) -> None:
    if not limit:
        raise HouseholdsAreOff
    if account.is_closed:
        raise MembershipClosed
    if known := membership_of(account.member_id):
        raise InAnotherHousehold(name=known.household.name)


def _join(
    household: Household, account_id: int, *, at: datetime, actor: Actor
) -> HouseholdMembership:
    return HouseholdMembership.objects.create(
        household=household,
        account_id=account_id,
        joined_at=at,
        joined_by=str(actor),
    )


def _move(
    membership: HouseholdMembership, steps: list[Step], *, at: datetime, actor: Actor
) -> None:
    document = f"household_leaving:{membership.public_id}"
    points = Counter[bool]()
    moves = []
    for step in steps:
        sender_id = step.lot.account_id
        points[sender_id == membership.account_id] += step.lot.lot.points
        source_id = str(membership.public_id)
        route = Route(sender_id, step.receiver_id, document, source_id, LEAVING)
        moves.append((route, step.lot.lot))
    move_along(moves, at=at, actor=actor)
    membership.points_back, membership.points_along = points[True], points[False]
