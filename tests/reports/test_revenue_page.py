"""The schedule of real sales: it adds up, leads to members, and exports a journal."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from points.services.expiry import expire_points
from reports.definitions import REPORTS
from reports.models import AccountCode
from reports.services.valuations import set_worth
from tests.factories import (
    CLERK,
    give_points,
    make_member,
    make_reward,
    make_rule,
    redeem,
    set_programme,
)
from tests.reports.factories import (
    NOW,
    behind,
    days,
    make_purchase,
    refresh,
    result_of,
    void,
)
from tests.reports.test_valuations import worth

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """Five months of sales, gifts, redemptions, a void, and points that end."""
    set_programme(time_zone="UTC", currency="HKD", expiry_months=2)
    make_rule()
    set_worth(worth=worth(), at=NOW, actor=CLERK)
    reward = make_reward(cost=30)
    for day in range(140, 5, -9):
        member = make_member()
        purchase = make_purchase(member, NOW - days(day), 505 * day)
        give_points(member, 5, at=NOW - days(day))
        if day % 2:
            redeem(member, reward, at=NOW - days(day - 2))
    void(purchase)
    expire_points(at=NOW)
    refresh()


def test_the_schedule_adds_up_and_the_journal_to_it(world):
    result = result_of("revenue", **{"from": "2026-07", "to": "2026-11"})
    moved, closing = result.moved, result.months[-1].closing
    assert min(moved.deferred, moved.redeemed, moved.broken, moved.provision) > 0
    assert moved.reversed > 0
    assert result.months[0].opening.liability == 0
    assert closing.liability == moved.liability
    debits = sum(line.debit_minor for line in result.journal)
    assert debits == sum(line.credit_minor for line in result.journal) > 0
    assert {line.on.month for line in result.journal} == {7, 8, 9, 10}
    for row in REPORTS["revenue"].tables(result)[0].rows:
        _month, sold, _points, _alone, goods, points, opening, *parts = row
        assert goods + points == sold
        *moves, end, _provision, _state = parts
        assert opening + sum(moves) == end


def test_each_month_leads_to_the_members_who_earned(world):
    found = behind("/reports/revenue/members/?from=2026-10")
    assert found.total == sum(row.value for row in found.rows) > 0


def test_the_journal_comes_as_csv_under_the_operators_codes(world, admin, manager):
    url = reverse("reports:account-codes")
    assert manager.get(url).status_code == 403
    page = admin.get(url).context["form"]
    codes = {name: field.initial for name, field in page.fields.items()}
    refused = admin.post(url, codes | {"sales": ""})
    assert (refused.status_code, AccountCode.objects.count()) == (422, 0)
    assert admin.post(url, codes | {"sales": "SALES-1"}).status_code == 302
    assert AccountCode.objects.get().code == "SALES-1"
    query = {"export": "csv", "table": "journal"}
    answer = manager.get(reverse("reports:revenue"), query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text))
    assert header == ["Date", "Account", "Debit", "Credit", "Text"]
    assert lines[0][:2] == ["2026-07-31", "SALES-1"]
    debits, credited = (
        sum(Decimal(line[side] or 0) for line in lines) for side in (2, 3)
    )
    assert debits == credited > 0


def test_a_closed_month_is_booked_the_same_later(world):
    before = result_of("revenue", to="2026-10").months
    member = make_member()
    make_purchase(member, NOW, 90_000)
    set_worth(
        worth=worth(NOW.date() - timedelta(days=1), "0.5", "0.3"), at=NOW, actor=CLERK
    )
    refresh()
    assert result_of("revenue", to="2026-10").months == before
