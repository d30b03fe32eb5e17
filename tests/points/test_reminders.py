"""Members are told once of points about to expire, and only those who agreed."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from members.models import Consent
from members.services import close_member, record_consent
from points.models import ExpiryReminder, Programme
from points.services.expiry_settings import set_reminder_leads
from points.services.reminder_mails import LEASE, send_due_reminders
from points.services.reminders import queue_reminders
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_reward,
    redeem,
    set_programme,
)

pytestmark = pytest.mark.django_db
# Points of NOON expire a year later; mails go out from nine o'clock on.
DUE = NOON.replace(year=2027)


def clock(at):
    return lambda: at


def days_before(days):
    return DUE - timedelta(days=days)


def agree(member, *, is_granted=True):
    record_consent(
        member=member,
        purpose=Consent.Purpose.MARKETING,
        is_granted=is_granted,
        at=NOON,
        source="tests",
    )


def rows():
    return list(
        ExpiryReminder.objects.order_by("pk").values_list(
            "account_id", "lead_days", "state"
        )
    )


@pytest.fixture
def member():
    set_programme(expiry_months=12, time_zone="Asia/Hong_Kong", name="Market")
    set_reminder_leads(days=[7, 30], actor=CLERK)
    member = make_member(email="mei@example.org", language="zh-hant", name="陳美")
    agree(member)
    give_points(member, 120, at=NOON)
    return member


@pytest.mark.parametrize(
    ("days", "leads"),
    [(31, []), (30, [30]), (12, [30]), (8, [30]), (7, [7]), (0, [7]), (-1, [])],
)
def test_a_day_belongs_to_the_shortest_lead_time_around_it(member, days, leads):
    queue_reminders(at=days_before(days) - timedelta(hours=1))
    assert rows() == [(member.pk, lead, "queued") for lead in leads]


def test_a_day_is_told_once_for_each_lead_time(member):
    for days in range(40, -2, -1):
        queue_reminders(at=days_before(days))
        assert queue_reminders(at=days_before(days)) == 0
    assert rows() == [(member.pk, 30, "queued"), (member.pk, 7, "queued")]


def test_nobody_is_told_without_lead_times_or_consent(member):
    silent = make_member(email="never@example.org")
    refused = make_member(email="no@example.org")
    agree(refused)
    agree(refused, is_granted=False)
    closed = make_member(email="gone@example.org")
    nowhere = make_member()
    for each in (silent, refused, closed, nowhere):
        give_points(each, 5, at=NOON)
    for each in (closed, nowhere):
        agree(each)
    close_member(member=closed, reason="", at=NOON, actor=CLERK)
    queue_reminders(at=days_before(7))
    assert [account for account, _lead, _state in rows()] == [member.pk]
    set_reminder_leads(days=[], actor=CLERK)
    assert queue_reminders(at=days_before(3)) == 0


def test_the_mail_says_how_many_points_and_when_in_the_members_language(member, smtp):
    queue_reminders(at=days_before(7))
    redeem(member, make_reward(cost=20), at=days_before(7))

    send_due_reminders(clock=clock(days_before(7)))
    send_due_reminders(clock=clock(days_before(6)))

    [message] = smtp.messages
    text = message.get_body(("plain",)).get_content()
    assert message["To"] == "mei@example.org"
    assert "100" in message["Subject"]
    assert "2027年6月15日" in message["Subject"]
    assert "陳美" in text
    assert "20:00" in text
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert rows() == [(member.pk, 7, "sent")]


def test_what_was_spent_or_refused_meanwhile_is_not_told(member, smtp):
    other = make_member(email="b@example.org")
    agree(other)
    give_points(other, 5, at=NOON)
    queue_reminders(at=days_before(7))
    redeem(member, make_reward(cost=120), at=days_before(7))
    agree(other, is_granted=False)

    send_due_reminders(clock=clock(days_before(7)))

    assert smtp.messages == []
    assert {state for _account, _lead, state in rows()} == {"skipped"}


def test_a_mail_waits_for_the_morning(member, smtp):
    night = days_before(7) - timedelta(hours=19, minutes=30)
    queue_reminders(at=night)
    send_due_reminders(clock=clock(night))
    assert smtp.messages == []
    send_due_reminders(clock=clock(night + timedelta(hours=9)))
    assert len(smtp.messages) == 1


def test_a_refused_mail_is_tried_again_later_and_then_given_up(member, smtp):
    queue_reminders(at=days_before(7))
    smtp.answer = "451 Later"
    at = days_before(7)
    send_due_reminders(clock=clock(at))
    send_due_reminders(clock=clock(at + timedelta(seconds=30)))
    assert ExpiryReminder.objects.get().attempts == 1
    for hours in range(1, 80):
        send_due_reminders(clock=clock(at + timedelta(hours=hours)))
    reminder = ExpiryReminder.objects.get()
    assert (reminder.state, reminder.attempts, smtp.messages) == ("failed", 6, [])


def test_a_sender_that_died_loses_nothing_and_one_that_lives_is_left_alone(
    member, smtp
):
    at = days_before(7)
    queue_reminders(at=at)
    ExpiryReminder.objects.update(lease_until=at + LEASE, attempts=1)
    send_due_reminders(clock=clock(at + LEASE / 2))
    assert smtp.messages == []
    send_due_reminders(clock=clock(at + LEASE))
    send_due_reminders(clock=clock(at + 3 * LEASE))
    assert len(smtp.messages) == 1


def test_the_link_in_the_mail_stops_them_with_one_post(member, smtp, client):
    queue_reminders(at=days_before(7))
    send_due_reminders(clock=clock(days_before(7)))
    [link] = re.findall(r"<(http[^>]+)>", smtp.messages[0]["List-Unsubscribe"])
    path = link.partition("//")[2].partition("/")[2]
    assert client.get(f"/{path}?lang=zh-hant").status_code == 200
    assert Consent.objects.count() == 1

    for _again in range(2):
        assert client.post(f"/{path}").status_code == 200

    said = Consent.objects.order_by("pk").values_list("purpose", "is_granted")
    assert list(said) == [("marketing", True), ("marketing", False)]
    assert client.post(f"/{path[:-3]}abc/").status_code == 200
    assert Consent.objects.count() == 2


def test_the_database_lets_a_reminder_be_there_once(member):
    queue_reminders(at=days_before(7))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_periodicrun")
    assert queue_reminders(at=days_before(7)) == 0


@pytest.mark.parametrize(
    ("text", "leads"), [("30, 7", [30, 7]), ("7 30 7", [30, 7]), ("", [])]
)
def test_the_page_keeps_the_lead_times(admin, text, leads):
    assert (
        admin.post(reverse("points:reminders-edit"), {"days": text}).status_code == 302
    )
    assert Programme.objects.get().reminder_leads == leads


@pytest.mark.parametrize("text", ["0", "367", "a week", "1,2,3,4,5,6"])
def test_the_page_refuses_other_numbers(admin, text):
    answer = admin.post(reverse("points:reminders-edit"), {"days": text})
    assert answer.status_code == 422
    assert Programme.objects.get().reminder_leads == []


def test_only_administrators_set_reminders(manager):
    answer = manager.post(reverse("points:reminders-edit"), {"days": "7"})
    assert answer.status_code == 403
    assert Programme.objects.get().reminder_leads == []
