"""Challenges and badges in the programme's file."""

import json

import jsonschema_rs
import pytest

from points.models import Badge, Challenge
from points.programme_file.schema import programme_schema
from points.services.challenges.keeping import Goal, end_challenge, goals_of
from points.services.programme_file import written_programme
from tests.factories import CLERK, NOON, make_tiers
from tests.points.challenges.worlds import make_badge, make_challenge
from tests.points.programme_file.test_loading import load, part
from tests.points.test_campaigns import make_campaign

pytestmark = pytest.mark.django_db
THREE = {
    "name": "Three in June",
    "starts_at": "2026-06-01T00:00:00+00:00",
    "ends_at": "2026-07-01T00:00:00+00:00",
    "goal_1_kind": "purchases",
    "goal_1_target": "3",
    "goal_2_kind": "spend",
    "goal_2_target": "200",
    "points": 500,
    "badge": "Regular",
    "tier": "gold",
}


def test_a_challenge_names_the_badge_and_the_tier_of_the_same_file():
    make_tiers(gold=10)
    document = part(badges=[{"name": "Regular"}], challenges=[THREE])
    validator = jsonschema_rs.validator_for(json.loads(json.dumps(programme_schema())))
    assert list(validator.iter_errors(document)) == []
    assert load(document).is_applied
    made = Challenge.objects.get()
    assert (made.badge, made.tier.slug) == (Badge.objects.get(), "gold")
    assert (made.state, made.points) == ("draft", 500)
    assert goals_of(made) == [Goal("purchases", 3), Goal("spend", 20_000)]
    written = json.loads(json.dumps(written_programme()))
    assert list(validator.iter_errors(written)) == []
    assert (load(document).changes, load(written).changes) == ((), ())


def test_what_was_ended_early_is_written_and_loads_again_as_nothing():
    made = make_challenge(badge_id=make_badge().pk)
    end_challenge(challenge=made, at=NOON.replace(microsecond=7), actor=CLERK)
    make_challenge(campaign_id=make_campaign().pk)
    written = json.loads(json.dumps(written_programme()))
    assert [each["name"] for each in written["challenges"]] == [made.name]
    assert load(written).changes == ()


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"badge": "Unknown"}, "badge"),
        ({"goal_1_target": "0"}, "goal_1_target"),
        ({"goal_1_kind": "hugs"}, "goal_1_kind"),
        ({"campaign": "Autumn"}, "campaign"),
    ],
)
def test_a_wrong_challenge_loads_nothing(changed, place):
    loaded = load(part(badges=[{"name": "Regular"}], challenges=[THREE | changed]))
    assert any(place in problem.where for problem in loaded.problems)
    assert not Challenge.objects.exists()
    assert not Badge.objects.exists()


def test_goals_of_a_started_challenge_are_not_changed_by_a_file():
    made = make_challenge(name="Three in June")
    written = json.loads(json.dumps(written_programme()))["challenges"]
    written[0]["goal_1_target"] = "2"
    loaded = load(part(challenges=written))
    [problem] = loaded.problems
    assert "once a challenge has started" in problem.sentence
    assert goals_of(made)[0].target == 3
