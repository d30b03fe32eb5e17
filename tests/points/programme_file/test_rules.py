"""Rules in the programme's file: all that a version says goes out and in again."""

import json
from datetime import timedelta

import pytest

from points.services.programme_file import load_programme, written_programme
from points.services.rules import save_rule
from tests.factories import CLERK, NOON

pytestmark = pytest.mark.django_db


def load(document):
    return load_programme(document=document, at=NOON + timedelta(hours=1), actor=CLERK)


def test_what_a_rule_says_of_goods_codes_and_other_rules_goes_round():
    conditions = {"sku": {"in": ["a", "b"], "out": ["c"]}, "codes": ["SPRING"]}
    rule = save_rule(
        name="x",
        kind="fixed",
        params={"points": 5},
        conditions=conditions,
        group="g",
        priority=3,
        is_alone=True,
        at=NOON,
        actor=CLERK,
    ).rule
    document = json.loads(json.dumps(written_programme()))
    [item] = document["rules"]
    assert (item["sku_in"], item["group"], item["is_alone"]) == ("a, b", "g", True)

    assert not load(document).problems
    assert rule.versions.count() == 1
    item["points"] = 6
    assert not load(document).problems
    last = rule.versions.order_by("number").last()
    assert (last.number, last.params, last.conditions) == (2, {"points": 6}, conditions)
    assert (last.group, last.priority, last.is_alone, last.stops) == (
        "g",
        3,
        True,
        False,
    )
