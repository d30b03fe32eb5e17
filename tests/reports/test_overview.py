"""The overview: it reconciles with the ledger, and every figure with its members."""

import pytest
from django.db.models import Sum

from loyalty_site.lib.periods import Period
from members.services import close_member
from points.models import Account, Entry
from points.services.redemptions import reverse_redemption
from reports.definitions import REPORTS
from reports.errors import NoSuchFigure
from reports.presentation import overview as page
from reports.presentation.links import members_url
from reports.selectors.state import current_as_of
from tests.factories import (
    CLERK,
    give_points,
    make_member,
    make_reward,
    make_rule,
    redeem,
)
from tests.reports.factories import (
    NOW,
    behind,
    days,
    make_purchase,
    make_scores,
    refresh,
    result_of,
    void,
)

pytestmark = pytest.mark.django_db
OCTOBER = {"from": "2026-10", "to": "2026-10"}
FIGURES = (
    "members",
    "active",
    "buyers",
    "sales",
    "orders",
    "issued",
    "clawed_back",
    "redeemed",
    "expired",
    "outstanding",
)


@pytest.fixture
def world(db):
    """Two months of purchases, redemptions, a reversal, a void and a closed member."""
    make_rule()
    reward = make_reward(cost=7)
    members = [make_member(at=NOW - days(90 - index)) for index in range(9)]
    for index, member in enumerate(members):
        for each in range(index):
            make_purchase(member, NOW - days(70 - 7 * each), 1100 + index)
    redemptions = [redeem(each, reward, at=NOW - days(28)) for each in members[4:]]
    reverse_redemption(
        redemption=redemptions[0], reason="Broken", at=NOW - days(27), actor=CLERK
    )
    void(make_purchase(members[1], NOW - days(30), 900))
    give_points(members[0], 5, at=NOW - days(35))
    close_member(member=members[2], reason="moved", at=NOW - days(25), actor=CLERK)
    refresh()
    return members


def test_points_outstanding_are_the_balances_of_the_ledger(world):
    now = result_of("overview", **{"from": "2026-11", "to": "2026-11"}).now
    balances = Account.objects.aggregate(total=Sum("balance"))["total"]
    entries = Entry.objects.aggregate(total=Sum("points"))["total"]
    assert now.outstanding == balances == entries


def test_the_way_of_the_points_adds_up(world):
    for month in ("2026-09", "2026-10", "2026-11"):
        now = result_of("overview", **{"from": month, "to": month}).now
        assert now.opening + now.totals.points == now.outstanding


def test_every_figure_has_exactly_its_members_behind_it(world):
    for query in (OCTOBER, {"from": "2026-09", "to": "2026-11"}):
        now = result_of("overview", **query).now
        figures = {
            "members": now.members,
            "active": now.active,
            "buyers": now.buyers,
            "sales": now.totals.spend_minor,
            "orders": now.totals.orders,
            "issued": now.totals.issued,
            "clawed_back": now.totals.clawed_back,
            "redeemed": now.totals.redeemed,
            "expired": now.totals.expired,
            "outstanding": now.outstanding,
        }
        for figure in FIGURES:
            found = behind(members_url("overview", figure=figure, **query))
            if found.count is not None:
                assert (figure, found.rows.count()) == (figure, figures[figure])
                assert found.count == figures[figure]
            else:
                total = sum(row.value for row in found.rows)
                assert (figure, total, found.total) == (figure, *[figures[figure]] * 2)


def test_a_member_active_twice_is_counted_once(world):
    now = result_of("overview", **{"from": "2026-09", "to": "2026-11"}).now
    assert now.active == now.buyers == 8
    assert now.totals.orders == sum(range(9))


def test_a_redeemer_without_orders_is_active_but_no_buyer(db):
    member = make_member(balance=20)
    redeem(member, make_reward(cost=5), at=NOW - days(30))
    refresh()
    now = result_of("overview", **OCTOBER).now
    assert (now.active, now.buyers) == (1, 0)


def test_redemption_rate_is_of_the_points_of_the_same_period(world):
    now = result_of("overview", **OCTOBER).now
    assert now.redemption_rate * now.net_issued == now.redeemed
    assert now.redeemed == 4 * 7


def test_a_month_that_is_not_over_is_compared_with_the_same_days(world):
    result = result_of("overview", **{"from": "2026-11", "to": "2026-11"})
    assert result.months[-1].is_partial
    assert result.now.period.end.day == 23
    start, end = result.before.period.start, result.before.period.end
    assert Period(start, end).days == 22
    assert "the same days of Oct 2026" in REPORTS["overview"].finding(result)


def test_the_year_before_has_no_data_and_is_not_compared(world):
    result = result_of("overview", **OCTOBER, compare="year")
    assert result.before is None
    assert all(not tile.change for tile in page.page_of(result)["tiles"])


def test_a_period_before_the_first_day_is_empty(world):
    result = result_of("overview", **{"from": "2025-01", "to": "2025-01"})
    assert result.is_empty


def test_the_score_is_that_of_the_main_touchpoint(world):
    make_scores([10] * 40)
    refresh()
    tiles = page.page_of(result_of("overview", **OCTOBER))["tiles"]
    nps = tiles[-1]
    assert nps.value == "+100"
    assert behind(nps.url).count == 40


def test_the_score_of_too_few_answers_is_in_no_table(world):
    make_scores([10] * 4)
    refresh()
    figures = REPORTS["overview"].tables(result_of("overview", **OCTOBER))[0]
    cells = {row[0]: row[1] for row in figures.rows}
    assert (cells["nps"], cells["nps_answers"]) == (None, 4)


@pytest.mark.parametrize(
    "query",
    [{}, {"figure": "sales"}, {"figure": "profit", "from": "2026-10"}],
)
def test_a_figure_that_does_not_exist_is_refused(world, query):
    with pytest.raises(NoSuchFigure):
        REPORTS["overview"].behind(query, current_as_of())
