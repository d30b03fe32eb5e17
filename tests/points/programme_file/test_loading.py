"""The programme's file: written by hand it behaves, and loading it again is nothing."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from django.core.management import CommandError, call_command

from points.models import EarningRule, Programme, Reward, RuleVersion, Store, Tier
from points.programme_file.errors import ProgrammeFileRefused
from points.programme_file.schema import programme_schema
from points.services.programme_file import (
    load_programme,
    read_programme,
    written_programme,
)
from tests.factories import CLERK, NOON, make_member, make_purchase, redeem
from tests.points.books import available, differences

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[3] / "docs"
EXAMPLE = DOCS / "examples" / "programme.json"


def load(document, **how):
    text = document if isinstance(document, str) else json.dumps(document)
    return load_programme(document=read_programme(text), at=NOON, actor=CLERK, **how)


def part(**sections):
    return {"format": "perennial-programme/1"} | sections


def rows():
    tables = (Programme, Store, Tier, EarningRule, RuleVersion, Reward)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def refused(document):
    before = rows()
    loaded = load(document)
    assert rows() == before
    assert not loaded.is_applied
    return {problem.where: problem.sentence for problem in loaded.problems}


BASE = {
    "name": "Base",
    "kind": "per_amount",
    "points": 1,
    "amount": "1",
    "method": "step",
}
GOLD = {"slug": "gold", "name": "Gold", "threshold": 100}


def test_the_published_schema_is_that_of_the_program():
    published = json.loads((DOCS / "programme.schema.json").read_text())
    assert published == json.loads(json.dumps(programme_schema())), (
        "manage.py programme schema > docs/programme.schema.json"
    )


def test_the_example_fits_the_schema():
    validator = jsonschema_rs.validator_for(json.loads(json.dumps(programme_schema())))
    assert list(validator.iter_errors(json.loads(EXAMPLE.read_text()))) == []


def test_a_programme_written_by_hand_behaves():
    assert load(EXAMPLE.read_text()).is_applied
    member = make_member()
    first = make_purchase(member, amount_minor=120_000, store="airport")
    # 120 complete tens, doubled at the airport, and the welcome.
    assert first.points == 120 * 2 + 50
    second = make_purchase(member, amount_minor=50_000, store="central")
    assert second.points == 50
    redeem(member, Reward.objects.get(name="Coffee"))
    assert available(member) == 260
    assert differences() == []


def test_what_was_exported_fits_the_schema_and_changes_nothing():
    load(EXAMPLE.read_text())
    written = json.loads(json.dumps(written_programme()))
    validator = jsonschema_rs.validator_for(json.loads(json.dumps(programme_schema())))
    assert [error.message for error in validator.iter_errors(written)] == []
    before = rows()
    again = load(written)
    assert (again.changes, again.problems, rows()) == ((), (), before)


def test_a_trial_writes_nothing_and_says_what_would_change():
    before = rows()
    trial = load(EXAMPLE.read_text(), is_trial=True)
    assert rows() == before
    changed = {(str(each.section), each.name): each.is_new for each in trial.changes}
    assert changed[("Tiers", "gold")] is True
    assert changed[("Programme", "")] is False


def test_only_what_the_file_names_changes():
    load(part(tiers=[GOLD | {"multiplier": "1.25"}], rules=[BASE]))
    load(part(tiers=[GOLD | {"threshold": 200}]))
    [gold] = Tier.objects.all()
    assert (gold.threshold, str(gold.multiplier)) == (200, "1.250")
    assert RuleVersion.objects.count() == 1


def test_a_changed_rule_gets_its_next_version_and_an_equal_one_none():
    for points in (1, 1, 2):
        load(part(rules=[BASE | {"points": points}]))
    versions = RuleVersion.objects.order_by("number")
    assert [each.params["points"] for each in versions] == [1, 2]


def test_a_rule_is_switched_off_by_the_file():
    load(part(rules=[BASE]))
    load(part(rules=[BASE | {"is_active": False}]))
    assert not EarningRule.objects.get().is_active


def test_changes_other_than_those_seen_are_not_made():
    document = part(tiers=[GOLD])
    seen = load(document, is_trial=True).digest
    load(part(tiers=[GOLD | {"threshold": 50}]))
    before = rows()
    assert not load(document, expected=seen).is_applied
    assert rows() == before
    seen = load(document, is_trial=True).digest
    assert load(document, expected=seen).is_applied


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (part(nonsense=[]), "nonsense"),
        (part(tiers={}), "tiers"),
        (part(settings=[]), "settings"),
        (part(tiers=["gold"]), "tiers, 1"),
        (part(tiers=[{"name": "Gold"}]), "tiers, 1"),
        (part(tiers=[GOLD, GOLD]), "tiers, gold"),
        (part(tiers=[GOLD | {"colour": "red"}]), "tiers, gold, colour"),
        (part(tiers=[GOLD | {"threshold": "many"}]), "tiers, gold, threshold"),
        (part(tiers=[GOLD | {"threshold": [1]}]), "tiers, gold, threshold"),
        (part(tiers=[GOLD | {"threshold": True}]), "tiers, gold, threshold"),
        (part(tiers=[GOLD | {"threshold": {}}]), "tiers, gold, threshold"),
        (part(tiers=[GOLD | {"name": None}]), "tiers, gold, name"),
        (part(settings={"time_zone": "Mars"}), "settings, time_zone"),
        (part(rules=[BASE | {"kind": "magic"}]), "rules, Base"),
        (part(rules=[BASE | {"kind": ["magic"]}]), "rules, Base"),
        (part(rules=[BASE | {"amount": "0"}]), "rules, Base, amount"),
        (part(rules=[BASE | {"points": -1}]), "rules, Base, points"),
        (part(rules=[BASE | {"stores": ["nowhere"]}]), "rules, Base, stores"),
        (
            part(rewards=[{"name": "Tea", "cost_points": 0}]),
            "rewards, Tea, cost_points",
        ),
        (part(rewards=[{"name": "Tea", "is_active": 1}]), "rewards, Tea, is_active"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(document, where):
    assert where in refused(document)


def test_one_wrong_item_keeps_the_right_ones_out():
    found = refused(part(tiers=[GOLD], rules=[BASE | {"points": 0}]))
    assert list(found) == ["rules, Base, points"]


def test_thresholds_of_the_same_file_are_held_against_each_other():
    found = refused(part(tiers=[GOLD, GOLD | {"slug": "silver", "name": "Silver"}]))
    assert list(found) == ["tiers, silver, threshold"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "NaN", '{"format": "x"}', "[" * 9999]
)
def test_what_is_no_programme_is_refused(text):
    with pytest.raises(ProgrammeFileRefused):
        read_programme(text)


def test_the_command_goes_round(tmp_path, capsys):
    call_command("programme", "import", str(EXAMPLE))
    file = tmp_path / "programme.json"
    call_command("programme", "export", str(file))
    call_command("programme", "import", str(file))
    assert capsys.readouterr().out.endswith("0 items changed.\n")


def test_the_command_names_problems_and_fails(tmp_path, capsys):
    file = tmp_path / "programme.json"
    file.write_text(json.dumps(part(tiers=[GOLD | {"threshold": -1}])))
    with pytest.raises(CommandError):
        call_command("programme", "import", str(file))
    assert "tiers, gold, threshold: " in capsys.readouterr().out
    assert not Tier.objects.exists()


# Pages -----------------------------------------------------------------------

URL = "/settings/programme/file/"


def upload(client, text, tmp_path):
    file = tmp_path / "p.json"
    file.write_text(text)
    with file.open("rb") as readable:
        return client.post(URL, {"file": readable})


def test_the_page_shows_changes_and_then_makes_them(admin, tmp_path):
    shown = upload(admin, EXAMPLE.read_text(), tmp_path)
    assert "Harbour Club" in shown.content.decode()
    assert not Tier.objects.exists()
    sent = shown.context["confirm"].initial
    assert admin.post(URL, sent).status_code == 302
    assert Tier.objects.count() == 2


def test_the_page_names_problems_in_the_readers_language(admin, tmp_path):
    admin.cookies["django_language"] = "zh-hans"
    text = json.dumps(part(tiers=[GOLD | {"threshold": "many"}]))
    shown = upload(admin, text, tmp_path).content.decode()
    assert "tiers, gold, threshold" in shown
    assert "输入整数" in shown


def test_a_file_that_is_no_json_is_refused_at_its_field(admin, tmp_path):
    answer = upload(admin, "{", tmp_path)
    assert "file" in answer.context["form"].errors


def test_the_download_is_the_programme(admin):
    answer = admin.get(f"{URL}export/")
    assert json.loads(answer.content) == json.loads(json.dumps(written_programme()))


@pytest.mark.parametrize("role", ["clerk", "marketer", "manager"])
def test_only_administrators_come_here(role, request):
    client = request.getfixturevalue(role)
    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}export/").status_code == 403
