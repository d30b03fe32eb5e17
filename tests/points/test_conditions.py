"""Conditions of rules: tables of what holds, and what the trace says where not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from points.errors.posting import ParametersRefused
from points.models import Entry, Purchase
from points.rules.base import EarningEvent
from points.rules.conditions import ASKED, CONDITIONS
from points.rules.conditions.base import Setting, Words
from points.rules.conditions.when import Hours
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.services.purchases import post_purchases
from points.services.rules import save_rule
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
    new_purchase,
    set_programme,
)
from tests.points.books import differences, everything

HONG_KONG = Setting(minor_units=100, zone=ZoneInfo("Asia/Hong_Kong"))
WORDS = Words(
    "HKD",
    stores={"c": "Central"},
    tiers={"gold": "Gold"},
    segments={"s": "Tea", "t": "Rice"},
)


def local(text):
    """An instant of Hong Kong, in UTC as it is stored."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def holds(slug, value, **facts):
    event = EarningEvent(**({"amount_minor": 1000, "occurred_at": NOON} | facts))
    return CONDITIONS[slug].prepare(value, HONG_KONG)(event)


@pytest.mark.parametrize(
    ("slug", "value", "facts", "answer"),
    [
        ("minimum", "50", {"amount_minor": 4999}, False),
        ("minimum", "50", {"amount_minor": 5000}, True),
        ("minimum", "0.005", {"amount_minor": 0}, False),
        # A Monday in Hong Kong that is still Sunday in UTC.
        ("weekdays", [0], {"occurred_at": local("2026-06-15T00:00")}, True),
        ("weekdays", [6], {"occurred_at": local("2026-06-15T00:00")}, False),
        ("weekdays", [6], {"occurred_at": local("2026-06-14T23:59")}, True),
        ("weekdays", [], {}, False),
        (
            "hours",
            ["17:00", "20:00"],
            {"occurred_at": local("2026-06-15T16:59")},
            False,
        ),
        ("hours", ["17:00", "20:00"], {"occurred_at": local("2026-06-15T17:00")}, True),
        (
            "hours",
            ["17:00", "20:00"],
            {"occurred_at": local("2026-06-15T20:00")},
            False,
        ),
        ("hours", ["22:00", "02:00"], {"occurred_at": local("2026-06-15T23:30")}, True),
        ("hours", ["22:00", "02:00"], {"occurred_at": local("2026-06-15T01:59")}, True),
        (
            "hours",
            ["22:00", "02:00"],
            {"occurred_at": local("2026-06-15T02:00")},
            False,
        ),
        ("stores", ["c", "k"], {"store": "k"}, True),
        ("stores", ["c"], {"store": "k"}, False),
        ("stores", ["c"], {"store": ""}, False),
        ("channels", ["web"], {"channel": "web"}, True),
        ("channels", ["web"], {"channel": ""}, False),
        ("tiers", ["gold"], {"tier": "gold"}, True),
        ("tiers", ["gold"], {"tier": ""}, False),
        ("segments", {"in": ["s", "t"]}, {"segments": {"t", "u"}}, True),
        ("segments", {"in": ["s"]}, {"segments": {"t"}}, False),
        ("segments", {"in": ["s"]}, {}, False),
        ("segments", {"out": ["s"]}, {}, True),
        ("segments", {"out": ["s"]}, {"segments": {"s", "t"}}, False),
        ("segments", {"in": ["t"], "out": ["s"]}, {"segments": {"t"}}, True),
        ("segments", {"in": ["t"], "out": ["s"]}, {"segments": {"s", "t"}}, False),
        ("first_purchase", True, {"is_first": True}, True),
        ("first_purchase", True, {"is_first": False}, False),
        ("payment", ["Visa"], {"payment": "visa"}, True),
        ("payment", ["visa"], {"payment": ""}, False),
        ("codes", ["SPRING", "tea"], {"codes": ["x", "Tea"]}, True),
        ("codes", ["SPRING"], {"codes": ["SPRIN"]}, False),
        ("codes", ["SPRING"], {}, False),
    ],
)
def test_what_holds(slug, value, facts, answer):
    assert holds(slug, value, **facts) is answer


def test_an_hour_that_comes_twice_counts_twice_when_the_clocks_go_back():
    berlin = Setting(100, ZoneInfo("Europe/Berlin"))
    check = Hours().prepare(["02:00", "03:00"], berlin)
    for hour in (0, 1):  # 02:30 local, in summer and then in winter time
        at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert check(EarningEvent(100, at))
    assert not check(EarningEvent(100, datetime(2026, 10, 25, 2, 30, tzinfo=UTC)))


@pytest.mark.parametrize("slug", ASKED)
def test_what_is_read_back_is_what_was_written(slug):
    condition = ASKED[slug]
    values = {
        "minimum": "50.00",
        "weekdays": [1, 4],
        "hours": ["22:00", "02:00"],
        "stores": ["c"],
        "channels": ["app", "web"],
        "tiers": ["gold"],
        "segments": {"in": ["s"], "out": ["t"]},
        "first_purchase": True,
        "payment": ["octopus", "visa"],
        "codes": ["SPRING"],
        "birthday": {"before": 3, "after": 0},
        "sku": {"in": ["1"], "out": ["2", "3"]},
        "category": {"in": ["tea"]},
        "brand": {"out": ["x"]},
        "label": {"in": ["new"]},
    }
    fields = condition.fields(WORDS)
    initial = condition.initial(values[slug])
    assert set(initial) == set(fields)
    data = {name: fields[name].clean(value) for name, value in initial.items()}
    assert condition.read(data) == values[slug]
    assert condition.describe(values[slug], WORDS).endswith(".")


