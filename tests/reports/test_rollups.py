"""Increments equal the full rebuild, and both equal counting by hand."""

import logging
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings, strategies as st

from members.services import close_member
from points.models import Account, Entry, Purchase
from reports.models import (
    CohortCube,
    DayCube,
    MemberDay,
    MemberSummary,
    Recurrence,
    RollupAlarm,
    RollupState,
    TouchedMember,
)
from reports.services.rollups import check_everything, refresh_rollups
from tests.factories import (
    CLERK,
    LONG_AGO,
    give_points,
    make_member,
    make_reward,
    make_rule,
    redeem,
    set_programme,
)
from tests.reports.factories import NOW, days, make_purchase, refresh, void

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
NEVER = date(1, 1, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _programme(db):
    set_programme(time_zone="Asia/Hong_Kong")
    make_rule()


def day_in_hong_kong(at):
    return at.astimezone(HONG_KONG).date()


# The same, counted by hand ---------------------------------------------------


def order_days_by_hand():
    order_days = defaultdict(set)
    for purchase in Purchase.objects.valid():
        order_days[purchase.member_id].add(day_in_hong_kong(purchase.occurred_at))
    return order_days


def cohorts_by_hand():
    active, last = Counter(), Counter()
    for each in order_days_by_hand().values():
        months = {day.replace(day=1) for day in each}
        active.update((min(months), month) for month in months)
        last[min(months), max(months)] += 1
    return {key: (active[key], last[key]) for key in active}


def recurrences_by_hand():
    count = Counter()
    for each in order_days_by_hand().values():
        ordered = sorted(each)
        count.update(zip(ordered, [NEVER, *ordered], strict=False))
    return dict(count)


def points_by_hand():
    days_of_points = Counter()
    for entry in Entry.objects.all():
        days_of_points[day_in_hong_kong(entry.occurred_at)] += entry.points
    return {day: points for day, points in days_of_points.items() if points}


def assert_rollups_equal_facts():
    assert {
        (row.cohort, row.month): (row.active, row.last_active)
        for row in CohortCube.objects.all()
    } == cohorts_by_hand()
    assert {
        (row.day, row.previous_day): row.members
        for row in Recurrence.objects.filter(what="order")
    } == recurrences_by_hand()
    totals = {
        row.day: row.issued
        + row.clawed_back
        + row.adjusted
        + row.redeemed
        + row.expired
        for row in DayCube.objects.all()
    }
    assert {day: points for day, points in totals.items() if points} == points_by_hand()
    balances = sum(Account.objects.values_list("balance", flat=True))
    assert sum(totals.values()) == balances


# Property --------------------------------------------------------------------

MEMBERS = 4
STEP = st.one_of(
    st.tuples(
        st.just("buy"),
        st.integers(0, MEMBERS - 1),
        st.floats(0, 120, allow_nan=False),
        st.integers(0, 5000),
    ),
    st.tuples(st.just("void"), st.integers(0, 30)),
    st.tuples(st.just("gift"), st.integers(0, MEMBERS - 1), st.integers(1, 50)),
    st.tuples(st.just("redeem"), st.integers(0, MEMBERS - 1)),
    st.tuples(st.just("close"), st.integers(0, MEMBERS - 1)),
    st.tuples(st.just("refresh")),
)


class World:
    """Four members and what was done to them."""

    def __init__(self):
        self.members = [make_member() for _ in range(MEMBERS)]
        self.closed = set()
        self.purchases = []
        self.reward = make_reward(cost=5)

    def take(self, step):
        what, *details = step
        getattr(self, f"_{what}")(*details)

    def _buy(self, index, days_ago, amount):
        if index not in self.closed:
            at = NOW - days(days_ago)
            self.purchases.append(make_purchase(self.members[index], at, amount))

    def _void(self, index):
        if index < len(self.purchases):
            void(self.purchases[index])

    def _gift(self, index, points):
        if index not in self.closed:
            give_points(self.members[index], points, at=NOW)

    def _redeem(self, index):
        member = self.members[index]
        if index not in self.closed and member.account.balance >= 5:
            redeem(member, self.reward, at=NOW)

    def _close(self, index):
        close_member(member=self.members[index], reason="moved", at=NOW, actor=CLERK)
        self.closed.add(index)

    def _refresh(self):
        refresh()


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEP, max_size=25))
def test_increments_equal_the_facts_and_the_full_rebuild(steps):
    world = World()
    for step in steps:
        world.take(step)
    refresh()
    assert_rollups_equal_facts()
    assert check_everything(at=NOW) == 0


