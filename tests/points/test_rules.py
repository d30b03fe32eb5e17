"""Earning rules and the pipeline: tables of worked cases, no database."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from loyalty_site.lib.money import round_points
from points.rules import RULE_KINDS
from points.rules.base import EarningEvent
from points.rules.lines import shares_of
from points.rules.multipliers import combined
from points.rules.pipeline import TierBenefit, evaluate
from points.rules.terms import Terms
from points.rules.versions import VersionInForce
from tests.factories import NOON

TERMS = Terms(rounding="floor", combination="sum_of_extras")
STEP = {"points": 1, "amount": "10", "method": "step"}
PROPORTIONAL = STEP | {"method": "proportional"}


def event(amount_minor, **facts):
    return EarningEvent(amount_minor=amount_minor, occurred_at=NOON, **facts)


def version(kind, params, *, number=1, **dates):
    dates = dict.fromkeys(("starts_at", "ends_at", "since", "until")) | dates
    kind = RULE_KINDS[kind]
    ask = kind.prepare(params, 100)
    return VersionInForce(id=number, stage=kind.stage, ask=ask, **dates)


@pytest.mark.parametrize(
    ("params", "amount_minor", "points"),
    [
        (STEP, 0, None),
        (STEP, 999, None),
        (STEP, 1000, 1),
        (STEP, 1999, 1),
        (STEP, 2000, 2),
        (STEP | {"points": 3}, 2500, 6),
        (STEP | {"amount": "0.5"}, 125, 2),
        (PROPORTIONAL, 999, Fraction(999, 1000)),
        (PROPORTIONAL, 2500, Fraction(5, 2)),
        (PROPORTIONAL, 0, 0),
        (PROPORTIONAL | {"amount": "0.07"}, 49, 7),
    ],
)
def test_points_per_amount(params, amount_minor, points):
    ask = RULE_KINDS["per_amount"].prepare(params, 100)
    assert ask(event(amount_minor)) == points


@pytest.mark.parametrize(
    ("amount_minor", "factor"), [(4999, None), (5000, 2), (5001, 2)]
)
def test_a_multiplier_wants_its_smallest_purchase_inclusive(amount_minor, factor):
    ask = RULE_KINDS["multiplier"].prepare({"factor": "2", "minimum": "50"}, 100)
    assert ask(event(amount_minor)) == factor


@pytest.mark.parametrize(
    ("combination", "factor"),
    [("sum_of_extras", 4), ("product", 6), ("largest", 3)],
)
def test_multipliers_combine_by_policy(combination, factor):
    assert combined([2, 3], combination) == factor
    assert combined([], combination) == 1


@pytest.mark.parametrize(
    ("rounding", "exact", "points"),
    [
        ("floor", Fraction(5, 2), 2),
        ("ceil", Fraction(21, 10), 3),
        ("half_up", Fraction(5, 2), 3),
        ("half_up", Fraction(249, 100), 2),
        ("half_even", Fraction(5, 2), 2),
        ("half_even", Fraction(7, 2), 4),
        ("ceil", Fraction(2), 2),
    ],
)
def test_rounding_is_named(rounding, exact, points):
    assert round_points(exact, rounding) == points


def test_rounding_happens_once_at_the_end():
    rules = [
        version("per_amount", PROPORTIONAL, number=1),
        version("per_amount", PROPORTIONAL, number=2),
    ]

    outcome = evaluate(event(1500), versions=rules, tier=None, terms=TERMS)

    assert outcome.points == 3
    assert [step[2] for step in outcome.trace["steps"]] == ["3/2", "3/2"]


def test_the_tier_multiplies_points_but_not_what_counts_toward_a_tier():
    tier = TierBenefit("gold", Fraction(3, 2))
    rules = [
        version("per_amount", STEP),
        version("multiplier", {"factor": "2"}, number=2),
    ]

    outcome = evaluate(event(10_000), versions=rules, tier=tier, terms=TERMS)

    assert (outcome.points, outcome.qualifying) == (25, 10)
    assert outcome.trace["tier"] == ("gold", "3/2")


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"starts_at": NOON}, "base"),
        ({"starts_at": NOON + timedelta(microseconds=1)}, "not_started"),
        ({"ends_at": NOON}, "ended"),
        ({"ends_at": NOON + timedelta(microseconds=1)}, "base"),
    ],
)
def test_a_start_is_inclusive_and_an_end_exclusive(dates, code):
    rules = [version("per_amount", STEP, **dates)]

    outcome = evaluate(event(1000), versions=rules, tier=None, terms=TERMS)

    assert outcome.trace["steps"][0][1] == code


def test_a_version_speaks_only_for_its_own_time():
    rules = [
        version("per_amount", STEP, number=1, until=NOON),
        version("per_amount", STEP | {"points": 5}, number=2, since=NOON),
    ]

    outcome = evaluate(event(1000), versions=rules, tier=None, terms=TERMS)

    assert (outcome.points, len(outcome.trace["steps"])) == (5, 1)


amounts = st.integers(0, 10**9)


@given(amounts, amounts, st.sampled_from([STEP, PROPORTIONAL]))
def test_splitting_a_purchase_never_earns_more(first, second, params):
    def earned(amount):
        rules = [version("per_amount", params)]
        return evaluate(event(amount), versions=rules, tier=None, terms=TERMS).points

    assert earned(first) + earned(second) <= earned(first + second)


@given(st.integers(0, 10**9), st.lists(amounts, min_size=1, max_size=20))
def test_shares_of_lines_add_up(points, lines):
    shares = shares_of(points, lines)
    total = sum(lines)

    assert sum(shares) == points
    if total:
        for share, amount in zip(shares, lines, strict=True):
            assert abs(Fraction(points * amount, total) - share) < 1
