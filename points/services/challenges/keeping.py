"""Challenges and badges, as the programme's keepers set them; each under the settings' lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import Actor
from points.errors.challenges import (
    ChallengeFixed,
    ChallengeMoved,
    ChallengeNotReady,
)
from points.errors.posting import NameTaken
from points.models import Badge, Challenge, ChallengeGoal
from points.services.settings_lock import lock_settings

State = Challenge.State
MOST_GOALS = 5


@dataclass(frozen=True)
class Texts:
    """What a challenge or a badge is called, in three languages."""

    name: str
    name_zh_hans: str = ""
    name_zh_hant: str = ""
    description: str = ""
    description_zh_hans: str = ""
    description_zh_hant: str = ""


@dataclass(frozen=True)
class Goal:
    """What has to come to `target`, inclusive; see `ChallengeGoal`."""

    kind: str
    target: int
    what: str = ""
    least_minor: int = 0


@dataclass(frozen=True)
class ChallengeTerms:
    """What members work toward; ids of the tier, the badge and the campaign."""

    starts_at: datetime
    ends_at: datetime
    points: int = 0
    badge_id: int | None = None
    tier_id: int | None = None
    campaign_id: int | None = None
    needs: str = Challenge.Needs.ALL
    repeat: str = Challenge.Repeat.ONCE


@transaction.atomic
def save_challenge(
    *,
    texts: Texts,
    terms: ChallengeTerms,
    goals: Sequence[Goal],
    at: datetime,
    actor: Actor,
    challenge: Challenge | None = None,
) -> Challenge:
    """Make a challenge, or change one, and return it.

    Once it has started only its texts change. Raises NameTaken or ChallengeFixed.
    """
    lock_settings()
    others = Challenge.objects.exclude(pk=challenge.pk if challenge else 0)
    if others.filter(name=texts.name).exists():
        raise NameTaken(name=texts.name)
    with pghistory.context(reason="challenge", actor=str(actor)):
        if challenge is None:
            values = vars(texts) | vars(terms)
            made = Challenge.objects.create(
                created_at=at, created_by=str(actor), **values
            )
            _set_goals(made, goals)
            return made
        locked = Challenge.objects.select_for_update().get(pk=challenge.pk)
        if not _is_same(locked, terms, goals):
            if locked.state != State.DRAFT:
                raise ChallengeFixed
            _change(locked, **vars(terms))
            _set_goals(locked, goals)
        return _change(locked, **vars(texts))


@transaction.atomic
def start_challenge(*, challenge: Challenge, at: datetime, actor: Actor) -> Challenge:
    """Let it be reached from its start on, even if that is past.

    Raises ChallengeMoved, or ChallengeNotReady without a goal or after its end.
    """
    lock_settings()
    locked = _locked(challenge, State.DRAFT)
    if locked.ends_at <= at:
        raise ChallengeNotReady(
            _("The challenge ends in the past. Change its dates first."),
            field="ends_at",
        )
    if not locked.goals.exists():
        raise ChallengeNotReady(_("The challenge has no goal yet. Add one first."))
    with pghistory.context(reason="start", actor=str(actor)):
        return _change(locked, state=State.RUNNING)


@transaction.atomic
def pause_challenge(*, challenge: Challenge, actor: Actor) -> Challenge:
    """Give nothing for it until it goes on; raises ChallengeMoved."""
    lock_settings()
    locked = _locked(challenge, State.RUNNING)
    with pghistory.context(reason="pause", actor=str(actor)):
        return _change(locked, state=State.PAUSED)


@transaction.atomic
def resume_challenge(*, challenge: Challenge, actor: Actor) -> Challenge:
    """Let a paused one go on; what was done meanwhile counts. Raises ChallengeMoved."""
    lock_settings()
    locked = _locked(challenge, State.PAUSED)
    with pghistory.context(reason="resume", actor=str(actor)):
        return _change(locked, state=State.RUNNING)


@transaction.atomic
def end_challenge(*, challenge: Challenge, at: datetime, actor: Actor) -> Challenge:
    """End it now; what was given stays.

    A running one ends as if it had always ended at `at`: what was reached before is still
    given. A paused one, and one that has not begun, gives nothing more. Raises
    ChallengeMoved, also for one whose end is past.
    """
    lock_settings()
    locked = _locked(challenge, State.RUNNING, State.PAUSED)
    # To the second, as forms and files say it.
    at = at.replace(microsecond=0)
    has_begun = locked.starts_at < at
    with pghistory.context(reason="end", actor=str(actor)):
        if locked.state == State.PAUSED or not has_begun:
            return _change(locked, state=State.STOPPED)
        if locked.ends_at <= at:
            raise ChallengeMoved(state=_("ended"))
        return _change(locked, ends_at=at)


@transaction.atomic
def save_badge(*, texts: Texts, actor: Actor, badge: Badge | None = None) -> Badge:
    """Make a badge, or change one, and return it; raises NameTaken."""
    lock_settings()
    others = Badge.objects.exclude(pk=badge.pk if badge else 0)
    if others.filter(name=texts.name).exists():
        raise NameTaken(name=texts.name)
    with pghistory.context(reason="badge", actor=str(actor)):
        if badge is None:
            return Badge.objects.create(**vars(texts))
        locked = Badge.objects.select_for_update().get(pk=badge.pk)
        for name, value in vars(texts).items():
            setattr(locked, name, value)
        locked.save(update_fields=list(vars(texts)))
        return locked


def _locked(challenge: Challenge, *states: str) -> Challenge:
    locked = Challenge.objects.select_for_update().get(pk=challenge.pk)
    if locked.state not in states:
        raise ChallengeMoved(state=locked.get_state_display())
    return locked


def _change(challenge: Challenge, **changes: object) -> Challenge:
    changed = {
        name: value
        for name, value in changes.items()
        if getattr(challenge, name) != value
    }
    for name, value in changed.items():
        setattr(challenge, name, value)
    if changed:
        challenge.save(update_fields=list(changed))
    return challenge


def _is_same(
    challenge: Challenge, terms: ChallengeTerms, goals: Sequence[Goal]
) -> bool:
    return terms_of(challenge) == terms and goals_of(challenge) == list(goals)


def terms_of(challenge: Challenge) -> ChallengeTerms:
    """Return the terms as they are given to `save_challenge`."""
    names = ChallengeTerms.__dataclass_fields__
    return ChallengeTerms(**{name: getattr(challenge, name) for name in names})


def goals_of(challenge: Challenge) -> list[Goal]:
    """Return the goals as they are given to `save_challenge`."""
    return [
        Goal(each.kind, each.target, each.what, each.least_minor)
        for each in challenge.goals.all()
    ]


def _set_goals(challenge: Challenge, goals: Sequence[Goal]) -> None:
    if goals_of(challenge) == list(goals):
        return
    challenge.goals.all().delete()
    ChallengeGoal.objects.bulk_create(
        ChallengeGoal(challenge=challenge, position=n, **vars(goal))
        for n, goal in enumerate(goals, start=1)
    )
