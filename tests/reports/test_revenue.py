"""Revenue after IFRS 15: the standard's own example, exact ratios, balanced lines."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from loyalty_site.lib.money import round_minor
from loyalty_site.lib.periods import add_months
from reports.statistics.books import VintageRow
from reports.statistics.journal import Account, Cause, journal
from reports.statistics.revenue import Facts, Position, allocations_of, schedule
from reports.statistics.worth import Price

DOCUMENT = Path(__file__).parents[2] / "docs" / "policies" / "books.md"
NEVER = date(9999, 12, 1)
JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


def row(month, *, issued_month=JAN, origin="sale", expiry=NEVER, **points):
    given = dict.fromkeys(("issued", "taken_back", "redeemed", "expired", "other"), 0)
    return VintageRow(
        issued_month, origin, issued_month, expiry, month, **given | points
    )


def price(since, rate, value="1"):
    return Price(since, Decimal(value), Decimal(rate))


def facts(rows, sold, *prices, currency="JPY"):
    return Facts(rows, sold, prices, currency, over_until=date(2030, 1, 1))


# IFRS 15, IE267 to IE270: a year there is a month here, a CU a yen.
EXAMPLE = facts(
    [
        row(JAN, issued=10_000, redeemed=-4_500),
        row(FEB, redeemed=-4_000),
        row(MAR, redeemed=-1_200),
    ],
    {JAN: 100_000},
    price(JAN, "0.95"),
    price(FEB, "0.97"),
)


def test_the_standards_example_comes_out_to_the_unit():
    allocation = allocations_of(EXAMPLE)[JAN]
    assert allocation.to_points == Fraction(100_000 * 9_500, 109_500)
    assert round_minor(allocation.to_goods) == 91_324
    months = schedule(EXAMPLE, [JAN, FEB, MAR])
    assert [each.moved.redeemed for each in months] == [4_110, 3_493, 1_073]
    assert [each.closing.liability for each in months] == [4_566, 1_073, 0]
    assert months[0].moved.deferred == 8_676


def test_the_worked_example_of_the_document_is_what_is_computed():
    text = DOCUMENT.read_text()
    for each in schedule(EXAMPLE, [JAN, FEB, MAR]):
        cells = (
            each.opening.liability,
            each.moved.deferred,
            each.moved.redeemed,
            each.moved.broken,
            each.closing.liability,
        )
        line = " | ".join(f"{cell:,}" for cell in cells)
        assert f"| {each.month:%b} | {line} |" in text


def test_what_nobody_redeemed_is_earned_when_the_points_end():
    rows = [
        row(JAN, issued=100, redeemed=-30, expiry=FEB),
        row(MAR, expired=-70, expiry=FEB),
    ]
    months = schedule(facts(rows, {JAN: 900}, price(JAN, "0.9")), [JAN, FEB, MAR])
    # 900 x 90 / 990 = 81.8; 30 of the 90 expected are a third of it.
    assert [each.moved.redeemed for each in months] == [27, 0, 0]
    assert [each.moved.broken for each in months] == [0, 55, 0]
    assert [each.closing.liability for each in months] == [55, 0, 0]


def test_points_that_are_taken_back_take_their_deferral_with_them():
    rows = [row(JAN, issued=100), row(FEB, taken_back=-25)]
    months = schedule(facts(rows, {JAN: 1_000}, price(JAN, "1")), [JAN, FEB])
    assert months[0].closing.liability == 91
    assert (months[1].moved.reversed, months[1].closing.liability) == (23, 68)


def test_a_lower_expectation_is_caught_up_at_once():
    rows = [row(JAN, issued=100, redeemed=-40)]
    prices = (price(JAN, "0.8"), price(FEB, "0.5"))
    months = schedule(facts(rows, {JAN: 1_000}, *prices), [JAN, FEB, MAR])
    # 74.07 deferred: 40 of 80, then 40 of 50 expected.
    assert [each.moved.redeemed for each in months] == [37, 22, 0]


def test_gifts_are_provided_for_and_defer_nothing():
    rows = [
        row(JAN, origin="gift", issued=100),
        row(FEB, origin="gift", redeemed=-60),
    ]
    months = schedule(facts(rows, {JAN: 1_000}, price(JAN, "0.5")), [JAN, FEB])
    assert [each.closing for each in months] == [
        Position(provision=50),
        Position(provision=20),
    ]


def test_without_a_price_nothing_is_deferred():
    [month] = schedule(facts([row(JAN, issued=9)], {JAN: 1_000}), [JAN])
    assert month.closing == Position()


def test_lines_of_the_journal_change_sides_below_zero():
    rows = [row(JAN, origin="gift", issued=100), row(FEB, redeemed=-100, origin="gift")]
    months = schedule(facts(rows, {}, price(JAN, "1")), [JAN, FEB])
    assert [
        (line.on.isoformat(), line.account, line.debit_minor, line.credit_minor)
        for line in journal(months)
    ] == [
        ("2026-01-31", Account.GIFT_COST, 100, 0),
        ("2026-01-31", Account.GIFT_PROVISION, 0, 100),
        ("2026-02-28", Account.GIFT_PROVISION, 100, 0),
        ("2026-02-28", Account.GIFT_COST, 0, 100),
    ]


# Properties ------------------------------------------------------------------

AMOUNT = st.integers(1, 10**7)
LIVES = st.lists(
    st.tuples(AMOUNT, st.integers(0, 100), st.integers(0, 100), AMOUNT), max_size=5
)


@pytest.mark.parametrize("rates", [("0.333333", "0.777777"), ("0.9", "0.1")])
@given(lives=LIVES)
def test_months_add_up_and_every_line_has_its_other_side(rates, lives):
    rows, sold = [], {}
    for index, (points, used, back, amount) in enumerate(lives):
        issued = add_months(JAN, index)
        end = add_months(issued, 2)
        redeemed = points * used // 100
        taken = (points - redeemed) * back // 100
        sold[issued] = amount
        rows += [
            row(issued, issued_month=issued, expiry=end, issued=points),
            row(
                add_months(issued, 1),
                issued_month=issued,
                expiry=end,
                redeemed=-redeemed,
                taken_back=-taken,
            ),
        ]
    given_facts = facts(
        rows, sold, price(JAN, rates[0], "0.017"), price(APR, rates[1], "0.02")
    )
    months = schedule(given_facts, [add_months(JAN, index) for index in range(9)])
    total = months[-1].closing
    for name in vars(total):
        assert sum(vars(each.moved)[name] for each in months) == vars(total)[name]
    # Everything has ended: nothing is left to be earned but what rounding leaves.
    assert abs(total.liability) <= 2
    for each in months:
        lines = journal([each])
        assert sum(line.debit_minor - line.credit_minor for line in lines) == 0
        liability = sum(
            line.credit_minor - line.debit_minor
            for line in lines
            if line.account is Account.CONTRACT_LIABILITY
        )
        assert liability == each.closing.liability - each.opening.liability
        assert {line.cause for line in lines} <= set(Cause)
