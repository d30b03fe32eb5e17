"""Rules about lines: what each line earns, and what of it the books keep."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, strategies as st

from points.models import Entry, Purchase, PurchaseLine
from points.rules import RULE_KINDS
from points.rules.base import EarningEvent
from points.rules.conditions.lines import LINE_CONDITIONS, all_of
from points.rules.lines import shares_of
from points.rules.pipeline import TierBenefit, evaluate
from points.rules.terms import Terms
from points.rules.versions import VersionInForce
from points.selectors.traces import explain
from points.services.purchase_types import NewLine
from points.services.purchases import post_purchases
from points.sql import PREPARED_ROWS
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    new_purchase,
)
from tests.points.books import differences

TERMS = Terms(rounding="floor", combination="sum_of_extras")
STEP = {"points": 1, "amount": "10", "method": "step"}
EACH = {"points": 1, "amount": "1", "method": "proportional"}
TEA = NewLine(2500, Decimal(2), sku="t1", category="Tea", brand="lu", labels=("new",))
RICE = NewLine(3000, Decimal("1.5"), sku="r1", category="rice")
OFF = NewLine(-500, Decimal(1), name="discount")


@dataclass
class Rule:
    """A rule in short."""

    kind: str
    params: dict
    lines: dict | None = None

    def compiled(self, number):
        kind = RULE_KINDS[self.kind]
        checks = [
            LINE_CONDITIONS[slug].prepare(value)
            for slug, value in (self.lines or {}).items()
        ]
        dates = dict.fromkeys(("starts_at", "ends_at", "since", "until"))
        return VersionInForce(
            id=number,
            stage=kind.stage,
            ask=kind.prepare(self.params, 100),
            lines=all_of(checks),
            by_pieces=kind.by_pieces,
            **dates,
        )


def outcome_of(rules, lines, *, tier=None, units=None, amount=None, terms=TERMS):
    total = sum(line.amount_minor for line in lines) if amount is None else amount
    event = EarningEvent(total, NOON, lines=tuple(lines), units=units)
    versions = [rule.compiled(n) for n, rule in enumerate(rules, start=1)]
    return evaluate(event, versions=versions, tier=tier, terms=terms)


@pytest.mark.parametrize(
    ("slug", "value", "answers"),
    [
        ("sku", {"in": ["T1"]}, [True, False, False]),
        ("sku", {"out": ["t1"]}, [False, True, True]),
        ("category", {"in": ["tea", "RICE"]}, [True, True, False]),
        ("category", {"in": ["tea", "rice"], "out": ["rice"]}, [True, False, False]),
        ("brand", {"in": ["lu"]}, [True, False, False]),
        ("brand", {"out": ["lu"]}, [False, True, True]),
        ("label", {"in": ["NEW", "x"]}, [True, False, False]),
        ("label", {"out": ["new"]}, [False, True, True]),
    ],
)
def test_which_lines_are_meant(slug, value, answers):
    check = LINE_CONDITIONS[slug].prepare(value)
    assert [check(line) for line in (TEA, RICE, OFF)] == answers


TEA_ONLY, NO_TEA = {"category": {"in": ["tea"]}}, {"category": {"out": ["tea"]}}


@pytest.mark.parametrize(
    ("rules", "lines", "points", "shares"),
    [
        # The step is taken over the lines that are meant, not line by line.
        ([Rule("per_amount", STEP, TEA_ONLY)], [TEA, RICE], 2, [2, 0]),
        ([Rule("per_amount", STEP, TEA_ONLY)], [TEA, TEA, RICE], 5, [3, 2, 0]),
        ([Rule("per_amount", STEP, NO_TEA)], [TEA, RICE], 3, [0, 3]),
        # A discount without a category lowers what is not tea.
        ([Rule("per_amount", STEP, NO_TEA)], [TEA, RICE, OFF], 2, [0, 2, 0]),
        ([Rule("per_amount", STEP, TEA_ONLY)], [RICE], 0, [0]),
        ([Rule("per_piece", {"points": 5})], [TEA, RICE], 17, [10, 7]),
        ([Rule("per_piece", {"points": 5}, TEA_ONLY)], [TEA, RICE], 10, [10, 0]),
        # A free piece earns too.
        ([Rule("per_piece", {"points": 5})], [TEA._replace(amount_minor=0)], 10, [10]),
        # x2 on tea doubles what tea earned of the base of everything: 55 / 10 = 5.
        (
            [Rule("per_amount", STEP), Rule("multiplier", {"factor": "2"}, TEA_ONLY)],
            [TEA, RICE],
            7,
            [4, 3],
        ),
        (
            [
                Rule("per_amount", EACH),
                Rule("multiplier", {"factor": "2"}, TEA_ONLY),
                Rule("multiplier", {"factor": "3"}),
                Rule("fixed", {"points": 7}, NO_TEA),
            ],
            [TEA, RICE],
            25 * 4 + 30 * 3 + 7,
            [100, 97],
        ),
    ],
)
def test_what_lines_earn(rules, lines, points, shares):
    outcome = outcome_of(rules, lines)
    assert (outcome.points, list(outcome.line_points)) == (points, shares)


def test_the_minimum_of_a_multiplier_for_lines_is_that_of_the_lines():
    factor = Rule("multiplier", {"factor": "2", "minimum": "25.01"}, TEA_ONLY)
    outcome = outcome_of([Rule("per_amount", STEP), factor], [TEA, RICE])
    assert [step[1] for step in outcome.trace["steps"]] == ["base", "not_met"]


def test_a_purchase_without_lines_is_one_line_of_which_nothing_is_known():
    rules = [
        Rule("per_amount", STEP, TEA_ONLY),
        Rule("per_amount", STEP, NO_TEA),
        Rule("per_piece", {"points": 5}),
    ]
    outcome = outcome_of(rules, [], amount=2500, units=Decimal(3))
    assert [step[1:] for step in outcome.trace["steps"]] == [
        ("lines", None),
        ("base", "2", {}),
        ("base", "15"),
    ]
    assert (outcome.points, outcome.line_points) == (17, ())
    assert outcome_of(rules[2:], [], amount=2500).points == 0


def test_text_that_is_in_and_out_is_refused():
    with pytest.raises(ValidationError):
        LINE_CONDITIONS["sku"].read({"sku_in": ["A"], "sku_out": ["a"]})


lines_of_tea_or_not = st.lists(
    st.builds(
        NewLine,
        st.integers(-500, 10**6),
        st.decimals(0, 99, places=3),
        category=st.sampled_from(["tea", "rice", ""]),
    ),
    min_size=1,
    max_size=8,
)
some_rules = st.lists(
    st.builds(
        Rule,
        st.just("per_amount"),
        st.sampled_from([STEP, EACH]),
        st.sampled_from([None, TEA_ONLY, NO_TEA]),
    )
    | st.builds(
        Rule,
        st.just("multiplier"),
        st.sampled_from([{"factor": "2"}, {"factor": "1.5"}]),
        st.sampled_from([None, TEA_ONLY]),
    )
    | st.builds(
        Rule,
        st.sampled_from(["fixed", "per_piece"]),
        st.just({"points": 3}),
        st.sampled_from([None, NO_TEA]),
    ),
    max_size=5,
)


@given(
    some_rules,
    lines_of_tea_or_not,
    st.sampled_from(["floor", "half_up", "ceil"]),
    st.sampled_from([None, TierBenefit("gold", Fraction(3, 2))]),
)
def test_points_of_lines_add_up_to_the_points_of_the_purchase(
    rules, lines, rounding, tier
):
    terms = Terms(rounding=rounding, combination="sum_of_extras")
    total = max(sum(line.amount_minor for line in lines), 0)
    outcome = outcome_of(rules, lines, tier=tier, amount=total, terms=terms)
    assert outcome.points >= 0
    assert sum(outcome.line_points) == outcome.points


@given(st.integers(0, 10**6), st.lists(st.fractions(0, 10**6), min_size=1, max_size=9))
def test_shares_stay_within_one_point_of_what_is_exact(points, weights):
    shares, total = shares_of(points, weights), sum(weights)
    assert sum(shares) == points
    if total:
        exact = [points * weight / total for weight in weights]
        assert all(abs(s - e) < 1 for s, e in zip(shares, exact, strict=True))


@pytest.mark.django_db
def test_the_books_keep_what_each_line_earned_and_what_is_said_of_it():
    make_rule(points=1)
    make_rule(kind="multiplier", factor="2", conditions=TEA_ONLY)
    make_rule(kind="fixed", points=9, conditions={"codes": ["spring"]})
    make_purchase(
        make_member(),
        amount_minor=5000,
        lines=(TEA, RICE, OFF),
        payment="visa",
        codes=("SPRING",),
    )
    entry = Entry.objects.get()
    kept = PurchaseLine.objects.order_by("position")
    assert entry.points == 50 + 25 + 9
    assert list(kept.values_list("points", "brand", "labels")) == [
        (55, "lu", ["new"]),
        (35, "", []),
        (-6, "", []),
    ]
    assert kept[0].purchase.payment == "visa"
    assert kept[0].purchase.codes == ["SPRING"]
    _base, factor, _bonus = explain(entry.trace).steps
    assert (factor.lines, factor.value) == ("1", "2")
    assert "Only for the categories: tea." in factor.sentence
    assert differences() == []


@pytest.mark.django_db
def test_many_purchases_are_copied_with_what_is_said_of_them():
    make_rule(kind="fixed", points=5, conditions={"codes": ["spring"]})
    member = make_member()
    lines = (NewLine(1000, labels=("new", "a,b")),)
    batch = [
        new_purchase(member, codes=("SPRING", 'x"y'), lines=lines)
        for _ in range(PREPARED_ROWS)
    ]
    posted = post_purchases(purchases=batch, at=NOON, actor=CLERK)
    assert {each.points for each in posted} == {5}
    assert Purchase.objects.filter(codes=["SPRING", 'x"y']).count() == PREPARED_ROWS
    assert PurchaseLine.objects.filter(labels=["new", "a,b"], points=5).count() == len(
        batch
    )
