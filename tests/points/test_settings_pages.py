"""Rewards, rules, tiers and the programme: changed on pages, kept in a history."""

from decimal import Decimal

import pytest
from django.urls import reverse

from points.models import (
    EarningRule,
    Programme,
    Reward,
    RewardStock,
    RuleVersion,
    Store,
    Tier,
)
from tests.factories import (
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    make_tiers,
    redeem,
    set_programme,
)

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"points:{name}", args=args)


# Rewards --------------------------------------------------------------------


def reward_form(**changed):
    return {
        "name": "Tea",
        "name_zh_hant": "茶",
        "description": "A hot drink.",
        "description_zh_hant": "熱飲一杯。",
        "kind": "product",
        "cost_points": "100",
        "pieces": "5",
        "is_active": "on",
    } | changed


def test_a_reward_is_added_with_stock(marketer):
    answer = marketer.post(url("reward-add"), reward_form())
    reward = Reward.objects.get()
    assert answer.url == reward.get_absolute_url()
    assert (reward.name_zh_hant, reward.stock.pieces) == ("茶", 5)
    assert reward.description_zh_hant == "熱飲一杯。"
    assert "Tea" in marketer.get(url("reward-list")).content.decode()


def test_names_are_shown_in_the_language_of_the_page(marketer):
    marketer.post(url("reward-add"), reward_form())
    for language, shown in (("zh-hant", "茶"), ("zh-hans", "茶"), ("en", "Tea")):
        answer = marketer.get(url("reward-list"), headers={"Accept-Language": language})
        assert f">{shown}</a>" in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"cost_points": "0"}, "cost_points"),
        ({"cost_points": "-5"}, "cost_points"),
        ({"cost_points": "1.5"}, "cost_points"),
        ({"pieces": "-1"}, "pieces"),
        ({"kind": "car"}, "kind"),
        (
            {"starts_at": "2026-06-02T00:00", "ends_at": "2026-06-01T00:00"},
            "ends_at",
        ),
        ({"name": "Taken"}, "name"),
    ],
)
def test_a_wrong_reward_is_answered_and_not_kept(marketer, changed, field):
    Reward.objects.create(name="Taken", cost_points=1)
    answer = marketer.post(url("reward-add"), reward_form(**changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Reward.objects.count() == 1


def test_pieces_redeemed_meanwhile_stay_redeemed(marketer):
    reward = make_reward(cost=30, pieces=5)
    redeem(make_member(balance=30), reward)
    sent = reward_form(name=reward.name, pieces="15", pieces_seen="5")
    marketer.post(url("reward-edit", reward.public_id), sent)
    assert RewardStock.objects.get().pieces == 14


def test_stock_that_is_gone_cannot_be_taken_away(marketer):
    reward = make_reward(cost=30, pieces=1)
    sent = reward_form(name=reward.name, pieces="0", pieces_seen="5")
    answer = marketer.post(url("reward-edit", reward.public_id), sent)
    assert (answer.status_code, RewardStock.objects.get().pieces) == (422, 1)
    reward.refresh_from_db()
    assert reward.cost_points == 30


def test_an_empty_stock_means_no_limit(marketer):
    reward = make_reward(cost=30, pieces=5)
    sent = reward_form(name=reward.name, pieces="", pieces_seen="5")
    marketer.post(url("reward-edit", reward.public_id), sent)
    assert not RewardStock.objects.exists()


def test_the_history_of_a_reward_names_who_and_what(marketer):
    marketer.post(url("reward-add"), reward_form())
    reward = Reward.objects.get()
    marketer.post(url("reward-edit", reward.public_id), reward_form(cost_points="150"))
    text = marketer.get(reward.get_absolute_url()).content.decode()
    for shown in ("marketer", "Cost in points", "100", "150"):
        assert shown in text


# Rules ----------------------------------------------------------------------


def rule_form(**changed):
    return {
        "name": "Base",
        "points": "2",
        "amount": "10",
        "method": "step",
        "weekdays": list("0123456"),
    } | changed


def test_a_rule_is_added_from_its_kind(marketer):
    assert marketer.get(url("rule-add")).status_code == 200
    marketer.post(url("rule-add-kind", "per_amount"), rule_form())
    version = RuleVersion.objects.get()
    assert version.params == {"points": 2, "amount": "10", "method": "step"}
    text = marketer.get(url("rule-list")).content.decode()
    assert "2 points for every" in text


def test_a_change_is_a_new_version_and_the_old_one_stays(marketer):
    marketer.post(url("rule-add-kind", "per_amount"), rule_form())
    rule = EarningRule.objects.get()
    marketer.post(url("rule-edit", rule.pk), rule_form(points="3"))
    marketer.post(url("rule-edit", rule.pk), rule_form(points="3"))
    assert [each.params["points"] for each in rule.versions.all()] == [2, 3]
    text = marketer.get(rule.get_absolute_url()).content.decode()
    assert "2 points for every" in text
    assert "3 points for every" in text


ALL_CONDITIONS = {
    "at_least": "50.00",
    "weekdays": ["5", "6"],
    "hour_from": "22:00",
    "hour_until": "02:00",
    "stores": ["central"],
    "channels": ["web", "app"],
    "tiers": ["gold"],
    "first_purchase": "on",
}


def test_conditions_are_kept_said_and_shown_again(marketer):
    Store.objects.create(code="central", name="Central")
    make_tiers(gold=100)
    marketer.post(url("rule-add-kind", "fixed"), rule_form(**ALL_CONDITIONS))
    version = RuleVersion.objects.get()
    assert version.params == {"points": 2}
    assert version.conditions == {
        "minimum": "50.00",
        "weekdays": [5, 6],
        "hours": ["22:00", "02:00"],
        "stores": ["central"],
        "channels": ["app", "web"],
        "tiers": ["gold"],
        "first_purchase": True,
    }
    text = marketer.get(version.rule.get_absolute_url()).content.decode()
    for said in (
        "2 points more for a purchase.",
        "On purchases of USD 50.00 or more.",
        "Only on Saturday or Sunday.",
        "Only from 22:00 to 02:00.",
        "Only at Central.",
        "Only through: App or Web shop.",
        "Only for Gold.",
        "Only on the first purchase of a member.",
    ):
        assert said in text
    form = marketer.get(url("rule-edit", version.rule_id)).context["form"]
    assert form.initial["weekdays"] == [5, 6]
    marketer.post(url("rule-edit", version.rule_id), rule_form(**ALL_CONDITIONS))
    assert RuleVersion.objects.count() == 1


def test_the_form_of_a_new_version_shows_the_old_one(marketer):
    version = make_rule(points=7)
    form = marketer.get(url("rule-edit", version.rule_id)).context["form"]
    assert form.initial["points"] == 7


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"points": "0"}, "points"),
        ({"amount": "0"}, "amount"),
        ({"amount": "x"}, "amount"),
        ({"method": "guess"}, "method"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["7"]}, "weekdays"),
        ({"hour_from": "17:00"}, "hour_until"),
        ({"hour_from": "17:00", "hour_until": "17:00"}, "hour_until"),
        ({"hour_from": "25:00", "hour_until": "17:00"}, "hour_from"),
        ({"channels": ["fax"]}, "channels"),
        ({"at_least": "-1"}, "at_least"),
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
        (
            {"starts_at": "2026-06-02T00:00", "ends_at": "2026-06-02T00:00"},
            "ends_at",
        ),
    ],
)
def test_a_wrong_rule_is_answered_and_not_kept(marketer, changed, field):
    EarningRule.objects.create(name="Taken", kind="per_amount")
    answer = marketer.post(url("rule-add-kind", "per_amount"), rule_form(**changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert RuleVersion.objects.count() == 0
    assert EarningRule.objects.count() == 1


def test_a_rule_is_paused_and_works_again(marketer):
    rule = make_rule().rule
    for answer, is_active in (("no", False), ("no", False), ("yes", True)):
        marketer.post(url("rule-switch", rule.pk), {"is_active": answer})
        rule.refresh_from_db()
        assert rule.is_active is is_active


def test_a_paused_rule_earns_nothing(marketer):
    rule, member = make_rule().rule, make_member()
    marketer.post(url("rule-switch", rule.pk), {"is_active": "no"})
    assert make_purchase(member).points == 0


# Tiers ----------------------------------------------------------------------


def tier_form(**changed):
    return {"name": "金卡", "threshold": "500", "multiplier": "1.5"} | changed


def test_a_tier_is_added_even_with_a_chinese_name(marketer):
    marketer.post(url("tier-add"), tier_form())
    tier = Tier.objects.get()
    assert (tier.slug, tier.multiplier) == ("tier-500", Decimal("1.5"))
    assert "金卡" in marketer.get(url("tier-list")).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"threshold": "100"}, "threshold"),
        ({"threshold": "-1"}, "threshold"),
        ({"multiplier": "0.5"}, "multiplier"),
        ({"name": "Silver"}, "name"),
    ],
)
def test_a_wrong_tier_is_answered_and_not_kept(marketer, changed, field):
    make_tiers(silver=100)
    answer = marketer.post(url("tier-add"), tier_form(**changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Tier.objects.count() == 1


def test_a_changed_tier_keeps_its_short_name_and_history(marketer):
    tier = make_tiers(silver=100)["silver"]
    marketer.post(url("tier-edit", tier.slug), tier_form(name="Argent"))
    tier.refresh_from_db()
    assert (tier.slug, tier.name, tier.threshold) == ("silver", "Argent", 500)
    page = marketer.get(url("tier-edit", tier.slug)).content.decode()
    assert "marketer" in page


def test_the_ladder_counts_members(marketer):
    tiers = make_tiers(silver=0, gold=500)
    for _each in range(3):
        account = make_member().account
        account.tier = tiers["silver"]
        account.save()
    rungs = marketer.get(url("tier-list")).context["rungs"]
    assert [(rung.tier.slug, rung.members) for rung in rungs] == [
        ("gold", 0),
        ("silver", 3),
    ]


# Programme ------------------------------------------------------------------


def programme_form(**changed):
    return {
        "name": "Perennial Market",
        "time_zone": "Asia/Hong_Kong",
        "currency": "hkd",
        "rounding": "floor",
        "pending_days": "0",
        "multiplier_combination": "product",
        "refund_policy": "own_lot",
        "transfer_expiry": "fresh",
        "household_limit": "4",
        "household_leaving": "stay",
        "backdating_days": "30",
        "group_policy": "best_for_member",
        "refund_returns": "pro_rata",
        "return_grace_days": "30",
        "pending_release": "at_once",
        "cap_overflow": "trim",
    } | changed


def test_the_programme_is_changed_with_a_history(admin):
    answer = admin.post(url("programme-edit"), programme_form())
    programme = Programme.objects.get()
    assert answer.status_code == 302
    assert (programme.currency, programme.rounding) == ("HKD", "floor")
    assert programme.transfer_expiry == "fresh"
    assert (programme.household_limit, programme.household_leaving) == (4, "stay")
    text = admin.get(url("programme-edit")).content.decode()
    assert "Perennial Market" in text
    assert ">admin<" in text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"currency": "XXZ"}, "currency"),
        ({"pending_days": "367"}, "pending_days"),
        ({"rounding": "up"}, "rounding"),
        ({"backdating_days": "-1"}, "backdating_days"),
        ({"name": ""}, "name"),
    ],
)
def test_wrong_settings_are_answered_and_not_kept(admin, changed, field):
    before = Programme.objects.values().get()
    answer = admin.post(url("programme-edit"), programme_form(**changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Programme.objects.values().get() == before


def test_the_currency_stays_once_there_are_purchases(admin):
    set_programme(currency="USD")
    make_purchase(make_member())
    answer = admin.post(url("programme-edit"), programme_form())
    assert answer.status_code == 422
    assert Programme.objects.get().currency == "USD"


# Who and how ------------------------------------------------------------------


def addresses():
    rule, reward, tier = make_rule().rule, make_reward(), make_tiers(gold=9)["gold"]
    reading = {
        "reward-list": [],
        "reward-detail": [reward.public_id],
        "rule-list": [],
        "rule-detail": [rule.pk],
        "tier-list": [],
    }
    changing = {
        "reward-add": [],
        "reward-edit": [reward.public_id],
        "rule-add": [],
        "rule-add-kind": ["per_amount"],
        "rule-edit": [rule.pk],
        "tier-add": [],
        "tier-edit": [tier.slug],
    }
    return reading, changing


@pytest.mark.parametrize("role", ["marketer", "manager", "auditor", "admin"])
def test_who_reads_and_who_changes(request, role):
    client = request.getfixturevalue(role)
    reading, changing = addresses()
    changes = 200 if role in {"marketer", "admin"} else 403
    for name, args in reading.items():
        assert client.get(url(name, *args)).status_code == 200
        assert client.post(url(name, *args)).status_code == 405
    for name, args in changing.items():
        assert client.get(url(name, *args)).status_code == changes


@pytest.mark.parametrize("role", ["clerk", "agent"])
def test_the_counter_reads_the_catalogue_only(request, role):
    client = request.getfixturevalue(role)
    assert client.get(url("reward-list")).status_code == 200
    assert client.get(url("reward-add")).status_code == 403
    assert client.get(url("rule-list")).status_code == 403
    assert client.get(url("tier-list")).status_code == 403


@pytest.mark.parametrize("role", ["clerk", "agent", "marketer", "manager", "auditor"])
def test_only_administrators_set_the_programme(request, role):
    client = request.getfixturevalue(role)
    assert client.get(url("programme-edit")).status_code == 403
    assert client.post(url("programme-edit"), programme_form()).status_code == 403
    assert Programme.objects.get().name != "Perennial Market"


def test_lesser_roles_change_nothing(manager):
    _reading, changing = addresses()
    before = (Reward.objects.values().get(), RuleVersion.objects.count())
    changing.pop("rule-add")
    for name, args in changing.items():
        assert manager.post(url(name, *args), reward_form()).status_code == 403
    rule = EarningRule.objects.get()
    answer = manager.post(url("rule-switch", rule.pk), {"is_active": "no"})
    rule.refresh_from_db()
    assert (answer.status_code, rule.is_active) == (403, True)
    assert (Reward.objects.values().get(), RuleVersion.objects.count()) == before


def test_visitors_sign_in_first(visitor):
    reading, changing = addresses()
    for name, args in (reading | changing).items():
        assert visitor.get(url(name, *args)).url.startswith("/accounts/login/")


def test_what_is_not_there_is_missing(admin):
    gone = "01a201b2-7117-7b28-9d57-794a2a440139"
    for name, key in {
        "reward-detail": gone,
        "reward-edit": gone,
        "rule-detail": 99999,
        "rule-edit": 99999,
        "rule-add-kind": "nonsense",
        "tier-edit": "nonsense",
    }.items():
        assert admin.get(url(name, key)).status_code == 404


def test_a_rule_is_not_switched_by_a_link(marketer):
    rule = make_rule().rule
    assert marketer.get(url("rule-switch", rule.pk)).status_code == 405


@pytest.mark.parametrize("name", ["reward-list", "rule-list", "tier-list"])
@pytest.mark.parametrize("n", [1, 20])
def test_queries_do_not_grow(marketer, n, name, django_assert_max_num_queries):
    for each in range(n):
        make_reward(pieces=each)
        make_rule()
        make_tiers(**{f"tier-{each}": each})
    with django_assert_max_num_queries(13):
        marketer.get(url(name))