# Cases -----------------------------------------------------------------------


def test_a_day_is_a_day_in_the_programmes_zone():
    member = make_member()
    make_purchase(member, datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    refresh()
    assert MemberSummary.objects.get(member=member).first_on == date(2026, 11, 1)


def test_two_orders_of_a_day_are_one_order_day():
    member = make_member()
    make_purchase(member, NOW)
    make_purchase(member, NOW, amount_minor=0)
    refresh()
    summary = MemberSummary.objects.get(member=member)
    assert (summary.orders, summary.order_days, summary.spend_minor) == (2, 1, 1000)


def test_a_late_purchase_moves_the_member_to_an_earlier_cohort():
    member = make_member()
    make_purchase(member, NOW)
    refresh()
    make_purchase(member, NOW - days(40))
    refresh()
    assert set(CohortCube.objects.values_list("cohort", "month", "active")) == {
        (date(2026, 10, 1), date(2026, 10, 1), 1),
        (date(2026, 10, 1), date(2026, 11, 1), 1),
    }


def test_voiding_the_only_purchase_leaves_no_trace_in_the_cohorts():
    member = make_member()
    purchase = make_purchase(member, NOW)
    refresh()
    void(purchase)
    refresh()
    assert not CohortCube.objects.exists()
    assert MemberSummary.objects.get(member=member).cohort is None


def test_raw_sql_is_noticed_too():
    purchase = make_purchase(make_member(), NOW, amount_minor=1000)
    refresh()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE points_purchase SET amount_minor = 700")
    refresh()
    assert MemberSummary.objects.get(member=purchase.member_id).spend_minor == 700


def test_closing_a_member_is_counted_on_its_day():
    member = make_member(at=LONG_AGO)
    refresh()
    close_member(member=member, reason="moved", at=NOW, actor=CLERK)
    refresh()
    assert DayCube.objects.get(day=day_in_hong_kong(NOW)).closed == 1
    assert DayCube.objects.get(day=day_in_hong_kong(LONG_AGO)).enrolled == 1


def test_a_change_of_zone_reads_every_day_anew():
    make_purchase(make_member(), datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    refresh()
    set_programme(time_zone="UTC")
    refresh()
    assert CohortCube.objects.get().cohort == date(2026, 10, 1)
    assert check_everything(at=NOW) == 0


def test_refreshing_twice_changes_nothing_and_leaves_no_notes():
    make_purchase(make_member(), NOW)
    refresh()
    before = list(DayCube.objects.values())
    refresh()
    assert list(DayCube.objects.values()) == before
    assert not TouchedMember.objects.exists()


def test_as_of_is_set_only_when_nothing_is_left(monkeypatch):
    monkeypatch.setattr("reports.services.rollups.NOTES_PER_CHUNK", 1)
    for _ in range(2):
        make_purchase(make_member(), NOW)
    assert not refresh_rollups(at=NOW).is_complete
    assert RollupState.objects.get().as_of is None
    refresh()
    assert RollupState.objects.get().as_of == NOW


def test_a_wrong_rollup_is_put_right_and_alarms(caplog):
    make_purchase(make_member(), NOW)
    refresh()
    MemberDay.objects.update(spend_minor=1)
    CohortCube.objects.update(active=99)
    with caplog.at_level(logging.ERROR, logger="reports.services.rollups"):
        assert check_everything(at=NOW) > 0
    assert "differed from its rebuild" in caplog.text
    alarms = set(RollupAlarm.objects.values_list("rollup", flat=True))
    assert {"reports_memberday", "reports_cohortcube"} <= alarms
    assert_rollups_equal_facts()
    assert check_everything(at=NOW) == 0


def test_a_member_with_a_note_does_not_alarm():
    member = make_member()
    refresh()
    make_purchase(member, NOW)
    assert check_everything(at=NOW) == 0
    assert not RollupAlarm.objects.exists()
