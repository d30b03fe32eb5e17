"""Find who has reached a challenge, and give what it gives, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from loyalty_site.lib.actors import system_actor
from points import sql
from points.models import BadgeGrant, Challenge, ChallengeAward, Entry
from points.selectors.campaigns_in_force import is_held_out
from points.selectors.challenge_counters import counted_since, reaching
from points.selectors.challenges_in_force import challenges_in_force
from points.selectors.programme import Rulebook, current_rulebook
from points.services.campaign_budgets import spend_budget, take_from_budget
from points.services.events import tell_challenges
from points.services.posting import Credit, LockedAccount, lock_accounts, post_credits
from points.services.tier_counters import Scope, members_scope, span_scope

ACTOR = system_actor("points.challenges")
SOURCE = "challenge"
TOUCHED_PER_CHUNK = 5_000

# What is claimed is gone with the commit that gives what it led to, and back after a
# rollback. What happens meanwhile leaves a row of its own.
CLAIM = """
DELETE FROM points_challengetouch WHERE id IN (
  SELECT id FROM points_challengetouch ORDER BY id LIMIT %(limit)s
  FOR UPDATE SKIP LOCKED)
RETURNING account_id
"""


@dataclass(frozen=True)
class Reached:
    """That an account has reached a challenge in a period, and its counters."""

    account_id: int
    period: date
    counters: tuple[int, ...]


def evaluate_touched(*, at: datetime) -> int:
    """Look at the members whose facts changed; return how many awards were given.

    Each chunk commits by itself. The claim and the look at the facts are two statements
    on purpose: the second sees what was committed before the first.
    """
    given = 0
    while True:
        with transaction.atomic():
            rows = sql.run(CLAIM, {"limit": TOUCHED_PER_CHUNK}, rows=1000)
            if not rows:
                return given
            ids = sorted({account_id for (account_id,) in rows})
            given += _evaluate(members_scope(ids), at=at)


@transaction.atomic
def evaluate_between(*, first: int, last: int, at: datetime) -> int:
    """Look at the accounts from `first` to `last`, inclusive; return how many awards."""
    return _evaluate(span_scope(first, last), at=at)


def _evaluate(scope: Scope, *, at: datetime) -> int:
    """Count without locks first, and again under the locks of those it is about."""
    rulebook = current_rulebook()
    found = {
        challenge: who
        for challenge in challenges_in_force(at=at, late_days=rulebook.backdating_days)
        if (who := _reached(challenge, scope, rulebook, at=at))
    }
    if not found:
        return 0
    accounts = lock_accounts(each.account_id for who in found.values() for each in who)
    return sum(
        _award(challenge, who, accounts, rulebook, at=at)
        for challenge, who in found.items()
    )


def _reached(
    challenge: Challenge, scope: Scope, rulebook: Rulebook, *, at: datetime
) -> list[Reached]:
    """Return who has reached it, has nothing for it yet and is not kept apart."""
    zone, days = rulebook.zone, rulebook.backdating_days
    since = counted_since(challenge, at, zone, late_days=days)
    asked = reaching(challenge, scope, since=since, zone=zone)
    rows = sql.run(asked.statement, asked.params, rows=1000)
    campaign = challenge.campaign
    return [
        Reached(account_id, period, tuple(counters))
        for account_id, period, *counters in rows
        if campaign is None
        or not is_held_out(campaign.salt, account_id, campaign.holdout_percent)
    ]


def _award(
    challenge: Challenge,
    seen: Sequence[Reached],
    accounts: dict[int, LockedAccount],
    rulebook: Rulebook,
    *,
    at: datetime,
) -> int:
    scope = members_scope(sorted({each.account_id for each in seen}))
    reached = [
        each
        for each in _reached(challenge, scope, rulebook, at=at)
        if not accounts[each.account_id].is_closed
    ]
    given = _within_budget(challenge, reached)
    credits_ = [
        _credit(challenge, each, points, accounts, rulebook, at=at)
        for each, points in given
        if points
    ]
    entry_ids = _post(credits_, at=at)
    awards = ChallengeAward.objects.bulk_create(
        ChallengeAward(
            challenge=challenge,
            account_id=each.account_id,
            period=each.period,
            points=points,
            entry_id=entry_ids.get(
                (each.account_id, award_key(challenge, each.period))
            ),
            at=at,
            evidence=list(each.counters),
        )
        for each, points in given
    )
    _give_badges(challenge, awards, at=at)
    if challenge.campaign is not None:
        spend_budget(
            challenge.campaign,
            [(each.entry_id, each.points) for each in awards if each.entry_id],
        )
    tell_challenges(awards, at=at)
    return len(awards)


def _within_budget(
    challenge: Challenge, reached: Sequence[Reached]
) -> list[tuple[Reached, int]]:
    """Return who gets how many points, as far as the campaign's budget goes."""
    points = [challenge.points] * len(reached)
    if challenge.campaign is None or not challenge.points:
        return list(zip(reached, points, strict=True))
    given = take_from_budget(challenge.campaign, points)
    return [each for each in zip(reached, given, strict=True) if each[1]]


def _post(credits_: Sequence[Credit], *, at: datetime) -> dict[tuple[int, str], int]:
    """Post them and return the entries by account and key."""
    movements = post_credits(credits_, posted_at=at, actor=ACTOR, are_locked=True)
    return {(each.member_id, each.key): each.entry_id for each in movements}


def _credit(  # noqa: PLR0917 -- what an entry is made of
    challenge: Challenge,
    reached: Reached,
    points: int,
    accounts: dict[int, LockedAccount],
    rulebook: Rulebook,
    *,
    at: datetime,
) -> Credit:
    tier = rulebook.tier_of(accounts[reached.account_id].tier_id)
    return Credit(
        member_id=reached.account_id,
        kind=Entry.Kind.BONUS,
        points=points,
        occurred_at=at,
        key=award_key(challenge, reached.period),
        source=SOURCE,
        source_id=str(challenge.public_id),
        expires_at=rulebook.expires_at(at, tier),
        reason=challenge.name,
    )


def award_key(challenge: Challenge, period: date) -> str:
    """Return the key of the entry that a challenge gives for a period."""
    return f"{SOURCE}:{challenge.public_id}:{period.isoformat()}"


def _give_badges(
    challenge: Challenge, awards: Sequence[ChallengeAward], *, at: datetime
) -> None:
    """Give the badge to those who do not have it, by a merged membership either."""
    if challenge.badge_id is None or not awards:
        return
    first = {each.account_id: each for each in reversed(awards)}
    of_these = Q(account__in=first) | Q(account__member__merged_into__in=first)
    had = BadgeGrant.objects.filter(of_these, badge=challenge.badge_id)
    for account_id, stayed in had.values_list(
        "account", "account__member__merged_into"
    ):
        first.pop(stayed or account_id, None)
    BadgeGrant.objects.bulk_create(
        BadgeGrant(
            badge_id=challenge.badge_id, account_id=account_id, award=award, at=at
        )
        for account_id, award in sorted(first.items())
    )
