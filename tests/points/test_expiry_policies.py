"""When points expire: tables of cases, without a database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from points.expiry_policies import POLICY_KINDS, read_policy, stored_policy
from points.expiry_policies.after import AfterATime
from points.expiry_policies.fixed_date import OnAFixedDate
from points.expiry_policies.never import Never
from points.expiry_policies.year_end import AtTheEndOfTheYear

HONG_KONG, LONDON = "Asia/Hong_Kong", "Europe/London"
# Clocks go forward at midnight there, so some days begin at one o'clock.
CAIRO = "Africa/Cairo"


def local(text, zone):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


AFTER = [
    # The worked case: twelve months, through the end of the month.
    (AfterATime(12, "month", "month"), "2020-07-06T10:30", "2021-08-01T00:00"),
    (AfterATime(12, "month", "month"), "2020-07-01T00:00", "2021-08-01T00:00"),
    (AfterATime(12, "month", "month"), "2020-07-31T23:59:59", "2021-08-01T00:00"),
    # A month's end clamps, in leap years a day later.
    (AfterATime(1, "month"), "2025-01-31T12:00", "2025-02-28T12:00"),
    (AfterATime(1, "month"), "2024-01-31T12:00", "2024-02-29T12:00"),
    (AfterATime(1, "month", "day"), "2024-01-31T12:00", "2024-03-01T00:00"),
    (AfterATime(1, "year"), "2024-02-29T08:00", "2025-02-28T08:00"),
    (AfterATime(4, "year"), "2024-02-29T08:00", "2028-02-29T08:00"),
    (AfterATime(1, "year", "year"), "2024-02-29T08:00", "2026-01-01T00:00"),
    (AfterATime(30, "day"), "2026-06-15T12:00:01", "2026-07-15T12:00:01"),
    (AfterATime(30, "day", "day"), "2026-06-15T12:00", "2026-07-16T00:00"),
    (AfterATime(1, "day", "month"), "2026-06-30T12:00", "2026-08-01T00:00"),
    (AfterATime(1, "month", "quarter"), "2026-02-28T12:00", "2026-04-01T00:00"),
    (AfterATime(1, "month", "quarter"), "2026-03-01T12:00", "2026-07-01T00:00"),
    (AfterATime(6, "month", "half_year"), "2026-01-01T12:00", "2027-01-01T00:00"),
    (AfterATime(5, "month", "half_year"), "2026-01-01T12:00", "2026-07-01T00:00"),
    (AfterATime(1, "month", "year"), "2026-12-01T12:00", "2028-01-01T00:00"),
    (
        AfterATime(12, "month", "chosen_month", 3),
        "2025-03-31T12:00",
        "2026-04-01T00:00",
    ),
    (
        AfterATime(12, "month", "chosen_month", 3),
        "2025-04-01T00:00",
        "2027-04-01T00:00",
    ),
    (
        AfterATime(1, "month", "chosen_month", 12),
        "2026-12-01T00:00",
        "2028-01-01T00:00",
    ),
]
ON_A_DAY = [
    (OnAFixedDate("2026-12-31"), "2026-06-15T12:00", "2027-01-01T00:00"),
    (OnAFixedDate("2026-12-31"), "2026-12-31T23:59:59", "2027-01-01T00:00"),
    (OnAFixedDate("2026-12-31"), "2027-01-01T00:00", "2028-01-01T00:00"),
    (OnAFixedDate("2026-03-31"), "2031-04-01T00:00", "2032-04-01T00:00"),
    (OnAFixedDate("2030-03-31"), "2026-04-01T00:00", "2030-04-01T00:00"),
    (OnAFixedDate("2024-02-29"), "2024-03-01T00:00", "2025-03-01T00:00"),
    (OnAFixedDate("2024-02-29"), "2027-03-01T00:00", "2028-03-01T00:00"),
]
YEAR_END = [
    (AtTheEndOfTheYear(), "2026-01-01T00:00", "2027-01-01T00:00"),
    (AtTheEndOfTheYear(), "2026-12-31T23:59:59", "2027-01-01T00:00"),
    (AtTheEndOfTheYear(grace_months=3), "2020-07-06T10:30", "2021-04-01T00:00"),
    (AtTheEndOfTheYear(grace_days=14), "2020-07-06T10:30", "2021-01-15T00:00"),
    (AtTheEndOfTheYear(years=1), "2026-06-15T12:00", "2028-01-01T00:00"),
    (AtTheEndOfTheYear(last_month=3), "2026-03-31T23:00", "2026-04-01T00:00"),
    (AtTheEndOfTheYear(last_month=3), "2026-04-01T00:00", "2027-04-01T00:00"),
    (
        AtTheEndOfTheYear(last_month=2, grace_months=1, grace_days=1),
        "2024-01-31T12:00",
        "2024-04-02T00:00",
    ),
]


@pytest.mark.parametrize("zone", [HONG_KONG, "UTC", "America/New_York"])
@pytest.mark.parametrize(("policy", "since", "expires"), AFTER + ON_A_DAY + YEAR_END)
def test_points_expire(policy, since, expires, zone):
    found = policy.expires_at(local(since, zone), ZoneInfo(zone))
    assert found == local(expires, zone)


@pytest.mark.parametrize(
    ("policy", "zone", "since", "expires"),
    [
        # The day is that of the programme: midnight in Hong Kong is 16:00 UTC.
        (
            AfterATime(12, "month", "month"),
            HONG_KONG,
            "2020-06-30T15:59",
            "2021-06-30T16:00",
        ),
        (
            AfterATime(12, "month", "month"),
            HONG_KONG,
            "2020-06-30T16:00",
            "2021-07-31T16:00",
        ),
        (AtTheEndOfTheYear(), HONG_KONG, "2026-12-31T16:00", "2027-12-31T16:00"),
        # The same time of the day over a change of the clock.
        (AfterATime(6), LONDON, "2026-01-15T12:00", "2026-07-15T11:00"),
        (AfterATime(1, "day"), LONDON, "2026-03-28T12:00", "2026-03-29T11:00"),
        # 01:30 does not exist on 29 March: an hour later; it exists twice on 25 October: the first.
        (AfterATime(1, "day"), LONDON, "2026-03-28T01:30", "2026-03-29T01:30"),
        (AfterATime(1, "day"), LONDON, "2026-10-24T00:30", "2026-10-25T00:30"),
        # A summer's end of a month, read in winter.
        (
            AfterATime(6, "month", "month"),
            LONDON,
            "2026-01-15T12:00",
            "2026-07-31T23:00",
        ),
        # The day begins at one o'clock when the clock is put forward at midnight.
        (AfterATime(1, "day", "day"), CAIRO, "2026-04-22T10:00", "2026-04-23T22:00"),
    ],
)
def test_points_expire_in_the_zone_of_the_programme(policy, zone, since, expires):
    found = policy.expires_at(local(since, "UTC"), ZoneInfo(zone))
    assert found == local(expires, "UTC")


@pytest.mark.parametrize(
    "policy",
    [Never(), *(policy for policy, _since, _end in AFTER + ON_A_DAY + YEAR_END)],
)
def test_a_policy_is_stored_and_read_again(policy):
    assert read_policy(stored_policy(policy)) == policy
    assert policy.sentence()
    assert "%(" not in policy.sentence()


@pytest.mark.parametrize("days", range(0, 1500, 37))
@pytest.mark.parametrize(
    "policy",
    [OnAFixedDate("2024-02-29"), AtTheEndOfTheYear(), AfterATime(1, "day", "day")],
)
def test_points_live_for_a_moment_at_least(policy, days):
    since = datetime.fromtimestamp(1_700_000_000 + 86_399 * days, UTC)
    end = policy.expires_at(since, ZoneInfo(CAIRO))
    assert end > since


@pytest.mark.parametrize(
    ("kind", "data", "wrong"),
    [
        ("after", {"count": "0"}, "count"),
        ("after", {"count": "101", "unit": "year"}, "count"),
        ("after", {"unit": "week"}, "unit"),
        ("after", {"through": "decade"}, "through"),
        ("after", {"last_month": "13"}, "last_month"),
        ("fixed_date", {"day": "31/12/26"}, "day"),
        ("year_end", {"years": "-1"}, "years"),
        ("year_end", {"grace_days": "367"}, "grace_days"),
    ],
)
def test_the_form_refuses(kind, data, wrong):
    right = {
        "after": {
            "count": "12",
            "unit": "month",
            "through": "month",
            "last_month": "1",
        },
        "fixed_date": {"day": "2026-12-31"},
        "year_end": {
            "last_month": "12",
            "years": "0",
            "grace_months": "0",
            "grace_days": "0",
        },
    }[kind]
    form = POLICY_KINDS[kind].form(right)
    assert form.is_valid()
    assert POLICY_KINDS[kind](**form.cleaned_data).sentence()
    assert list(POLICY_KINDS[kind].form(right | data).errors) == [wrong]
