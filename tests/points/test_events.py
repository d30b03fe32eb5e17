"""Events that are no purchases: kept once, with what the rules give for them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from points.errors.events import EventConflict
from points.errors.posting import (
    InTheFuture,
    MembershipClosed,
    ParametersRefused,
    TooLongAgo,
)
from points.models import Campaign, EarningRule, Entry, Occasion
from points.rules import RULE_KINDS
from points.services.member_events import NewEvent, record_event, record_events
from points.services.own_events import record_birthdays, record_enrolments
from points.services.rules import Naming, save_rule
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    set_programme,
)
from tests.points.books import available, differences, everything
from tests.points.test_merges import merge

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
REVIEW = {"points": 20, "event": "other", "event_name": "review", "times": "always"}


def told(member, name="review", *, number=1, at=NOON):
    return NewEvent(member.pk, name, "app", f"{name}-{number}", at)


def record(member, *args, **given):
    return record_event(event=told(member, *args, **given), at=NOON, actor=CLERK)


def all_kept():
    return (everything(), Occasion.objects.count())


def test_an_event_gives_once_by_its_id_and_the_first_answer_stays():
    rule = make_rule(kind="event", **REVIEW).rule
    member = make_member()
    first = record(member)
    assert (first.points, first.is_new) == (20, True)
    kept = all_kept()
    assert record(member) == first._replace(is_new=False)
    assert all_kept() == kept
    assert record(member, number=2).points == 20
    entry = Entry.objects.filter(account=member.pk).first()
    assert (entry.kind, entry.qualifying, entry.reason) == ("bonus", 0, rule.name)
    assert available(member) == 40
    assert differences() == []


def test_the_same_id_for_something_else_is_refused_and_writes_nothing():
    make_rule(kind="event", **REVIEW)
    member, other = make_member(), make_member()
    record(member)
    before = all_kept()
    for wrong in (told(other), told(member, at=NOON - DAY)):
        with pytest.raises(EventConflict, match="review-1"):
            record_events(events=[wrong], at=NOON, actor=CLERK)
    assert all_kept() == before


@pytest.mark.parametrize(
    ("days", "error"), [(1, InTheFuture), (-31, TooLongAgo), (-30, None)]
)
def test_the_time_of_an_event_is_bounded(days, error):
    member = make_member()
    before = all_kept()
    if error is None:
        assert record(member, at=NOON + days * DAY).is_new
        return
    with pytest.raises(error):
        record(member, at=NOON + days * DAY)
    assert all_kept() == before


def test_a_closed_membership_gets_nothing_and_one_bad_event_stops_all():
    make_rule(kind="event", **REVIEW)
    member, closed = make_member(), make_member()
    closed.closed_at = NOON
    closed.save()
    before = all_kept()
    with pytest.raises(MembershipClosed):
        record_events(
            events=[told(member), told(closed, number=2)], at=NOON, actor=CLERK
        )
    assert all_kept() == before


@pytest.mark.parametrize(
    ("times", "points"),
    [("always", [20, 20, 20]), ("year", [20, 0, 20]), ("member", [20, 0, 0])],
)
def test_how_often_a_rule_gives(times, points):
    make_rule(kind="event", **REVIEW | {"times": times})
    member = make_member()
    days = [NOON, NOON + 90 * DAY, date(2027, 1, 1)]
    days[2] = NOON + 200 * DAY
    events = [told(member, number=n, at=at) for n, at in enumerate(days)]
    at = NOON + 200 * DAY
    one_by_one = [
        record_events(events=[event], at=at, actor=CLERK)[0].points for event in events
    ]
    assert one_by_one == points
    other = make_member()
    batch = [told(other, number=n + 9, at=at) for n, at in enumerate(days)]
    posted = record_events(events=batch, at=at, actor=CLERK)
    assert [each.points for each in posted] == points
    codes = [event.trace["steps"][0][1] for event in Occasion.objects.all()]
    assert codes.count("given") == 2 * points.count(0)
    assert differences() == []


def test_events_and_purchases_have_rules_of_their_own():
    set_programme(cap_purchase=5, cap_day=5)
    make_rule()
    make_rule(kind="event", **REVIEW)
    make_rule(kind="multiplier", factor="3")
    member = make_member()
    assert record(member).points == 20
    assert make_purchase(member, amount_minor=1000).points == 5
    assert record(member, "other").points == 0
    assert Occasion.objects.get(name="other").trace is None


def test_conditions_hold_for_events_as_for_purchases():
    make_rule(kind="event", conditions={"weekdays": [6]}, **REVIEW)  # NOON is a Monday
    member = make_member()
    assert record(member).points == 0
    assert Occasion.objects.get().trace["steps"][0][1] == "weekdays"
    assert record(member, number=2, at=NOON - DAY).points == 20


def test_who_joins_gets_the_points_once_and_earlier_members_none():
    make_member(at=NOON - 40 * DAY)
    make_rule(kind="event", **REVIEW | {"event": "enrolled", "event_name": ""})
    new = make_member(at=NOON - DAY)
    assert record_enrolments(at=NOON) == 1
    assert record_enrolments(at=NOON) == 0
    assert available(new) == 20
    assert Occasion.objects.get().member == new
    assert differences() == []


@pytest.mark.parametrize(
    ("born", "points"),
    [
        (date(1990, 6, 15), 20),
        (date(1990, 6, 14), 20),  # a day on which no worker ran
        (date(1990, 6, 12), 0),
        (date(1990, 6, 16), 0),
        (None, 0),
    ],
)
def test_a_birthday_gives_once(born, points):
    make_rule(kind="event", **REVIEW | {"event": "birthday", "event_name": ""})
    member = make_member(birth_on=born)
    record_birthdays(at=NOON)
    record_birthdays(at=NOON)
    record_birthdays(at=NOON + DAY)
    expected = points or (20 if born == date(1990, 6, 16) else 0)
    assert available(member, NOON + DAY) == expected


@pytest.mark.parametrize("params", [{"event_name": ""}, {"event_name": "survey"}])
def test_another_event_wants_a_name_of_its_own(params):
    assert RULE_KINDS["event"].params_form(REVIEW).is_valid()
    assert not RULE_KINDS["event"].params_form(REVIEW | params).is_valid()


def test_rules_for_events_have_no_limits_and_no_campaign():
    said = {"name": "x", "kind": "event", "params": REVIEW, "at": NOON}
    with pytest.raises(ParametersRefused):
        save_rule(**said, actor=CLERK, cap_day=5)
    with pytest.raises(ParametersRefused):
        Naming("x", "event", Campaign())
    assert EarningRule.objects.count() == 0


def test_the_form_asks_only_what_an_event_has(marketer):
    answer = marketer.get(reverse("points:rule-add-kind", args=["event"]))
    fields = answer.context["form"].fields
    assert {"event", "event_name", "times", "weekdays", "birthday"} <= set(fields)
    assert not {"payment_in", "codes_in", "cap_day", "first_purchase"} & set(fields)
    answer = marketer.post(
        reverse("points:rule-add-kind", args=["event"]),
        {"name": "Reviews", "weekdays": range(7), **REVIEW},
    )
    assert answer.status_code == 302
    page = marketer.get(EarningRule.objects.get().get_absolute_url())
    assert "20 points for: review." in page.content.decode()


def test_what_was_given_once_is_not_given_again_after_a_merge():
    make_rule(kind="event", **REVIEW | {"times": "member"})
    kept, gone = make_member(), make_member()
    assert record(gone).points == 20
    merge(kept, gone)
    assert record(kept, number=2).points == 0
    assert available(kept) == 20
    assert differences() == []
