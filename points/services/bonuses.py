"""Points for something else than a purchase."""

from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from members.models import Member
from points.errors.merges import MergedMeanwhile
from points.errors.posting import KeyReused
from points.models import Entry
from points.selectors.programme import current_rulebook
from points.services.lot_dates import Activity, extend_lots
from points.services.posting import (
    Credit,
    LockedAccount,
    lock_accounts,
    post_credits,
)


@transaction.atomic
def award_bonus(
    *,
    member: Member,
    points: int,
    key: str,
    source: str,
    source_id: str,
    reason: str,
    at: datetime,
    actor: Actor,
) -> Entry | None:
    """Add `points` (>= 0) and return the entry; the same `key` moves nothing twice.

    Zero points write nothing and return None. A bonus does not count toward a tier. Of
    somebody whose membership was merged the one that stayed gets it. Raises KeyReused,
    or MergedMeanwhile.
    """
    if not points:
        return None
    if member.merged_into is not None:
        if known := Entry.objects.filter(account_id=member.pk, key=key).first():
            return known
        member = member.merged_into
    account = _locked_account(member)
    rulebook = current_rulebook(account.stamp)
    tier = rulebook.tier_of(account.tier_id)
    credit = Credit(
        member_id=member.pk,
        kind=Entry.Kind.BONUS,
        points=points,
        occurred_at=at,
        key=key,
        source=source,
        source_id=source_id,
        expires_at=rulebook.expires_at(at, tier),
        reason=reason,
    )
    post_credits([credit], posted_at=at, actor=actor, are_locked=True)
    if source in rulebook.sliding_by:
        activity = Activity(member.pk, key, at, tier)
        extend_lots([activity], rulebook=rulebook, at=at, actor=actor)
    entry = Entry.objects.get(account_id=member.pk, key=key)
    if entry.points != points:
        raise KeyReused(key=key)
    return entry


def _locked_account(member: Member) -> LockedAccount:
    """Lock the account of a member; raises MergedMeanwhile."""
    account = lock_accounts([member.pk])[member.pk]
    if account.is_closed and Member.objects.merged().filter(pk=member.pk).exists():
        raise MergedMeanwhile
    return account