@pytest.mark.parametrize("slug", ASKED)
def test_an_empty_form_asks_nothing(slug):
    condition = ASKED[slug]
    data = {
        name: field.clean(field.initial)
        for name, field in condition.fields(WORDS).items()
    }
    assert condition.read(data) is None


def test_one_time_alone_is_refused():
    with pytest.raises(ValidationError):
        Hours().read({"hour_from": None, "hour_until": datetime.min.time()})


# With the engine ----------------------------------------------------------------

pytest_db = pytest.mark.django_db


@pytest_db
def test_the_trace_names_the_condition_that_failed():
    make_rule()
    set_programme(time_zone="Asia/Hong_Kong")
    make_rule(kind="fixed", points=50, conditions={"weekdays": [5, 6], "stores": ["c"]})
    make_purchase(make_member(), amount_minor=1000)
    entry = Entry.objects.get()
    assert [step[1] for step in entry.trace["steps"]] == ["base", "weekdays"]
    assert entry.points == 10
    [_base, bonus] = explain(entry.trace).steps
    assert bonus.reason == "it was another day of the week"
    assert "Only on Saturday or Sunday." in bonus.sentence


@pytest_db
def test_a_bonus_is_not_multiplied_and_counts_toward_no_tier():
    make_rule()
    make_rule(kind="multiplier", factor="2")
    make_rule(kind="multiplier", factor="3")
    make_rule(kind="fixed", points=7)
    make_purchase(make_member(), amount_minor=1000)
    entry = Entry.objects.get()
    assert (entry.points, entry.qualifying) == (47, 10)
    assert explain(entry.trace).together == "4"
    assert differences() == []


@pytest_db
def test_a_rule_for_a_tier_asks_for_the_tier_of_that_day():
    make_rule(points=1, conditions={"tiers": ["gold"]})
    gold = make_tiers(gold=100)["gold"]
    member = make_member()
    member.account.tier, member.account.tier_since = gold, NOON
    member.account.save()
    make_purchase(member, amount_minor=1000)
    make_purchase(member, amount_minor=1000, at=NOON - timedelta(days=1))
    points = Entry.objects.order_by("occurred_at").values_list("points", flat=True)
    assert list(points) == [0, 10]


@pytest_db
def test_the_first_purchase_is_the_first_by_its_own_time():
    make_rule(kind="fixed", points=100, conditions={"first_purchase": True})
    member = make_member()
    batch = [
        new_purchase(member, at=NOON - timedelta(days=days)) for days in (1, 3, 3, 2)
    ]
    posted = post_purchases(purchases=batch, at=NOON, actor=CLERK)
    assert [each.points for each in posted] == [0, 100, 0, 0]
    assert make_purchase(member).points == 0
    assert make_purchase(member, at=NOON - timedelta(days=4)).points == 100
    assert make_purchase(make_member()).points == 100


@pytest_db
def test_a_voided_purchase_was_no_first_one():
    make_rule(kind="fixed", points=100, conditions={"first_purchase": True})
    member = make_member()
    posted = make_purchase(member, at=NOON - timedelta(days=1))
    void_purchases(purchase_ids=[posted.purchase_id], reason="x", at=NOON, actor=CLERK)
    quoted = quote_purchase(purchase=new_purchase(member), at=NOON)
    assert quoted.points == make_purchase(member).points == 100
    assert quote_purchase(purchase=new_purchase(member), at=NOON).points == 0
    assert Purchase.objects.valid().count() == 1


@pytest_db
def test_an_unknown_condition_is_refused():
    before = everything()
    with pytest.raises(ParametersRefused):
        save_rule(
            name="x",
            kind="fixed",
            params={"points": 5},
            conditions={"moon": "full"},
            at=NOON,
            actor=CLERK,
        )
    assert everything() == before


@pytest_db
def test_an_invented_purchase_is_tried_and_nothing_is_written(marketer, auditor, clerk):
    make_rule()
    make_rule(kind="fixed", points=50, conditions={"tiers": ["gold"]})
    make_rule(kind="fixed", points=9, conditions={"first_purchase": True})
    make_tiers(gold=100)
    before = everything()
    asked = {"amount": "12.50", "occurred_at": "2026-06-15T12:00"}
    url = "/rules/try/"
    assert "Try it" in marketer.get(url).content.decode()

    def points(**more):
        answer = auditor.get(url, asked | more)
        assert answer.status_code == 200
        return answer.context["outcome"].points

    assert points() == 12
    assert points(tier="gold") == 62
    assert points(tier="gold", is_first="on") == 71
    for wrong in ("x", "0", "-5"):
        answer = marketer.get(url, asked | {"amount": wrong})
        assert answer.context["form"].errors["amount"]
    assert clerk.get(url, asked).status_code == 403
    assert everything() == before
