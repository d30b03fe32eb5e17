"""What a member has done for the challenges that run, and the badges they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _, ngettext

from loyalty_site.lib import formats
from loyalty_site.lib.periods import day_of
from points import sql
from points.models import (
    Account,
    BadgeGrant,
    Challenge,
    ChallengeAward,
    ChallengeGoal,
)
from points.selectors.campaigns_in_force import is_held_out
from points.selectors.challenge_counters import counted_since, counting, period_of
from points.selectors.challenge_words import challenge_words, goal_words, shown
from points.selectors.challenges_in_force import challenges_in_force
from points.selectors.programme import current_rulebook
from points.services.tier_counters import members_scope

ONE = "SELECT {pk} AS challenge_id, account_id, period, ARRAY[{counters}] FROM ({of}) c"
WHOLE = 100


@dataclass(frozen=True)
class GoalProgress:
    """How far one goal is, in words and in whole per cent (at most 100)."""

    goal: ChallengeGoal
    words: str
    had: int
    had_words: str
    target_words: str

    @property
    def is_reached(self) -> bool:
        """Whether the counter has come to the goal."""
        return self.had >= self.goal.target

    @property
    def percent(self) -> int:
        """The part of the way, rounded down."""
        return min(self.had * WHOLE // self.goal.target, WHOLE)


@dataclass(frozen=True)
class ChallengeProgress:
    """A challenge that a member can work toward, in the period of now."""

    challenge: Challenge
    sentence: str
    period: date
    goals: tuple[GoalProgress, ...]
    award: ChallengeAward | None
    times: int

    @property
    def award_words(self) -> str:
        """When it was reached and what it gave, in sentences; empty where it was not."""
        if self.award is None:
            return ""
        said = [_("Reached on %(at)s.") % {"at": formats.day(self.award.at)}]
        if points := self.award.points:
            gave = ngettext(
                "It gave %(shown)s point.", "It gave %(shown)s points.", points
            )
            said.append(gave % {"shown": formats.number(points)})
        return formats.sentences(*said)

    @property
    def is_any(self) -> bool:
        """Whether one goal is enough."""
        return self.challenge.needs == Challenge.Needs.ANY


def progress_of_member(account: Account, *, at: datetime) -> list[ChallengeProgress]:
    """Return what runs for the member now, the first end first; given with the tier.

    Nothing of a campaign that keeps the member apart.
    """
    rank = account.tier.rank if account.tier else 0
    running = [
        challenge
        for challenge in challenges_in_force(at=at)
        if (challenge.tier is None or rank >= challenge.tier.rank)
        and not _is_apart(challenge, account.pk)
    ]
    if not running:
        return []
    counters = _counters(running, account.pk, at=at)
    awards = _awards(running, account.pk)
    found = [
        _progress(challenge, counters.get(challenge.pk), awards, at=at)
        for challenge in running
    ]
    return sorted(found, key=lambda each: (each.challenge.ends_at, each.challenge.pk))


def badges_of(account_id: int) -> list[BadgeGrant]:
    """Return the member's badges, the latest first; those of merged memberships too."""
    own = Q(account=account_id) | Q(account__member__merged_into=account_id)
    grants = BadgeGrant.objects.filter(own).select_related("badge", "award__challenge")
    first: dict[int, BadgeGrant] = {}
    for grant in grants.order_by("at", "pk"):
        first.setdefault(grant.badge_id, grant)
    return list(reversed(first.values()))


def _is_apart(challenge: Challenge, account_id: int) -> bool:
    campaign = challenge.campaign
    return campaign is not None and is_held_out(
        campaign.salt, account_id, campaign.holdout_percent
    )


def _counters(
    challenges: Sequence[Challenge], account_id: int, *, at: datetime
) -> dict[int, list[int]]:
    """Return the counters of now by challenge, all by one statement."""
    zone = current_rulebook().zone
    parts, params = list[str](), dict[str, Any]()
    for challenge in challenges:
        since = counted_since(challenge, at, zone)
        counted = counting(
            challenge, members_scope([account_id]), since=since, zone=zone
        )
        numbers = range(len(challenge.goals.all()))
        columns = ", ".join(f"n{n}" for n in numbers)
        parts.append(
            ONE.format(pk=challenge.pk, counters=columns, of=counted.statement)
        )
        params |= counted.params
    rows = sql.run(" UNION ALL ".join(parts), params, rows=1000)
    now = {each.pk: period_of(each, day_of(at, zone), zone) for each in challenges}
    return {
        challenge_id: counters
        for challenge_id, _account, period, counters in rows
        if period == now[challenge_id]
    }


def _awards(
    challenges: Sequence[Challenge], account_id: int
) -> dict[int, list[ChallengeAward]]:
    own = Q(account=account_id) | Q(account__member__merged_into=account_id)
    awards: dict[int, list[ChallengeAward]] = {}
    for award in ChallengeAward.objects.filter(own, challenge__in=challenges):
        awards.setdefault(award.challenge_id, []).append(award)
    return awards


def _progress(
    challenge: Challenge,
    counters: Sequence[int] | None,
    awards: dict[int, list[ChallengeAward]],
    *,
    at: datetime,
) -> ChallengeProgress:
    rulebook = current_rulebook()
    currency, zone = rulebook.currency, rulebook.zone
    goals = list(challenge.goals.all())
    period = period_of(challenge, day_of(at, zone), zone)
    mine = awards.get(challenge.pk, [])
    return ChallengeProgress(
        challenge=challenge,
        sentence=challenge_words(challenge, currency),
        period=period,
        goals=tuple(
            GoalProgress(
                goal,
                goal_words(goal, currency),
                had,
                shown(goal, had, currency),
                shown(goal, goal.target, currency),
            )
            for goal, had in zip(goals, counters or [0] * len(goals), strict=True)
        ),
        award=next((each for each in mine if each.period == period), None),
        times=len(mine),
    )
