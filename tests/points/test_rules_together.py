"""Rules beside each other: groups, rules alone, stops, priorities, ties."""

from dataclasses import dataclass, field, replace

import pytest

from points.models import Entry
from points.rules import RULE_KINDS
from points.rules.base import EarningEvent
from points.rules.conditions.lines import LINE_CONDITIONS
from points.rules.pipeline import evaluate
from points.rules.terms import Terms
from points.rules.versions import VersionInForce
from points.selectors.rule_sentences import current_words, sentence_of
from points.selectors.traces import explain
from points.services.purchase_types import NewLine
from points.services.rules import save_rule
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    set_programme,
)

TERMS = Terms(rounding="floor", combination="sum_of_extras")
TEA = {"category": {"in": ["tea"]}}


@dataclass
class Rule:
    """A rule in short: points (base), times (a factor) or extra (a bonus)."""

    id: int
    points: int = 0
    times: str = ""
    extra: int = 0
    for_tea: bool = False
    placing: dict = field(default_factory=dict)

    def compiled(self):
        if self.points:
            params = {"points": self.points, "amount": "1", "method": "step"}
            kind = RULE_KINDS["per_amount"]
        elif self.times:
            kind, params = RULE_KINDS["multiplier"], {"factor": self.times}
        else:
            kind, params = RULE_KINDS["fixed"], {"points": self.extra}
        check = LINE_CONDITIONS["category"].prepare(TEA["category"])
        dates = dict.fromkeys(("starts_at", "ends_at", "since", "until"))
        # A later version of an older rule: its id is no help in a tie.
        return VersionInForce(
            id=100 - self.id,
            rule_id=self.id,
            stage=kind.stage,
            ask=kind.prepare(params, 100),
            lines=check if self.for_tea else None,
            **dates,
            **self.placing,
        )


def outcome_of(*rules, policy="best_for_member", amount=1000, lines=()):
    event = EarningEvent(amount, NOON, lines=lines)
    return evaluate(
        event,
        versions=[rule.compiled() for rule in rules],
        tier=None,
        terms=replace(TERMS, group_policy=policy),
    )


def codes(outcome):
    return {100 - step[0]: step[1] for step in outcome.trace["steps"]}


def group(priority=0):
    return {"group": "g", "priority": priority}


@pytest.mark.parametrize(
    ("policy", "points", "winner"),
    [
        ("best_for_member", 30, 2),
        ("highest_priority", 20, 3),
        ("first_match", 10, 1),
        ("sum", 60, None),
    ],
)
def test_of_a_group_one_counts_by_policy(policy, points, winner):
    rules = (
        Rule(2, points=3, placing=group(1)),
        Rule(3, points=2, placing=group(5)),
        Rule(1, points=1, placing=group(1)),
    )
    outcome = outcome_of(*rules, policy=policy)
    assert outcome.points == points
    for number, code in codes(outcome).items():
        assert code == ("base" if winner in {None, number} else "group")


@pytest.mark.parametrize("policy", ["best_for_member", "highest_priority"])
def test_equal_points_go_to_the_lower_id_of_the_rule(policy):
    rules = (Rule(2, points=3, placing=group()), Rule(1, points=3, placing=group()))
    assert codes(outcome_of(*rules, policy=policy)) == {1: "base", 2: "group"}


def test_equal_priorities_go_to_more_points():
    rules = (Rule(1, points=1, placing=group()), Rule(2, points=3, placing=group()))
    outcome = outcome_of(*rules, policy="highest_priority")
    assert codes(outcome) == {1: "group", 2: "base"}


def test_a_rule_whose_condition_fails_wins_no_group():
    first = Rule(1, points=9, placing=group(9), for_tea=True)
    outcome = outcome_of(first, Rule(2, points=1, placing=group()))
    assert codes(outcome) == {1: "lines", 2: "base"}


def test_a_group_of_multipliers_is_decided_by_what_they_add():
    tea_ten_times = Rule(2, times="10", for_tea=True, placing=group())
    twice = Rule(3, times="2", placing=group())
    rules = (Rule(1, points=1), tea_ten_times, twice)
    little_tea = (NewLine(100, category="tea"), NewLine(900))
    much_tea = (NewLine(500, category="tea"), NewLine(500))
    assert outcome_of(*rules, lines=little_tea).points == 20
    assert outcome_of(*rules, lines=much_tea).points == 5 * 10 + 5


