"""How long a tier holds, what follows, and what keeps it: tables, and the pages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from points.models import Account, TierAssignment, TierTerms
from points.selectors.tier_progress import progress_of
from points.services.tiers import recompute_all_tiers
from points.tiering.outlook import outlook_by_periods, outlook_rolling
from points.tiering.plan import Plan, Rung
from points.tiering.windows import Window
from tests.factories import NOON, make_member, make_purchase, make_rule, make_tiers

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
RUNGS = (Rung(1, {"threshold": 100}), Rung(2, {"threshold": 300}))


def hong_kong(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


@pytest.mark.parametrize(
    ("by_year", "outlook"),
    [
        # (years ago: points), (rank, ends, then, missing, coming), seen in March 2026.
        ({1: 300}, (2, "2027-02-01", 0, 300, 0)),
        ({1: 300, 0: 120}, (2, "2027-02-01", 1, 180, 0)),
        ({1: 300, 0: 300}, (2, "2028-02-01", 0, None, 0)),
        ({1: 100, 0: 40}, (1, "2027-02-01", 0, 60, 0)),
        ({2: 300}, (0, None, 0, None, 0)),
        ({0: 99}, (0, None, 0, None, 0)),
    ],
)
def test_a_year_more_and_31_days_of_grace(by_year, outlook):
    plan = Plan(Window("year", HONG_KONG), RUNGS, valid_periods=1, grace_days=31)
    assert seen(plan, by_year, at="2026-03-10T12:00") == outlook


def test_during_grace_the_end_is_that_of_the_grace():
    plan = Plan(Window("year", HONG_KONG), RUNGS, valid_periods=1, grace_days=31)
    assert seen(plan, {2: 300, 1: 100}, at="2026-01-20T12:00") == (
        2,
        "2026-02-01",
        1,
        300,
        0,
    )


def test_a_tier_of_the_next_period_is_announced():
    plan = Plan(
        Window("quarter", HONG_KONG), RUNGS, begins_at_once=False, valid_periods=1
    )
    assert seen(plan, {0: 300}, at="2026-03-10T12:00") == (0, None, 0, None, 2)
    assert seen(plan, {1: 100}, at="2026-03-10T12:00")[:2] == (1, "2026-04-01")


def seen(plan, by_year, *, at):
    counters = {ago: {"threshold": points} for ago, points in by_year.items()}
    now = hong_kong(at)
    outlook = outlook_by_periods(plan, counters, at=now, joined_at=now)
    ends = outlook.ends_at and f"{outlook.ends_at.astimezone(HONG_KONG):%Y-%m-%d}"
    missing = (outlook.missing or {}).get("threshold")
    return outlook.rank, ends, outlook.rank_then, missing, outlook.coming


def test_a_rolling_tier_ends_when_too_many_points_have_left():
    plan = Plan(Window("rolling_months", HONG_KONG), RUNGS)
    facts = [
        (hong_kong("2024-02-29T10:00"), 50),
        (hong_kong("2024-05-01T10:00"), 150),
        (hong_kong("2024-08-01T10:00"), 150),
    ]
    outlook = outlook_rolling(plan, facts, at=hong_kong("2024-12-01T00:00"))
    assert (outlook.rank, outlook.rank_then, outlook.missing) == (
        2,
        1,
        {"threshold": 150},
    )
    assert outlook.ends_at == hong_kong("2025-05-01T10:00")


@pytest.mark.django_db
def test_progress_says_what_is_next_what_keeps_and_what_follows():
    TierTerms.objects.update(window="year", valid_periods=1, grace_days=31)
    make_rule()
    tiers = make_tiers(silver=100, gold=300, platinum=900)
    member = make_member()
    last_year = datetime(2025, 6, 10, 12, tzinfo=UTC)
    make_purchase(member, amount_minor=30_000, at=last_year)
    make_purchase(member, amount_minor=12_000, at=NOON)
    recompute_all_tiers(at=NOON)

    progress = progress_of(Account.objects.get(pk=member.pk), at=NOON)

    assert (progress.tier, progress.following) == (tiers["gold"], tiers["platinum"])
    assert progress.needed == "780 qualifying points"
    assert f"{progress.future.valid_through}" == "2027-01-31"
    assert progress.future.tier_then == tiers["silver"]
    assert progress.future.stay_needed == "180 qualifying points"
    assert f"{progress.future.stay_by}" == "2026-12-31"


@pytest.mark.django_db
def test_the_members_page_says_it_in_words(manager):
    make_rule()
    tiers = make_tiers(silver=0, gold=100)
    member = make_member()
    recompute_all_tiers(at=NOON)
    TierAssignment.objects.create(
        account_id=member.pk,
        tier=tiers["gold"],
        state="active",
        key="k",
        reason="VIP",
        asked_at=NOON,
        asked_by="user:agent",
        decided_by="user:manager",
    )
    recompute_all_tiers(at=NOON)
    page = manager.get(
        reverse("members:member-panel", args=[member.number, "points"])
    ).content.decode()
    for words in (
        "Gold was given without an end.",
        "Reached: Silver.",
        "Assigned by hand",
    ):
        assert words in page
