"""A statement opens, lists and closes as the ledger does, and stays true once printed."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from loyalty_site.lib.periods import Period
from points.models import Account
from points.selectors.statement import statement_of
from points.services.expiry import expire_points
from points.services.voids import void_purchases
from points.views.portal_access import SESSION_KEY
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    redeem,
    set_programme,
)

pytestmark = pytest.mark.django_db
HONG_KONG = ZoneInfo("Asia/Hong_Kong")
JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))
JULY = Period(date(2026, 7, 1), date(2026, 8, 1))


@pytest.fixture
def member():
    """Who got 100 in May, and in June 30 and 12, spent 40, and gave 12 back."""
    set_programme(time_zone="Asia/Hong_Kong")
    make_rule()
    member = make_member(balance=100, at=datetime(2026, 5, 31, 15, 59, tzinfo=UTC))
    give_points(member, 30, at=NOON)
    posted = make_purchase(member, amount_minor=1200, at=NOON)
    redeem(member, make_reward(cost=40), at=NOON + timedelta(hours=1))
    late = NOON + timedelta(hours=2)
    void_purchases(purchase_ids=[posted.purchase_id], reason="", at=late, actor=CLERK)
    return member


def statement(member, period, **given):
    return statement_of(
        member, period, zone=HONG_KONG, at=NOON + timedelta(days=90), **given
    )


def test_it_ties_to_the_ledger_line_by_line(member):
    june = statement(member, JUNE)
    assert (june.opening, june.came, june.went, june.closing) == (100, 42, -52, 90)
    assert [line.points for line in june.lines] == [30, 12, -40, -12]
    assert [line.balance for line in june.lines] == [130, 142, 102, 90]
    assert june.lines[1].title == "Purchase of US$12.00"
    assert june.closing == Account.objects.get(pk=member.pk).balance
    assert statement(member, JULY).opening == june.closing


def test_the_first_instant_of_a_day_belongs_to_it(member):
    """Midnight of Hong Kong is 16:00 in UTC."""
    give_points(member, 1, at=datetime(2026, 6, 30, 16, 0, tzinfo=UTC))
    give_points(member, 2, at=datetime(2026, 6, 30, 15, 59, 59, 999999, tzinfo=UTC))
    assert statement(member, JUNE).closing == 92
    assert [line.points for line in statement(member, JULY).lines] == [1]


def test_what_was_printed_stays_true(member):
    before = statement(member, JUNE)
    set_programme(backdating_days=366)
    make_purchase(member, amount_minor=700, at=NOON)
    # Posted at NOON as well: the factory posts no later than now.
    assert statement(member, JUNE).closing == before.closing + 7
    account = Account.objects.get(pk=member.pk)
    assert statement(member, JUNE).closing == account.balance


def test_expiry_is_there_when_it_is_written(member):
    set_programme(expiry_months=1)
    give_points(member, 5, at=NOON)
    july = NOON.replace(month=7) + timedelta(days=3)
    expire_points(at=july)
    [line] = statement(member, JULY).lines
    assert (line.points, line.posted_at, line.occurred_at.month) == (-5, july, 7)


def test_very_many_lines_are_cut_but_the_sums_are_not(member):
    cut = statement(member, JUNE, most_lines=2)
    assert (len(cut.lines), cut.is_cut, cut.closing) == (2, True, 90)


def page(member) -> str:
    return reverse("points:member-statement", args=[member.number])


def test_staff_read_it_print_it_and_take_it_away(member, agent, marketer):
    days = {"start": "2026-06-01", "end": "2026-06-30"}
    answer = agent.get(page(member), days)
    assert "Opening balance" in answer.text
    assert answer.context["statement"].closing == 90
    file = agent.get(page(member), days | {"format": "csv"})
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[4:] for row in rows[1:]] == [
        ["", "100"],
        ["30", "130"],
        ["12", "142"],
        ["-40", "102"],
        ["-12", "90"],
        ["", "90"],
    ]
    assert agent.get(page(member)).status_code == 200


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"start": "2026-06-02", "end": "2026-06-01"}, "end"),
        ({"start": "2025-06-01", "end": "2026-06-02"}, "end"),
        ({"start": "yesterday"}, "start"),
        ({"end": "9999-12-31", "start": "9999-12-01"}, "end"),
    ],
)
def test_days_that_cannot_be_are_refused(member, agent, days, field):
    answer = agent.get(page(member), days)
    assert field in answer.context["form"].errors
    assert "statement" not in answer.context


def test_who_may_not_see_the_ledger_sees_no_statement(member, client, auditor):
    assert client.get(page(member)).status_code == 302
    assert auditor.get(page(member)).status_code in {200, 403}


def test_members_read_their_own(member, client):
    own = reverse("points:portal-statement")
    assert client.get(own).status_code == 302
    session = client.session
    session[SESSION_KEY] = member.pk
    session.save()
    answer = client.get(own, {"start": "2026-06-01", "end": "2026-06-30"})
    assert answer.context["statement"].closing == 90
    assert member.number in answer.text
    file = client.get(
        own, {"start": "2026-06-01", "end": "2026-06-30", "format": "csv"}
    )
    assert b"Closing" in b"".join(file.streaming_content)