def test_a_group_is_one_of_each_stage():
    rules = (
        Rule(1, points=1, placing=group()),
        Rule(2, times="3", placing=group()),
        Rule(3, extra=4, placing=group()),
        Rule(4, extra=5, placing=group()),
    )
    assert outcome_of(*rules).points == 10 * 3 + 5


ALONE, STOPS = {"is_alone": True}, {"stops": True}


@pytest.mark.parametrize(
    ("rules", "points", "lost"),
    [
        # Alone means alone, also where the others together give more.
        ((Rule(1, points=3), Rule(2, points=1, placing=ALONE)), 10, {1: "alone"}),
        (
            (
                Rule(1, points=1, placing=ALONE | {"priority": 1}),
                Rule(2, points=3, placing=ALONE),
                Rule(3, points=9),
            ),
            10,
            {2: "alone", 3: "alone"},
        ),
        (
            (Rule(1, points=1, placing=ALONE), Rule(2, points=3, placing=ALONE)),
            30,
            {1: "alone"},
        ),
        # Only beside rules of its own stage.
        ((Rule(1, points=1, placing=ALONE), Rule(2, times="2")), 20, {}),
        (
            (
                Rule(1, points=1),
                Rule(2, times="2", placing=ALONE),
                Rule(3, times="5"),
                Rule(4, extra=7),
            ),
            27,
            {3: "alone"},
        ),
        # A rule that lost its group does not keep others out.
        (
            (
                Rule(1, points=1, placing=ALONE | group()),
                Rule(2, points=2, placing=group()),
                Rule(3, points=4),
            ),
            60,
            {1: "group"},
        ),
        (
            (
                Rule(1, points=1, placing=STOPS | {"priority": 5}),
                Rule(2, points=2, placing={"priority": 4}),
                Rule(3, times="2", placing={"priority": 5}),
                Rule(4, extra=7),
            ),
            20,
            {2: "stopped", 4: "stopped"},
        ),
        # Equal priorities are not passed over, and what does not count stops nothing.
        ((Rule(1, points=1, placing=STOPS), Rule(2, points=2)), 30, {}),
        (
            (
                Rule(1, points=9, placing=STOPS | {"priority": 5}, for_tea=True),
                Rule(2, points=2),
            ),
            20,
            {1: "lines"},
        ),
    ],
)
def test_rules_alone_and_rules_that_stop(rules, points, lost):
    outcome = outcome_of(*rules)
    assert outcome.points == points
    stages = {"base", "multiplier", "bonus"}
    found = {rule: code for rule, code in codes(outcome).items() if code not in stages}
    assert found == lost


def test_what_does_not_count_toward_points_does_not_count_toward_a_tier():
    outcome = outcome_of(Rule(1, points=3), Rule(2, points=1, placing=ALONE))
    assert outcome.qualifying == 10


@pytest.mark.django_db
def test_the_explanation_names_the_rule_that_won():
    small = make_rule(points=1, placing={"group": "spring"})
    large = make_rule(points=3, placing={"group": "spring", "priority": 2})
    make_purchase(make_member())
    entry = Entry.objects.get()
    assert entry.points == 30
    lost, won = explain(entry.trace).steps
    assert (lost.reason, lost.worth) == (
        f"{large.rule.name} counted for its group",
        "10",
    )
    assert (lost.has_fired, won.has_fired) == (False, True)
    assert entry.trace["steps"][0][3] == {"to": large.pk, "worth": "10"}
    said = sentence_of(large, current_words("USD"))
    assert said.endswith("One of the group “spring”. Priority 2.")
    set_programme(group_policy="sum")
    assert make_purchase(make_member()).points == 40
    assert small.priority == 0


@pytest.mark.django_db
def test_how_rules_go_together_is_part_of_a_version(marketer):
    params = {"points": "5"}
    rule = save_rule(name="x", kind="fixed", params=params, at=NOON, actor=CLERK).rule
    form = {"name": "x", "points": "5", "weekdays": [str(day) for day in range(7)]}
    url = f"/rules/{rule.pk}/edit/"
    marketer.post(url, form)
    assert rule.versions.count() == 1
    marketer.post(url, form | {"group": "spring", "priority": "3", "is_alone": "on"})
    last = rule.versions.order_by("-number").first()
    assert (last.number, last.group, last.priority) == (2, "spring", 3)
    assert last.is_alone
    assert not last.stops
    page = marketer.get(url).content.decode()
    assert 'value="spring"' in page
    assert "It counts alone." in marketer.get(f"/rules/{rule.pk}/").content.decode()
