"""Which part of what was paid earns, and rounding rule by rule."""

from dataclasses import replace
from fractions import Fraction

import pytest

from points.errors.posting import PartDoesNotFit
from points.models import Entry, Purchase
from points.rules import RULE_KINDS
from points.rules.base import EarningEvent
from points.rules.basis import STANDARD, Basis, Parts
from points.rules.conditions.lines import LINE_CONDITIONS
from points.rules.lines import narrowed
from points.rules.pipeline import TierBenefit, evaluate
from points.rules.terms import Terms
from points.rules.versions import VersionInForce
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.services.purchase_types import MemberThen, NewLine, event_of
from tests.api.bodies import purchase as body
from tests.factories import (
    NOON,
    make_member,
    make_purchase,
    make_rule,
    new_purchase,
    set_programme,
)
from tests.points.books import differences, everything

TERMS = Terms(rounding="floor", combination="sum_of_extras")
PARTS = Parts(1000, 700, 300, 2000, 500)


@pytest.mark.parametrize(
    ("basis", "counted"),
    [
        (STANDARD, 10_000 - 500),
        (Basis(points_paid=True), 10_000),
        (Basis(discount=True), 10_000 + 1000 - 500),
        (Basis(tax=False), 10_000 - 700 - 500),
        (Basis(delivery=False), 10_000 - 300 - 500),
        (Basis(gift_card=False), 10_000 - 2000 - 500),
        (
            Basis(discount=True, tax=False, delivery=False, gift_card=False),
            10_000 + 1000 - 700 - 300 - 2000 - 500,
        ),
    ],
)
def test_what_part_earns(basis, counted):
    assert 10_000 + sum(basis.changes(PARTS).values()) == counted


def test_parts_that_are_not_known_change_nothing():
    nothing = Basis(discount=True, tax=False, delivery=False, gift_card=False)
    assert nothing.changes(Parts()) == {}
    assert STANDARD.changes(Parts(points_paid_minor=0, tax_minor=700)) == {}


@pytest.mark.django_db
def test_more_taken_off_than_paid_leaves_nothing():
    parts = {"points_paid_minor": 1000, "gift_card_minor": 1000}
    purchase = new_purchase(make_member(), amount_minor=1000, **parts)
    event = event_of(purchase, MemberThen(), Basis(gift_card=False))
    assert event.amount_minor == 0


def test_what_does_not_earn_is_spread_over_the_lines():
    lines = (NewLine(3000, category="tea"), NewLine(7000))
    changes = {"points_paid": -1001}
    event = EarningEvent(8999, NOON, lines=lines, changes=changes)
    tea = LINE_CONDITIONS["category"].prepare({"in": ["tea"]})
    found = narrowed(event, tea)
    assert found is not None
    part, chosen = found
    assert (part.amount_minor, chosen) == (2699, [0])


def version(number, kind, **params):
    made = RULE_KINDS[kind]
    dates = dict.fromkeys(("starts_at", "ends_at", "since", "until"))
    ask = made.prepare(params, 100)
    return VersionInForce(id=number, stage=made.stage, ask=ask, **dates)


@pytest.mark.parametrize(
    ("rounding", "each", "points"),
    [
        # 1.5 and 1.5, times 3/2: 4.5 at once; 1 + 1 or 2 + 2 rule by rule.
        ("floor", False, 4),
        ("floor", True, 3),
        ("half_up", False, 5),
        ("half_up", True, 6),
        ("half_even", False, 4),
        ("half_even", True, 6),
        ("ceil", False, 5),
        ("ceil", True, 6),
    ],
)
def test_rounding_once_or_rule_by_rule(rounding, each, points):
    half = {"points": 1, "amount": "10", "method": "proportional"}
    versions = [version(n, "per_amount", **half) for n in (1, 2)]
    terms = replace(TERMS, rounding=rounding, rounds_each_rule=each)
    tier = TierBenefit("gold", Fraction(3, 2))
    outcome = evaluate(
        EarningEvent(1500, NOON), versions=versions, tier=tier, terms=terms
    )
    assert outcome.points == points


# With the engine ----------------------------------------------------------------


@pytest.mark.django_db
def test_the_part_paid_with_points_does_not_earn_and_the_explanation_says_so():
    make_rule()
    make_purchase(
        make_member(), amount_minor=10_000, points_paid_minor=500, tax_minor=700
    )
    entry, kept = Entry.objects.get(), Purchase.objects.get()
    assert entry.points == 95
    assert (kept.amount_minor, kept.points_paid_minor, kept.tax_minor) == (
        10_000,
        500,
        700,
    )
    assert kept.gift_card_minor is None
    assert entry.trace["amount"] == 9_500
    assert entry.trace["changes"] == {"points_paid": -500}
    said = explain(entry.trace)
    assert (said.paid, said.counted) == ("US$100.00", "US$95.00")
    assert [label for label, _amount in said.changes] == [
        "The part paid with points does not count"
    ]
    assert differences() == []


@pytest.mark.django_db
def test_the_programme_decides_what_earns():
    make_rule()
    set_programme(earns_on_tax=False, earns_on_points_paid=True, earns_on_discount=True)
    parts = {"points_paid_minor": 500, "tax_minor": 700, "discount_minor": 1000}
    asked = new_purchase(make_member(), amount_minor=10_000, **parts)
    assert quote_purchase(purchase=asked, at=NOON).points == 103
    plain = new_purchase(make_member(), amount_minor=10_000)
    assert quote_purchase(purchase=plain, at=NOON).points == 100


@pytest.mark.django_db
@pytest.mark.parametrize(
    "parts",
    [{"tax_minor": -1}, {"points_paid_minor": 1001}, {"discount_minor": -5}],
)
def test_parts_that_cannot_be_are_refused(parts):
    make_rule()
    member = make_member()
    before = everything()
    with pytest.raises(PartDoesNotFit):
        make_purchase(member, amount_minor=1000, **parts)
    assert everything() == before


@pytest.mark.django_db
def test_a_till_tells_the_parts(till):
    member = make_member()
    sent = body(member, points_paid="28.50", tax="0.00", discount="500")
    assert till.post("/purchases", sent).json()["points"] == 100
    refused = body(member, source_id="other", gift_card="-1")
    answer = till.post("/purchases", refused).json()
    assert (answer["code"], answer["field"]) == ("part_does_not_fit", "gift_card")
    assert Purchase.objects.get().points_paid_minor == 2850
