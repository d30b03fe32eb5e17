"""Tiers and their terms on pages: what is kept, what is refused."""

import pytest
from django.urls import reverse

from points.models import Account, Tier, TierTerms
from points.services.refunds import RefundWish, refund_purchase
from points.services.tiers import recompute_touched_tiers
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_tiers,
    set_programme,
)
from tests.points.books import differences

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"points:{name}", args=args)


def terms_form(**changed):
    return {
        "window": "year",
        "window_length": "12",
        "start_month": "4",
        "upgrade": "at_once",
        "valid_periods": "1",
        "downgrade": "one_step",
        "grace_days": "31",
    } | changed


def test_terms_are_changed_with_a_history(marketer):
    make_tiers(silver=100)
    marketer.post(url("tier-terms"), terms_form())
    terms = TierTerms.objects.get()
    assert (terms.window, terms.start_month, terms.grace_days) == ("year", 4, 31)
    assert "marketer" in marketer.get(url("tier-terms")).content.decode()
    shown = marketer.get(url("tier-list")).content.decode()
    assert "collected in this year" in shown
    assert "31 days of grace" in shown


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"window": "rolling_months"}, "valid_periods"),
        (
            {"window": "lifetime", "valid_periods": "0", "grace_days": "0"},
            "downgrade",
        ),
        ({"upgrade": "next_period", "valid_periods": "0"}, "valid_periods"),
        ({"start_month": "13"}, "start_month"),
        ({"window": "eternity"}, "window"),
    ],
)
def test_terms_that_do_not_go_together_change_nothing(marketer, changed, field):
    answer = marketer.post(url("tier-terms"), terms_form(**changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert TierTerms.objects.get().window == "rolling_months"


def test_a_tier_for_life_keeps_the_window_from_rolling(marketer):
    TierTerms.objects.update(window="year")
    made = {"name": "Gold", "threshold": "5", "multiplier": "1", "is_for_life": "on"}
    marketer.post(url("tier-add"), made)
    answer = marketer.post(
        url("tier-terms"),
        terms_form(
            window="rolling_days", valid_periods="0", grace_days="0", downgrade="full"
        ),
    )
    assert "window" in answer.context["form"].errors
    assert TierTerms.objects.get().window == "year"


@pytest.mark.parametrize("role", ["agent", "auditor", "manager"])
def test_other_roles_do_not_change_terms(request, role):
    client = request.getfixturevalue(role)
    assert client.post(url("tier-terms"), terms_form()).status_code == 403
    assert TierTerms.objects.get().window == "rolling_months"


def test_a_multiplier_is_shown_as_people_write_it(marketer):
    make_tiers(gold=100)
    Tier.objects.update(multiplier="1.500")
    page = marketer.get(url("tier-edit", "gold")).content.decode()
    assert 'value="1.5"' in page
    assert "1.500" not in page


def test_a_tier_may_ask_for_money_and_visits(marketer):
    set_programme(currency="HKD")
    make_tiers(silver=100)
    Tier.objects.update(spend_minor=50_000)
    asked = {"threshold": "", "spend": "1,234.50", "visits": "6", "needs": "any"}
    marketer.post(url("tier-add"), {"name": "Gold", "multiplier": "2"} | asked)
    gold = Tier.objects.get(name="Gold")
    assert gold.criteria == {"spend_minor": 123_450, "visits": 6}
    assert (gold.rank, gold.needs) == (2, "any")
    shown = marketer.get(url("tier-list")).content.decode()
    assert "HK$1,234.50 of purchases or 6 days with a purchase" in shown


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "threshold"),
        ({"spend": "1.234,50"}, "spend"),
        ({"spend": "-1"}, "spend"),
        ({"threshold": "200", "visits": "2"}, "visits"),
    ],
)
def test_a_tier_that_cannot_be_placed_is_not_kept(marketer, asked, field):
    make_tiers(silver=100)
    Tier.objects.update(visits=3)
    answer = marketer.post(url("tier-add"), {"name": "Gold", "multiplier": "2"} | asked)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Tier.objects.count() == 1


def test_spend_counts_without_points_and_falls_with_refunds_and_voids():
    Tier.objects.create(slug="gold", name="Gold", spend_minor=5_000, visits=2)
    member = make_member()
    day_before = NOON.replace(day=14)
    first = make_purchase(member, amount_minor=3_000, at=day_before)
    second = make_purchase(member, amount_minor=2_000)
    assert tier_after_a_while(member) == "gold"

    refund = RefundWish("till", "b-1", NOON, 1)
    purchase = member.purchases.get(pk=first.purchase_id)
    refund_purchase(purchase=purchase, wish=refund, at=NOON, actor=CLERK)
    assert tier_after_a_while(member) is None

    make_purchase(member, amount_minor=1)
    assert tier_after_a_while(member) == "gold"
    void_purchases(purchase_ids=[second.purchase_id], reason="", at=NOON, actor=CLERK)
    assert tier_after_a_while(member) is None
    assert differences() == []


def tier_after_a_while(member):
    recompute_touched_tiers(at=NOON)
    tier = Account.objects.get(pk=member.pk).tier
    return tier.slug if tier else None
