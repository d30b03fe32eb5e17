"""Rules that ask for segments: at the time of purchase, and only where one asks."""

import json
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from members.models import Segment, SegmentStay
from members.segmenting import add_to_segment, archive_segment, remove_from_segment
from members.services import close_member
from points.models import Entry, RuleVersion
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.services.merges.undoing import undo_merge
from points.services.programme_file import load_programme, written_programme
from points.services.purchases import post_purchases
from points.services.rules import save_rule
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    make_segment_of,
    new_purchase,
)
from tests.points.books import differences
from tests.points.test_impact import draft_of, impact_of
from tests.points.test_merges import merge

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_bonus(value, points=50):
    return make_rule(kind="fixed", points=points, conditions={"segments": value})


def open_stays(member):
    return set(
        SegmentStay.objects.filter(member=member, left_at=None).values_list(
            "segment__slug", flat=True
        )
    )


def test_a_purchase_asks_for_the_segments_of_its_own_time():
    """In from the first instant, out from the last; back-dated ones as they were."""
    member = make_member()
    tea = make_segment_of(member, slug="tea", at=NOON - 4 * DAY)
    remove_from_segment(
        segment=tea, member_ids=[member.pk], at=NOON - 2 * DAY, actor=CLERK
    )
    add_to_segment(segment=tea, member_ids=[member.pk], at=NOON - DAY, actor=CLERK)
    make_bonus({"in": ["tea"]})
    moment = timedelta(microseconds=1)
    asked = {
        NOON - 4 * DAY - moment: 0,
        NOON - 4 * DAY: 50,
        NOON - 2 * DAY - moment: 50,
        NOON - 2 * DAY: 0,
        NOON - DAY: 50,
        NOON: 50,
    }
    batch = [new_purchase(member, at=at) for at in asked]
    quoted = [quote_purchase(purchase=each, at=NOON).points for each in batch]
    posted = post_purchases(purchases=batch, at=NOON, actor=CLERK)
    assert [each.points for each in posted] == quoted == list(asked.values())
    assert differences() == []


def test_the_trace_says_that_it_was_not_for_the_segments():
    member = make_member()
    make_segment_of(member, slug="staff")
    make_segment_of(slug="tea")
    make_bonus({"in": ["tea"], "out": ["staff"]})
    make_purchase(member)
    [step] = explain(Entry.objects.get().trace).steps
    assert step.reason == "it was not for the segments of the member"
    assert step.sentence.endswith(
        "Only for members of the segment Tea. Not for members of the segment Staff."
    )


def test_only_a_rule_that_asks_looks_at_segments():
    """Where no rule asks, posting does without the very table."""
    member = make_member()
    segment = make_segment_of(member)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_segmentstay RENAME TO elsewhere")
        make_purchase(member)
        make_bonus({"in": [segment.slug]})
        with pytest.raises(ProgrammingError), transaction.atomic():
            make_purchase(member)
        cursor.execute("ALTER TABLE elsewhere RENAME TO members_segmentstay")
    assert make_purchase(member).points == 50


def test_an_impact_run_asks_for_the_segments_of_then():
    member = make_member()
    tea = make_segment_of(member, slug="tea", at=NOON - 9 * DAY)
    remove_from_segment(segment=tea, member_ids=[member.pk], at=NOON, actor=CLERK)
    make_purchase(member, at=NOON - DAY)
    make_purchase(member, at=NOON)
    draft = draft_of(conditions={"segments": {"in": ["tea"]}})
    assert impact_of(draft).after == 5


def test_segments_of_a_rule_go_round_by_the_file_with_the_rule():
    make_segment_of(slug="tea")
    value = {"in": ["tea"], "out": ["staff"]}
    make_segment_of(slug="staff")
    rule = save_rule(
        name="x",
        kind="fixed",
        params={"points": 5},
        conditions={"segments": value},
        at=NOON,
        actor=CLERK,
    ).rule
    document = json.loads(json.dumps(written_programme()))
    assert [each["slug"] for each in document["segments"]] == ["staff", "tea"]
    assert not load_programme(document=document, at=NOON, actor=CLERK).problems
    assert rule.versions.count() == 1

    renamed = json.loads(json.dumps(document).replace('"tea"', '"green"'))
    renamed["rules"][0]["name"] = "y"
    assert not load_programme(document=renamed, at=NOON, actor=CLERK).problems
    new = RuleVersion.objects.get(rule__name="y")
    assert new.conditions == {"segments": value | {"in": ["green"]}}
    assert Segment.objects.get(slug="green").name == "Tea"
    assert not SegmentStay.objects.exists()


def test_a_rule_goes_on_for_an_archived_segment_and_says_so(marketer):
    member = make_member()
    tea = make_segment_of(member, slug="tea")
    make_bonus({"in": ["tea"]})
    archive_segment(segment=tea, is_archived=True, at=NOON, actor=CLERK)
    assert make_purchase(member, at=NOON + DAY).points == 50
    assert "Tea (archived)" in marketer.get("/rules/").content.decode()


def test_an_invented_purchase_is_tried_with_segments(marketer):
    make_segment_of(slug="tea")
    make_bonus({"in": ["tea"]})
    asked = {"amount": "10", "occurred_at": "2026-06-15T12:00"}
    points = [
        marketer.get("/rules/try/", asked | more).context["outcome"].points
        for more in ({}, {"segments": ["tea"]})
    ]
    assert points == [0, 50]


def test_a_merge_takes_segments_along_and_gives_them_back():
    kept, gone = make_member(), make_member()
    both = make_segment_of(kept, gone, slug="both", at=NOON - 9 * DAY)
    make_segment_of(gone, slug="hers", at=NOON - 5 * DAY)
    was = make_segment_of(gone, slug="was", at=NOON - 5 * DAY)
    remove_from_segment(
        segment=was, member_ids=[gone.pk], at=NOON - 4 * DAY, actor=CLERK
    )
    done = merge(kept, gone)
    assert (open_stays(kept), open_stays(gone)) == ({"both", "hers"}, set())
    assert kept.stays.count() == 4
    assert differences() == []
    make_bonus({"in": ["was"]})
    assert make_purchase(kept, at=NOON - 5 * DAY).points == 50

    remove_from_segment(segment=both, member_ids=[kept.pk], at=NOON + DAY, actor=CLERK)
    undo_merge(merge=done, reason="Two people", at=NOON + 2 * DAY, actor=CLERK)
    assert (open_stays(kept), open_stays(gone)) == (set(), {"both", "hers"})
    assert gone.stays.count() == 3
    assert differences() == []


def test_who_leaves_the_programme_leaves_every_segment():
    member = make_member()
    segment = make_segment_of(member)
    close_member(member=member, reason="x", at=NOON, actor=CLERK)
    close_member(member=member, reason="x", at=NOON + DAY, actor=CLERK)
    [stay] = SegmentStay.objects.all()
    assert stay.left_at == NOON
    added = add_to_segment(
        segment=segment, member_ids=[member.pk], at=NOON, actor=CLERK
    )
    assert (added, SegmentStay.objects.count()) == (0, 1)
    stay.left_at, stay.left_by = None, ""
    stay.save()
    assert differences() == [
        f"member {member.number}: found in a segment, expected in none"
    ]
