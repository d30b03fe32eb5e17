"""Challenges as their pages for staff show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from points.models import Badge, BadgeGrant, Challenge, ChallengeAward
from points.selectors.challenge_words import all_shown, challenge_words

LABELS = {"planned": _("Planned"), "over": _("Ended"), "stopped": _("Ended")}
LATEST = 20


@dataclass(frozen=True)
class ChallengeRow:
    """A challenge; `standing` is its state, or planned and over by its dates."""

    challenge: Challenge
    standing: str
    label: str | Promise
    sentence: str
    times: int = 0


@dataclass(frozen=True)
class Reached:
    """What a challenge has given so far."""

    members: int
    times: int
    points: int
    badges: int


@dataclass(frozen=True)
class AwardRow:
    """One award with its counters in words."""

    award: ChallengeAward
    counters: list[str]


def shown_challenges(challenges: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Return the challenges with what their sentences are made of."""
    return challenges.select_related("tier", "badge", "campaign").prefetch_related(
        "goals"
    )


def challenge_rows(
    challenges: Sequence[Challenge], currency: str, *, at: datetime
) -> list[ChallengeRow]:
    """Return the challenges with how often they were reached, by one look-up for all."""
    awards = ChallengeAward.objects.filter(challenge__in=challenges)
    counted = awards.order_by().values("challenge").annotate(times=Count("pk"))
    times = {each["challenge"]: each["times"] for each in counted}
    return [
        ChallengeRow(
            challenge,
            standing := standing_of(challenge, at=at),
            LABELS.get(standing, challenge.get_state_display()),
            challenge_words(challenge, currency),
            times.get(challenge.pk, 0),
        )
        for challenge in challenges
    ]


def standing_of(challenge: Challenge, *, at: datetime) -> str:
    """Return the state; of a running challenge also whether its dates hold `at`."""
    if challenge.state != Challenge.State.RUNNING:
        return challenge.state
    if at < challenge.starts_at:
        return "planned"
    return "over" if at >= challenge.ends_at else challenge.state


def reached_of(challenge: Challenge) -> Reached:
    """Return the sums of its awards."""
    sums = challenge.awards.aggregate(
        members=Count("account", distinct=True), times=Count("pk"), points=Sum("points")
    )
    badges = BadgeGrant.objects.filter(award__challenge=challenge).count()
    return Reached(sums["members"], sums["times"], sums["points"] or 0, badges)


def latest_awards(challenge: Challenge, currency: str) -> list[AwardRow]:
    """Return the latest awards with their members, newest first."""
    rows = challenge.awards.select_related("account__member").order_by("-pk")
    goals = list(challenge.goals.all())
    return [
        AwardRow(award, all_shown(goals, award.evidence, currency))
        for award in rows[:LATEST]
    ]


def badge_counts(badges: Sequence[Badge]) -> dict[int, int]:
    """Return how many members have each badge, by its id."""
    grants = BadgeGrant.objects.filter(badge__in=badges).order_by()
    counted = grants.values("badge").annotate(members=Count("pk"))
    return {each["badge"]: each["members"] for each in counted}
