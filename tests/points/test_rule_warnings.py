"""What is odd about a rule: tables without a database, and where it is said."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from points.models import EarningRule, RuleVersion
from points.rules import RULE_KINDS
from points.rules.conditions.base import Words
from points.selectors.rule_warnings import Surroundings, meet, warnings_about
from points.services.rules import save_rule
from tests.factories import CLERK, NOON, make_rule

# NOON is a Monday, 20:00 in Hong Kong.
DAY = timedelta(days=1)
WORDS = Words(
    "HKD",
    stores={"c": "Central"},
    tiers={"gold": "Gold"},
    segments={"tea": "Tea", "rice": "Rice"},
)
STEP = {"points": 1, "amount": "10", "method": "step"}


def version(kind="fixed", *, name="Rule", params=None, number=None, **content):
    rule = EarningRule(pk=number, name=name, kind=kind)
    given = params or {"fixed": {"points": 5}, "multiplier": {"factor": "2"}}.get(kind)
    content = {"valid_from": NOON - 9 * DAY} | content
    return RuleVersion(rule=rule, params=given or STEP, **content)


def about(content, *others, since=NOON):
    within = Surroundings(WORDS, ZoneInfo("Asia/Hong_Kong"), others)
    return warnings_about(content, rule=content.rule, since=since, within=within)


def hk(text):
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"ends_at": NOON}, "lie in the past"),
        ({"starts_at": NOON - 2 * DAY, "ends_at": NOON - DAY}, "lie in the past"),
        ({"conditions": {"weekdays": []}}, "No day of the week"),
        ({"conditions": {"hours": ["17:00", "17:00"]}}, "hours are empty"),
        ({"conditions": {"stores": ["x", "y"]}}, "None of its stores"),
        ({"conditions": {"tiers": ["silver"]}}, "None of its tiers"),
        ({"conditions": {"channels": ["fax"]}}, "None of its channels"),
        ({"conditions": {"segments": {"in": ["x"]}}}, "None of its segments"),
        (
            {"conditions": {"segments": {"in": ["tea"], "out": ["rice", "tea"]}}},
            "leaves out every segment that it is for",
        ),
        # From Tuesday to Friday there is no Saturday.
        (
            {
                "starts_at": hk("2026-06-16T00:00"),
                "ends_at": hk("2026-06-20T00:00"),
                "conditions": {"weekdays": [5]},
            },
            "do not fall between its dates",
        ),
        # It ends before the shop's evening begins.
        (
            {
                "starts_at": hk("2026-06-20T09:00"),
                "ends_at": hk("2026-06-20T18:00"),
                "conditions": {"weekdays": [5], "hours": ["18:00", "20:00"]},
            },
            "do not fall between its dates",
        ),
    ],
)
def test_what_can_never_count_is_said_once(content, said):
    [warning] = about(version(**content))
    assert warning.is_never
    assert said in warning.sentence


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"ends_at": NOON + timedelta(microseconds=1)},
        {"conditions": {"segments": {"in": ["tea", "rice"], "out": ["tea"]}}},
        {"conditions": {"segments": {"out": ["gone"]}}},
        {"conditions": {"weekdays": [6], "hours": ["22:00", "02:00"]}},
        {"conditions": {"stores": ["c"], "tiers": ["gold"], "channels": ["web"]}},
        {
            "starts_at": hk("2026-06-16T00:00"),
            "ends_at": hk("2026-06-20T00:01"),
            "conditions": {"weekdays": [5]},
        },
        {
            "starts_at": hk("2026-06-20T09:00"),
            "ends_at": hk("2026-06-20T18:01"),
            "conditions": {"weekdays": [5], "hours": ["18:00", "20:00"]},
        },
        # Over midnight the early hours of Saturday belong to Saturday.
        {
            "starts_at": hk("2026-06-20T00:00"),
            "ends_at": hk("2026-06-20T01:00"),
            "conditions": {"weekdays": [5], "hours": ["22:00", "02:00"]},
        },
    ],
)
def test_what_can_count_is_left_alone(content):
    assert about(version(**content)) == []


def test_a_store_that_is_gone_is_named_where_others_are_left():
    [warning] = about(version(conditions={"stores": ["c", "x"]}))
    assert not warning.is_never
    assert warning.sentence == "There is no store x any more."


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ({}, {}, True),
        ({"weekdays": [0, 1]}, {"weekdays": [1, 2]}, True),
        ({"weekdays": [0]}, {"weekdays": [1]}, False),
        ({"stores": ["c"]}, {"stores": ["k"]}, False),
        ({"stores": ["c"]}, {"channels": ["web"]}, True),
        ({"tiers": ["gold"]}, {"tiers": ["silver"]}, False),
        ({"segments": {"in": ["a"]}}, {"segments": {"in": ["b"]}}, True),
        ({"segments": {"in": ["a"]}}, {"segments": {"out": ["a"]}}, False),
        ({"segments": {"in": ["a", "b"]}}, {"segments": {"out": ["a"]}}, True),
        ({"hours": ["09:00", "12:00"]}, {"hours": ["12:00", "15:00"]}, False),
        ({"hours": ["09:00", "12:01"]}, {"hours": ["12:00", "15:00"]}, True),
        ({"hours": ["22:00", "02:00"]}, {"hours": ["01:00", "03:00"]}, True),
        ({"hours": ["22:00", "02:00"]}, {"hours": ["02:00", "22:00"]}, False),
        ({"minimum": "50"}, {"minimum": "100"}, True),
        ({"first_purchase": True}, {}, True),
    ],
)
def test_whether_two_rules_meet_on_a_purchase(one, other, answer):
    first, second = version(conditions=one), version(conditions=other)
    assert meet(first, second) is meet(second, first) is answer


def test_dates_that_touch_do_not_meet():
    first = version(ends_at=NOON)
    assert not meet(first, version(starts_at=NOON))
    assert meet(first, version(starts_at=NOON - timedelta(microseconds=1)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (version(name="Tea", params={"points": 9}), ["the points are added"]),
        (version(name="Tea"), ["exactly the same"]),
        (version("per_amount"), []),
        (version(name="Tea", conditions={"stores": ["k"]}), []),
    ],
)
def test_rules_of_the_same_kind_that_meet_are_named(content, said):
    found = about(version(conditions={}), content)
    if content.conditions:
        found = about(version(conditions={"stores": ["c"]}), content)
    assert len(found) == len(said)
    for warning, words in zip(found, said, strict=True):
        assert words in warning.sentence
        assert warning.other == content.rule


def test_a_multiplier_wants_a_base_rule_on_the_same_purchase():
    factor = version("multiplier", conditions={"stores": ["c"]})
    [warning] = about(factor, version("per_amount", conditions={"stores": ["k"]}))
    assert "nothing to multiply" in warning.sentence
    assert about(factor, version("per_amount")) == []


@pytest.mark.parametrize("kind", RULE_KINDS)
@pytest.mark.parametrize("wrong", ["0", "-1"])
def test_no_kind_takes_rates_of_zero_or_less(kind, wrong):
    """Whatever is asked for as a number; what may be left out may be zero."""
    form = RULE_KINDS[kind].params_form
    for name, field in form.base_fields.items():
        if hasattr(field, "min_value") and field.required:
            assert name in form({name: wrong}).errors


GROUPED = {"group": "g"}


def ranked(number, kind="fixed", **content):
    """A version of the rule with that id."""
    return version(kind, name=f"Rule {number}", number=number, **content)


@pytest.mark.parametrize(
    ("content", "other", "policy", "said"),
    [
        # A better one of the group, or an older one where that decides.
        (GROUPED, GROUPED | {"params": {"points": 9}}, "best_for_member", "its group"),
        (GROUPED, GROUPED | {"params": {"points": 9}}, "sum", ""),
        (GROUPED, {"group": "h", "params": {"points": 9}}, "best_for_member", ""),
        (GROUPED, GROUPED | {"priority": 1}, "highest_priority", "its group"),
        (GROUPED, GROUPED | {"params": {"points": 1}}, "first_match", "its group"),
        (GROUPED, GROUPED | {"params": {"points": 1}}, "best_for_member", ""),
        # It can be another purchase, or less sure.
        (
            GROUPED,
            GROUPED | {"params": {"points": 9}, "conditions": {"stores": ["c"]}},
            "best_for_member",
            "",
        ),
        (
            GROUPED | {"conditions": {"stores": ["c"]}},
            GROUPED | {"params": {"points": 9}, "conditions": {"stores": ["c", "k"]}},
            "best_for_member",
            "its group",
        ),
        (GROUPED, GROUPED | {"params": {"points": 9}, "cap_day": 5}, "sum", ""),
        (
            GROUPED,
            GROUPED | {"params": {"points": 9}, "ends_at": NOON + DAY},
            "best_for_member",
            "",
        ),
        # Segments: whoever is let in here is let in there, or may not be.
        (
            {"conditions": {"segments": {"in": ["tea"], "out": ["new"]}}},
            {"is_alone": True, "conditions": {"segments": {"in": ["tea", "rice"]}}},
            "sum",
            "counts alone",
        ),
        (
            {"conditions": {"segments": {"out": ["new"]}}},
            {"is_alone": True, "conditions": {"segments": {"in": ["tea"]}}},
            "sum",
            "",
        ),
        (
            {"conditions": {"segments": {"in": ["tea"]}}},
            {"is_alone": True, "conditions": {"segments": {"out": ["new"]}}},
            "sum",
            "",
        ),
        # Stops and rules that count alone.
        ({}, {"stops": True, "priority": 1}, "sum", "passes over lower"),
        ({"priority": 1}, {"stops": True, "priority": 1}, "sum", ""),
        ({}, {"is_alone": True}, "sum", "counts alone"),
        ({"is_alone": True}, {"is_alone": True}, "sum", ""),
        ({"is_alone": True}, {"is_alone": True, "priority": 1}, "sum", "counts alone"),
    ],
)
def test_a_rule_that_always_loses_never_counts(content, other, policy, said):
    mine, theirs = ranked(2, **content), ranked(1, **other)
    within = Surroundings(WORDS, ZoneInfo("Asia/Hong_Kong"), [mine, theirs], policy)
    found = warnings_about(mine, rule=mine.rule, since=NOON, within=within)
    never = [warning for warning in found if warning.is_never]
    assert bool(never) == bool(said)
    if said:
        assert said in never[0].sentence
        assert never[0].other == theirs.rule
        # Whoever wins is not told that it cannot count.
        found = warnings_about(theirs, rule=theirs.rule, since=NOON, within=within)
        assert not any(warning.is_never for warning in found)


def test_a_stop_on_some_purchases_is_said_as_such():
    stop = ranked(1, stops=True, priority=1, conditions={"tiers": ["silver"]})
    [warning] = about(ranked(2, "per_amount"), stop)
    assert not warning.is_never
    assert warning.sentence == "Where Rule 1 counts, it does not: a lower priority."
    assert about(ranked(2, conditions={"tiers": ["gold"]}), stop) == []


# Where it is said -----------------------------------------------------------


@pytest.mark.django_db
def test_warnings_stand_on_the_rule_and_in_the_list_and_stop_nobody(marketer):
    make_rule(kind="fixed", points=5)
    make_rule(kind="fixed", points=5, conditions={"stores": ["gone"]})
    rule = EarningRule.objects.last()
    page = marketer.get(rule.get_absolute_url()).content.decode()
    assert "None of its stores exists" in page
    listed = marketer.get(reverse("points:rule-list")).content.decode()
    assert "None of its stores exists" in listed
    assert "the points are added" not in page
    said = {"name": "Late", "kind": "fixed", "params": {"points": 5}}
    saved = save_rule(**said, at=NOON, actor=CLERK, ends_at=NOON - DAY)
    assert (
        "lie in the past"
        in marketer.get(saved.rule.get_absolute_url()).content.decode()
    )


@pytest.mark.django_db
def test_nothing_is_said_of_paused_rules_and_of_those_that_ended_in_their_time(
    marketer,
):
    make_rule(kind="fixed", points=5)
    paused = make_rule(kind="fixed", points=5).rule
    EarningRule.objects.filter(pk=paused.pk).update(is_active=False)
    make_rule(kind="fixed", points=5, ends_at=NOON - DAY)
    rows = marketer.get(reverse("points:rule-list")).context["rows"]
    assert [row.warnings for row in rows] == [(), (), ()]
