"""Scores and sendings from their cubes; the answers behind them."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from points.models import Tier
from reports.models import NpsCube, SendingCube, SurveyFact
from reports.statistics.nps import Group
from surveys.models import Answer, Touchpoint, Wave

NO_TIER = 0
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


def score_rows() -> list[ScoreRow]:
    """Return the whole cube of scores: a few hundred rows a month at most."""
    names = tuple(ScoreRow.__dataclass_fields__)
    return [ScoreRow(*row) for row in NpsCube.objects.values_list(*names)]


def sending_rows() -> list[SendingRow]:
    """Return the whole cube of sendings."""
    names = tuple(SendingRow.__dataclass_fields__)
    return [SendingRow(*row) for row in SendingCube.objects.values_list(*names)]


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
    facts = list(
        answers.filter(has_comment=True)
        .select_related("member", "invitation__response")
        .order_by("-answered_on", "-invitation")[:limit]
    )
    words = _words(fact.invitation.response.pk for fact in facts)
    return [_comment(fact, words) for fact in facts]


def _words(response_ids: Iterable[int]) -> dict[int, str]:
    rows = Answer.objects.filter(response__in=list(response_ids)).exclude(text="")
    words: dict[int, str] = {}
    for response_id, text in rows.order_by("pk").values_list("response_id", "text"):
        words.setdefault(response_id, text)
    return words


def _comment(fact: SurveyFact, words: dict[int, str]) -> Comment:
    response: Any = fact.invitation.response
    return Comment(
        score=fact.score or 0,
        text=words.get(response.pk, ""),
        language=LANGUAGE_TAGS.get(response.language, response.language),
        answered_on=fact.answered_on or date.min,
        member_name=fact.member.display_name,
        url=response.get_absolute_url(),
    )
