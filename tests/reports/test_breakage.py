"""Breakage is told by matured months alone; every figure has its members."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from points.services.expiry import expire_points
from reports.definitions import REPORTS
from reports.presentation import breakage as page
from reports.statistics.books import VintageRow
from reports.statistics.breakage import IssueMonth, estimate, issue_months
from tests.factories import give_points, make_member, make_reward, redeem, set_programme
from tests.reports.factories import NOW, behind, days, refresh, result_of

NEVER = date(9999, 12, 1)
JUN, JUL, AUG, SEP = (date(2026, month, 1) for month in (6, 7, 8, 9))


def row(flow, *, issued_month=JUN, expiry=AUG, **points):
    given = dict.fromkeys(("issued", "taken_back", "redeemed", "expired", "other"), 0)
    return VintageRow(
        issued_month, "sale", issued_month, expiry, flow, **given | points
    )


LIFE = [
    row(JUN, issued=100, redeemed=-10),
    row(JUL, redeemed=-40, taken_back=-20),
    row(AUG, redeemed=4),  # a reversal
    row(SEP, expired=-34),
]


@pytest.mark.parametrize(
    ("at", "left", "expired", "rate"),
    [
        ((JUL, True), 30, 0, None),
        ((AUG, False), 34, 0, None),
        # Its last month is over: it has ended before anybody wrote it off.
        ((AUG, True), 0, 34, Fraction(46, 80)),
        ((SEP, False), 0, 34, Fraction(46, 80)),
    ],
)
def test_a_month_has_a_rate_once_nothing_can_be_spent(at, left, expired, rate):
    month, is_over = at
    [found] = issue_months(LIFE, month, is_over=is_over)
    assert (found.left, found.expired) == (left, expired)
    assert (found.is_mature, found.rate) == (left == 0, rate)
    assert found.net == 80 == found.redeemed + found.expired + found.left


def test_the_triangle_is_of_the_points_that_were_not_taken_back():
    [found] = issue_months(LIFE, SEP, is_over=True)
    assert found.shares == tuple(Fraction(n, 80) for n in (10, 50, 46, 46))


def issue_month(net, redeemed, *, left=0, has_end=True):
    expired = net - redeemed - left
    return IssueMonth(JUN, net, redeemed, expired, left, has_end, ())


def test_months_weigh_by_their_points_and_young_ones_do_not():
    found = estimate(
        [issue_month(900, 900), issue_month(100, 0), issue_month(5000, 5, left=4000)]
    )
    assert (found.rate, found.months, found.points) == (Fraction(9, 10), 2, 1000)
    assert found.breakage == Fraction(1, 10)
    assert (found.low, found.high) == (None, None)


def test_the_range_comes_from_how_much_months_differ():
    found = estimate([issue_month(100, each) for each in (60, 70, 80, 70, 60, 80)])
    # t(5) = 2.571; the error is the root of 6/5 of 400 by 600²
    assert found.rate == Fraction(7, 10)
    assert round(found.low, 4) == Decimal("0.6061")
    assert round(found.high, 4) == Decimal("0.7939")


def test_a_range_stays_within_what_can_be():
    found = estimate([issue_month(10, each) for each in (10, 10, 10, 10, 10, 0)])
    assert found.high == 1


def test_months_without_an_end_are_no_evidence_although_used_up():
    assert estimate([issue_month(100, 100, has_end=False)]) is None
    assert estimate([issue_month(100, 50, left=50)]) is None
    used_up = [
        row(JUN, expiry=NEVER, issued=9, redeemed=-9),
        row(JUL, issued_month=JUL, issued=5, taken_back=-5),
    ]
    assert estimate(issue_months(used_up, SEP, is_over=True)) is None


@pytest.fixture
def world(db):
    set_programme(time_zone="UTC", expiry_months=2)
    reward = make_reward(cost=7)
    for day in range(200, 5, -15):
        member = make_member()
        give_points(member, 10 + day, at=NOW - days(day))
        redeem(member, reward, at=NOW - days(day - 3))
    expire_points(at=NOW)
    refresh()


def test_every_figure_has_exactly_its_members_behind_it(world):
    shown = page.page_of(result_of("breakage"))
    urls = [cell.url for each in shown["rows"] for cell in each.sums if cell.url]
    assert len(urls) > 15
    for url in urls:
        found = behind(url)
        assert found.total == sum(row.value for row in found.rows) > 0, url


def test_the_finding_tells_matured_months_and_their_number(world):
    result = result_of("breakage")
    matured = [each for each in result.months if each.is_mature]
    assert 0 < len(matured) == result.estimate.months < len(result.months)
    text = REPORTS["breakage"].finding(result)
    assert f"Of the points of the {len(matured)} months that have matured" in text


def test_points_that_do_not_end_have_no_breakage(world):
    set_programme(expiry={"kind": "never"})
    assert "Points do not end" in REPORTS["breakage"].finding(
        never_ending(result_of("breakage"))
    )


def never_ending(result):
    months = [issue_month(9, 9, has_end=False) for _ in result.months]
    return type(result)(
        result.params, result.as_of, tuple(months), estimate(months), None, JUN
    )
