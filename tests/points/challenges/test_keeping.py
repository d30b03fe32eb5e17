"""How challenges are kept: what can change when, and what is refused."""

import pytest

from points.errors.challenges import ChallengeFixed, ChallengeMoved, ChallengeNotReady
from points.errors.posting import NameTaken
from points.models import Challenge, ChallengeGoal
from points.services.challenges.keeping import (
    ChallengeTerms,
    Goal,
    Texts,
    end_challenge,
    goals_of,
    pause_challenge,
    resume_challenge,
    save_badge,
    save_challenge,
    start_challenge,
)
from tests.factories import CLERK, NOON
from tests.points.challenges.worlds import BUY_THREE, DAY, make_badge, make_challenge

pytestmark = pytest.mark.django_db
TERMS = ChallengeTerms(starts_at=NOON - 15 * DAY, ends_at=NOON + 15 * DAY, points=500)


def save(challenge, *, texts=None, terms=TERMS, goals=(BUY_THREE,)):
    return save_challenge(
        texts=texts or Texts("Renamed"),
        terms=terms,
        goals=goals,
        at=NOON,
        actor=CLERK,
        challenge=challenge,
    )


def everything_kept():
    return (
        list(Challenge.objects.order_by("pk").values()),
        list(ChallengeGoal.objects.order_by("pk").values()),
    )


def test_a_draft_changes_wholly_and_a_started_one_only_its_texts():
    made = make_challenge(is_draft=True)
    goals = [Goal("spend", 100), BUY_THREE]
    changed = save(made, goals=goals)
    assert (changed.name, goals_of(changed)) == ("Renamed", goals)
    start_challenge(challenge=made, at=NOON, actor=CLERK)
    texts = Texts("Again", description="Three times")
    renamed = save(made, texts=texts, goals=goals)
    assert (renamed.name, renamed.description) == ("Again", "Three times")
    kept = everything_kept()
    for changes in (
        {"goals": goals[:1]},
        {"goals": goals, "terms": ChallengeTerms(NOON, NOON + DAY, 500)},
    ):
        with pytest.raises(ChallengeFixed):
            save(made, **changes)
        assert everything_kept() == kept


def test_names_are_taken_once():
    first, second = make_challenge(is_draft=True), make_challenge(is_draft=True)
    badge = make_badge("Regular")
    kept = everything_kept()
    with pytest.raises(NameTaken):
        save(second, texts=Texts(first.name))
    with pytest.raises(NameTaken):
        save_badge(texts=Texts("Regular"), actor=CLERK)
    again = save_badge(texts=Texts("Regular", "常客"), actor=CLERK, badge=badge)
    assert again.name_zh_hans == "常客"
    assert everything_kept() == kept


def draft():
    return make_challenge(is_draft=True)


def running():
    return make_challenge()


def paused():
    return pause_challenge(challenge=make_challenge(), actor=CLERK)


def over():
    return make_challenge(ends_at=NOON - DAY)


def start(challenge):
    return start_challenge(challenge=challenge, at=NOON, actor=CLERK)


def pause(challenge):
    return pause_challenge(challenge=challenge, actor=CLERK)


def resume(challenge):
    return resume_challenge(challenge=challenge, actor=CLERK)


def end(challenge):
    return end_challenge(challenge=challenge, at=NOON, actor=CLERK)


def to_come():
    return make_challenge(starts_at=NOON + DAY)


def too_late():
    return make_challenge(ends_at=NOON, is_draft=True)


@pytest.mark.parametrize(
    ("made", "step", "outcome"),
    [
        (draft, start, "running"),
        (draft, pause, ChallengeMoved),
        (draft, end, ChallengeMoved),
        (too_late, start, ChallengeNotReady),
        (running, start, ChallengeMoved),
        (running, pause, "paused"),
        (running, resume, ChallengeMoved),
        (running, end, "running"),
        (to_come, end, "stopped"),
        (over, end, ChallengeMoved),
        (paused, resume, "running"),
        (paused, pause, ChallengeMoved),
        (paused, end, "stopped"),
    ],
)
def test_the_steps_of_its_life(made, step, outcome):
    challenge = made()
    kept = everything_kept()
    if isinstance(outcome, str):
        assert step(challenge).state == outcome
        if (made, step) == (running, end):
            assert Challenge.objects.get().ends_at == NOON
        return
    with pytest.raises(outcome):
        step(challenge)
    assert everything_kept() == kept


def test_a_challenge_without_a_goal_does_not_start():
    made = make_challenge(is_draft=True)
    save(made, goals=[])
    with pytest.raises(ChallengeNotReady, match="no goal"):
        start(made)
