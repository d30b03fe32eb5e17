"""Drafts of rules: kept, compared, published from now or a date, restored, discarded."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from points.errors.posting import NameTaken, ParametersRefused
from points.errors.rules import (
    DraftChanged,
    DraftGone,
    DraftIsThere,
    PublishedInThePast,
)
from points.models import EarningRule, RuleDraft, RuleVersion
from points.rules.conditions.base import Words
from points.selectors.rule_comparison import compared
from points.selectors.rule_spans import spans_of
from points.services.rule_drafts import (
    discard_draft,
    publish_draft,
    restore_version,
    save_draft,
)
from points.services.rules import save_rule
from tests.factories import CLERK, NOON, make_member, make_purchase, make_rule

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def url(name, *args):
    return reverse(f"points:{name}", args=args)


def draft_of(rule=None, *, points=5, draft=None, name="", **more):
    wanted = {
        "name": name or (rule.name if rule else "Bonus"),
        "kind": "fixed",
        "params": {"points": points},
    }
    doing = {"at": NOON, "actor": CLERK, "rule": rule, "draft": draft}
    return save_draft(**(wanted | doing | more))


def rules_now():
    return (
        list(EarningRule.objects.values_list("name", flat=True)),
        RuleVersion.objects.count(),
        list(RuleDraft.objects.values_list("name", "params", "revision")),
    )


def earned(at=NOON):
    return make_purchase(make_member(), amount_minor=1000, at=at).points


def test_a_draft_decides_nothing_until_it_is_published():
    rule = make_rule(kind="fixed", points=1).rule
    draft = draft_of(rule, points=7)
    assert earned() == 1
    version = publish_draft(draft=draft, at=NOON, actor=CLERK)
    assert (version.number, version.drafted_by) == (2, str(CLERK))
    assert (earned(), earned(NOON - DAY)) == (7, 1)
    assert not RuleDraft.objects.exists()


def test_a_draft_of_a_new_rule_becomes_a_rule():
    draft = draft_of(points=7)
    assert earned() == 0
    version = publish_draft(draft=draft, at=NOON, actor=CLERK, valid_from=NOON + DAY)
    assert (version.rule.name, version.number) == ("Bonus", 1)
    assert earned() == 7


def test_a_version_from_a_date_leaves_what_is_before_it():
    rule = make_rule(kind="fixed", points=1).rule
    publish_draft(
        draft=draft_of(rule, points=7), at=NOON, actor=CLERK, valid_from=NOON + DAY
    )
    before, after = NOON + DAY - timedelta(microseconds=1), NOON + DAY
    assert [earned(at) for at in (NOON, before, after)] == [1, 1, 7]


def test_a_version_that_is_published_later_takes_over_from_a_planned_one():
    rule = make_rule(kind="fixed", points=1).rule
    publish_draft(
        draft=draft_of(rule, points=7), at=NOON, actor=CLERK, valid_from=NOON + 2 * DAY
    )
    publish_draft(
        draft=draft_of(rule, points=9), at=NOON, actor=CLERK, valid_from=NOON + DAY
    )
    days = [NOON, NOON + DAY, NOON + 2 * DAY]
    assert [earned(at) for at in days] == [1, 9, 9]
    assert [span.is_empty for span in spans_of(rule.versions.all())] == [
        False,
        True,
        False,
    ]


def test_what_a_planned_version_says_can_decide_from_now():
    rule = make_rule(kind="fixed", points=1).rule
    publish_draft(
        draft=draft_of(rule, points=7), at=NOON, actor=CLERK, valid_from=NOON + DAY
    )
    said = {"name": rule.name, "kind": "fixed", "params": {"points": 7}}
    save_rule(**said, at=NOON, actor=CLERK, rule=rule)
    assert earned() == 7


def second_draft(rule, _draft):
    draft_of(rule)


def no_points(rule, draft):
    draft_of(rule, draft=draft, points=0)


def fewer_than_no_points(rule, draft):
    draft_of(rule, draft=draft, points=-3)


def taken_name(rule, draft):
    draft_of(rule, draft=draft, name="Other")


def past_date(_rule, draft):
    publish_draft(draft=draft, at=NOON, actor=CLERK, valid_from=NOON - DAY)


def restored_beside_it(rule, _draft):
    restore_version(version=rule.versions.get(), at=NOON, actor=CLERK)


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        (second_draft, DraftIsThere),
        (no_points, ParametersRefused),
        (fewer_than_no_points, ParametersRefused),
        (taken_name, NameTaken),
        (past_date, PublishedInThePast),
        (restored_beside_it, DraftIsThere),
    ],
)
def test_what_is_refused_leaves_rules_and_drafts_alone(attempt, refusal):
    EarningRule.objects.create(name="Other", kind="fixed")
    rule = make_rule(kind="fixed", points=1).rule
    draft = draft_of(rule, points=7)
    before = rules_now()
    with pytest.raises(refusal):
        attempt(rule, draft)
    assert rules_now() == before


def test_nobody_overwrites_or_publishes_what_they_have_not_seen():
    rule = make_rule(kind="fixed", points=1).rule
    seen = draft_of(rule, points=7)
    draft_of(rule, points=8, draft=seen)
    before = rules_now()
    with pytest.raises(DraftChanged):
        draft_of(rule, points=9, draft=seen)
    with pytest.raises(DraftChanged):
        publish_draft(draft=seen, at=NOON, actor=CLERK)
    assert rules_now() == before


def test_a_draft_is_published_once():
    draft = draft_of(points=7)
    publish_draft(draft=draft, at=NOON, actor=CLERK)
    before = rules_now()
    with pytest.raises(DraftGone):
        publish_draft(draft=draft, at=NOON, actor=CLERK)
    discard_draft(draft=draft)
    assert rules_now() == before


def test_the_database_refuses_a_second_draft_of_a_rule():
    rule = make_rule().rule
    row = {"rule": rule, "name": "x", "kind": "fixed", "params": {}, "saved_at": NOON}
    RuleDraft.objects.create(**row)
    with pytest.raises(IntegrityError, match="rule_id"), transaction.atomic():
        RuleDraft.objects.create(**row)


def test_an_old_version_is_restored_as_a_draft():
    first = make_rule(kind="fixed", points=1, conditions={"stores": ["c"]})
    said = {"name": first.rule.name, "kind": "fixed", "params": {"points": 2}}
    save_rule(**said, at=NOON, actor=CLERK, rule=first.rule)
    draft = restore_version(version=first, at=NOON, actor=CLERK)
    assert draft.content == first.content
    assert draft.based_on.number == 2
    assert publish_draft(draft=draft, at=NOON, actor=CLERK).content == first.content


def test_what_changes_is_said_line_by_line():
    ends_at = datetime(2026, 7, 1, tzinfo=UTC)
    rule = make_rule(kind="fixed", points=1, conditions={"weekdays": [5]}).rule
    draft = draft_of(rule, points=1, conditions={"stores": ["c"]}, ends_at=ends_at)
    lines = compared(rule.versions.get(), draft, Words("HKD"))
    assert [(line.before, line.after) for line in lines if line.is_changed] == [
        ("Only on Saturday.", ""),
        ("", "Only at c."),
        ("", "1 Jul 2026, 00:00 UTC"),
    ]
    same = [str(line.before) for line in lines if not line.is_changed]
    assert "1 point more for a purchase." in same


# Pages ------------------------------------------------------------------------

FORM = {"name": "Bonus", "points": "5", "weekdays": list("0123456")}


def test_a_draft_goes_its_way_through_the_pages(marketer):
    marketer.post(url("rule-add-kind", "fixed"), FORM | {"draft": "yes"})
    draft = RuleDraft.objects.get()
    assert "Bonus" in marketer.get(url("rule-list")).content.decode()
    assert "5 points more" in marketer.get(draft.get_absolute_url()).content.decode()
    edit = url("draft-edit", draft.public_id)
    assert marketer.get(edit).context["form"].initial["points"] == 5
    marketer.post(edit, FORM | {"points": "6", "revision": "1"})
    stale = marketer.post(edit, FORM | {"points": "7", "revision": "1"})
    assert (stale.status_code, RuleDraft.objects.get().params) == (422, {"points": 6})
    marketer.post(url("draft-publish", draft.public_id), {"revision": "2"})
    rule = EarningRule.objects.get()
    marketer.post(url("rule-edit", rule.pk), FORM | {"points": "8"})
    text = marketer.get(url("rule-history", rule.pk)).content.decode()
    assert "8 points more" in text
    assert "Drafted by" in text
    marketer.post(url("version-restore", rule.pk, 1))
    restored = RuleDraft.objects.get()
    assert restored.params == {"points": 6}
    page = marketer.get(restored.get_absolute_url()).content.decode()
    assert "In force now" in page
    ask = url("draft-discard", restored.public_id)
    assert marketer.get(ask).status_code == 200
    assert RuleDraft.objects.exists()
    marketer.post(ask)
    assert not RuleDraft.objects.exists()


def test_a_date_in_the_past_is_answered_at_its_field(marketer):
    draft = draft_of(make_rule(kind="fixed", points=1).rule)
    sent = {"revision": "1", "valid_from": "2020-01-01T00:00"}
    answer = marketer.post(url("draft-publish", draft.public_id), sent)
    assert answer.status_code == 422
    assert "valid_from" in answer.context["form"].errors
    assert RuleVersion.objects.count() == 1


def test_only_marketers_and_administrators_touch_drafts(auditor, clerk):
    rule = make_rule(kind="fixed", points=1).rule
    draft = draft_of(rule)
    reading = [draft.get_absolute_url(), url("rule-history", rule.pk)]
    changing = [
        url(f"draft-{verb}", draft.public_id) for verb in ("edit", "publish", "discard")
    ] + [url("version-restore", rule.pk, 1)]
    before = rules_now()
    for address in reading:
        assert auditor.get(address).status_code == 200
        assert clerk.get(address).status_code == 403
    for address in changing:
        for person in (auditor, clerk):
            assert person.post(address, {"revision": "1"}).status_code == 403
    assert rules_now() == before
