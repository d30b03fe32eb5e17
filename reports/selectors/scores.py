"""Scores and sendings from their cubes; the answers behind them."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from points.models import Tier
from reports.models import NpsCube, SendingCube, SurveyFact
from reports.statistics.nps import Group
from surveys.models import Answer, Touchpoint, Wave

NO_TIER = 0
Fact = Any  # a SurveyFact with the words of its comment
LANGUAGE_TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


@dataclass(frozen=True)
class ScoreRow:
    """Answers with one score; `tier_id` is 0 for members without a tier."""

    month: date
    wave_id: int
    touchpoint_id: int
    tier_id: int
    score: int
    answers: int
    late: int


@dataclass(frozen=True)
class SendingRow:
    """Invitations sent in a month; `answered` of those that were reached."""

    month: date
    wave_id: int
    touchpoint_id: int
    tier_id: int
    sent: int
    reached: int
    answered: int


@dataclass(frozen=True)
class Comment:
    """What a member wrote beside a score."""

    score: int
    text: str
    language: str
    answered_on: date
    member_name: str
    url: str

    @property
    def group(self) -> str:
        """The group of the score."""
        return next(group for group in Group if self.score in group.scores)


@dataclass(frozen=True)
class Cubes:
    """Both cubes: a few hundred rows a month at most."""

    scores: list[ScoreRow]
    sendings: list[SendingRow]

    @property
    def months(self) -> list[date]:
        """The months with answers, oldest first."""
        return sorted({row.month for row in self.scores})

    @property
    def main_touchpoint_id(self) -> int | None:
        """The touchpoint with the most answers."""
        answers: Counter[int] = Counter()
        for row in self.scores:
            answers[row.touchpoint_id] += row.answers
        return max(answers, key=lambda pk: answers[pk], default=None)


def cubes() -> Cubes:
    """Read both cubes in one query."""
    key = ("month", "wave_id", "touchpoint_id", "tier_id")
    scores = NpsCube.objects.annotate(is_score=Value(value=True))
    sendings = SendingCube.objects.annotate(is_score=Value(value=False))
    rows = scores.values_list("is_score", *key, "score", "answers", "late").union(
        sendings.values_list("is_score", *key, "sent", "reached", "answered"), all=True
    )
    found = list(rows)
    return Cubes(
        [ScoreRow(*row[1:]) for row in found if row[0]],
        [SendingRow(*row[1:]) for row in found if not row[0]],
    )


def answers_by(
    rows: Iterable[ScoreRow], key: Callable[[ScoreRow], Hashable]
) -> dict[Hashable, Counter[int]]:
    """Group the answers by `key`: for each of its values, a count for each score."""
    groups: dict[Hashable, Counter[int]] = {}
    for row in rows:
        groups.setdefault(key(row), Counter())[row.score] += row.answers
    return groups


def touchpoints() -> list[Touchpoint]:
    """Return all touchpoints in the order of the journey."""
    return list(Touchpoint.objects.all())


def tiers() -> list[Tier]:
    """Return all tiers, the lowest first."""
    return list(Tier.objects.all())


def waves(wave_ids: Iterable[int]) -> dict[int, Wave]:
    """Return these waves by id, with their surveys."""
    found = Wave.objects.filter(pk__in=list(wave_ids)).select_related("survey")
    return {wave.pk: wave for wave in found}


def answered(condition: Q) -> QuerySet[SurveyFact]:
    """Return the counted answers with a score for which the condition holds."""
    rows = SurveyFact.objects.filter(
        condition, answered_on__isnull=False, score__isnull=False
    )
    return rows.select_related("member", "tier", "wave__survey")


def sent(condition: Q) -> QuerySet[SurveyFact]:
    """Return the sent invitations for which the condition holds."""
    rows = SurveyFact.objects.filter(condition, sent_on__isnull=False)
    return rows.select_related("member", "tier", "wave__survey")


def latest_comments(answers: QuerySet[SurveyFact], limit: int) -> list[Comment]:
    """Return the comments of the latest answers among these that have one."""
    words = (
        Answer.objects.filter(response=OuterRef("invitation__response"))
        .exclude(text="")
        .order_by("pk")
        .values("text")[:1]
    )
    facts = (
        answers.filter(has_comment=True)
        .select_related("member", "invitation__response")
        .annotate(words=Subquery(words))
        .order_by("-answered_on", "-invitation")[:limit]
    )
    return [_comment(fact) for fact in facts]


def _comment(fact: Fact) -> Comment:
    response = fact.invitation.response
    return Comment(
        score=fact.score,
        text=fact.words or "",
        language=LANGUAGE_TAGS.get(response.language, response.language),
        answered_on=fact.answered_on,
        member_name=fact.member.display_name,
        url=response.get_absolute_url(),
    )
