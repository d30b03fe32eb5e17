"""Windows, periods and what is left of a tier: tables without a database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from points.errors.tiers import ThresholdTaken, TiersNotComparable, TiersOutOfOrder
from points.models import Tier
from points.services.tier_settings import in_order
from points.tiering.plan import Plan, Rung
from points.tiering.windows import Window

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("kind", "start_month", "at", "period"),
    [
        ("year", 1, "2026-12-31T23:59", "2026-01-01/2027-01-01"),
        ("year", 1, "2027-01-01T00:00", "2027-01-01/2028-01-01"),
        ("year", 4, "2026-03-31T23:59", "2025-04-01/2026-04-01"),
        ("half_year", 2, "2026-01-31T12:00", "2025-08-01/2026-02-01"),
        ("quarter", 3, "2024-02-29T23:59", "2023-12-01/2024-03-01"),
        ("month", 1, "2024-02-29T23:59", "2024-02-01/2024-03-01"),
        # The clock goes forward on 29 March and back on 25 October.
        ("month", 1, "2026-03-29T03:00", "2026-03-01/2026-04-01"),
        ("month", 1, "2026-10-25T02:30", "2026-10-01/2026-11-01"),
        ("quarter", 1, "2026-04-01T00:00", "2026-04-01/2026-07-01"),
    ],
)
def test_a_period_goes_from_midnight_to_midnight(kind, start_month, at, period):
    window = Window(kind, BERLIN, start_month=start_month)
    number = window.number_at(berlin(at), berlin(at))
    starts = [window.start_of(number + n, berlin(at)) for n in (0, 1)]
    assert starts == [berlin(day) for day in period.split("/")]


@pytest.mark.parametrize(
    ("joined", "at", "number", "start"),
    [
        ("2024-02-29", "2025-02-27T23:59", 0, "2024-02-29"),
        ("2024-02-29", "2025-02-28T00:00", 1, "2025-02-28"),
        ("2024-02-29", "2028-02-28T12:00", 3, "2027-02-28"),
        ("2024-02-29", "2028-02-29T00:00", 4, "2028-02-29"),
        ("2022-07-14", "2022-07-14T00:00", 0, "2022-07-14"),
        ("2022-07-14", "2022-07-13T23:59", -1, "2021-07-14"),
        ("2025-12-31", "2026-12-30T23:59", 0, "2025-12-31"),
    ],
)
def test_the_year_of_the_membership_starts_on_its_anniversary(
    joined, at, number, start
):
    window = Window("anniversary", BERLIN)
    joined_at = berlin(f"{joined}T18:00")
    assert window.number_at(berlin(at), joined_at) == number
    assert window.start_of(number, joined_at) == berlin(start)


@pytest.mark.parametrize(
    ("kind", "length", "at", "start"),
    [
        ("rolling_months", 12, "2025-02-28T10:00", "2024-02-28T10:00"),
        ("rolling_months", 12, "2024-02-29T10:00", "2023-02-28T10:00"),
        ("rolling_months", 1, "2026-03-31T10:00", "2026-02-28T10:00"),
        ("rolling_days", 30, "2026-04-10T02:30", "2026-03-11T02:30"),
        ("rolling_days", 1, "2026-03-30T02:30", "2026-03-29T03:30"),
    ],
)
def test_a_rolling_window_starts_at_the_same_time_of_day(kind, length, at, start):
    window = Window(kind, BERLIN, length=length)
    assert window.rolling_start(berlin(at)) == berlin(start).astimezone(UTC)


@pytest.mark.parametrize(
    ("terms", "held"),
    [
        # Gold of three, reached in period 0: what is left in periods 0 to 5.
        ({}, [3, 0, 0, 0, 0, 0]),
        ({"valid_periods": 1}, [3, 3, 0, 0, 0, 0]),
        ({"downgrade": "one_step"}, [3, 2, 1, 0, 0, 0]),
        ({"downgrade": "one_step", "valid_periods": 2}, [3, 3, 3, 2, 1, 0]),
        ({"downgrade": "none"}, [3, 3, 3, 3, 3, 3]),
    ],
)
def test_what_is_left_of_a_tier(terms, held):
    plan = plan_of(**terms)
    assert [plan.held_after(3, periods) for periods in range(6)] == held


def test_nobody_falls_below_a_tier_for_life():
    plan = plan_of(silver_is_for_life=True, downgrade="one_step")
    assert [plan.held_after(3, periods) for periods in range(4)] == [3, 2, 2, 2]
    assert [plan.held_after(1, periods) for periods in range(3)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("at", "rank"),
    [
        # Reached in 2025, valid for a year more, with 31 days of grace.
        ("2025-07-01T00:00", 0),
        ("2026-01-01T00:00", 2),
        ("2026-12-31T23:59", 2),
        ("2027-01-31T23:59", 2),
        ("2027-02-01T00:00", 1),
    ],
)
def test_a_tier_of_next_year_is_kept_through_its_grace(at, rank):
    plan = plan_of(begins_at_once=False, valid_periods=1, grace_days=31)
    reached = {2025: 2, 2026: 1}
    assert plan.rank_at(berlin(at), berlin(at), reached) == rank


@pytest.mark.parametrize(
    ("needs_all", "counters", "is_reached"),
    [
        (True, {"threshold": 100, "visits": 5}, True),
        (True, {"threshold": 100, "visits": 4}, False),
        (True, {"threshold": 1000}, False),
        (False, {"threshold": 100}, True),
        (False, {"visits": 5}, True),
        (False, {"threshold": 99, "visits": 4}, False),
    ],
)
def test_thresholds_are_inclusive_and_all_or_any(needs_all, counters, is_reached):
    rung = Rung(1, {"threshold": 100, "visits": 5}, needs_all=needs_all)
    assert rung.is_reached(counters) is is_reached


def tier(name: str, **criteria: int) -> Tier:
    return Tier(name=name, slug=name, **criteria)


def test_a_ladder_is_ordered_by_what_all_its_tiers_ask_for():
    gold = tier("Gold", spend_minor=900)
    silver = tier("Silver", threshold=50, spend_minor=100)
    platinum = tier("Platinum", spend_minor=900, visits=9)
    basic = tier("Basic", spend_minor=0)
    ladder = in_order([platinum, gold, basic, silver])
    names = [each.name for each in ladder]
    assert names == ["Basic", "Silver", "Gold", "Platinum"]


@pytest.mark.parametrize(
    ("tiers", "refusal"),
    [
        ([{"threshold": 1}, {"spend_minor": 5}], TiersNotComparable),
        ([{"threshold": 1}, {"threshold": 1}], ThresholdTaken),
        (
            [{"threshold": 1, "visits": 9}, {"threshold": 2, "visits": 8}],
            TiersOutOfOrder,
        ),
        (
            [
                {"threshold": 1, "visits": 9},
                {"threshold": 2},
                {"threshold": 3, "visits": 1},
            ],
            TiersOutOfOrder,
        ),
    ],
)
def test_a_ladder_without_an_order_is_refused(tiers, refusal):
    with pytest.raises(refusal):
        in_order([tier(f"T{n}", **criteria) for n, criteria in enumerate(tiers)])


def plan_of(*, silver_is_for_life: bool = False, **terms) -> Plan:
    rungs = tuple(
        Rung(n, {"threshold": 100 * n}, is_for_life=silver_is_for_life and n == 2)
        for n in (1, 2, 3)
    )
    return Plan(Window("year", BERLIN), rungs, **terms)
