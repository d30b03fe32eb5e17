"""Re-dating: counted first, moved in chunks, taken back as a whole."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import run_chunk
from points.expiry_policies.after import AfterATime
from points.expiry_policies.never import Never
from points.models import DateChange, Lot, Redating
from points.selectors.balances import balance_of
from points.services.expiry import expire_points
from points.services.expiry_settings import set_expiry_policy, set_sliding
from points.services.holds import HoldWish, place_hold
from points.services.redatings import moving
from points.services.redatings.dates import not_too_soon
from points.services.redatings.moving import start_counting, start_moving
from points.services.redatings.reversal import start_reversal
from points.services.redatings.states import RedatingNotReady
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
from tests.points.books import differences, everything

pytestmark = pytest.mark.django_db
YEAR = NOON.replace(year=2027)
MIDNIGHT = datetime(2026, 6, 16, tzinfo=UTC)


def ends():
    return list(Lot.objects.order_by("pk").values_list("expires_at", flat=True))


def run(at=NOON):
    """Let a worker do all chunks of the newest job."""
    job_id = Job.objects.latest("pk").pk
    while run_chunk(job_id=job_id, at=at):
        pass


def count(policy=None, *, notice_days=0, at=NOON):
    if policy is not None:
        set_expiry_policy(policy=policy, actor=CLERK)
    redating = start_counting(
        reason="test", notice_days=notice_days, at=at, actor=CLERK
    )
    run(at)
    redating.refresh_from_db()
    return redating


def redate(policy=None, *, notice_days=0, at=NOON):
    redating = count(policy, notice_days=notice_days, at=at)
    start_moving(redating=redating, at=at, actor=CLERK)
    run(at)
    redating.refresh_from_db()
    return redating


def take_back(redating, at=NOON):
    redating.refresh_from_db()
    start_reversal(redating=redating, at=at, actor=CLERK)
    run(at)
    redating.refresh_from_db()


@pytest.fixture
def member():
    """30 points of NOON and 5 of two months before, for twelve months each."""
    set_programme(expiry_months=12)
    member = make_member()
    give_points(member, 30, at=NOON)
    give_points(member, 5, at=NOON - timedelta(days=60))
    return member


@pytest.mark.parametrize(
    ("wanted", "now", "becomes"),
    [
        (None, 5, None),
        (9, 5, 9),
        (7, 9, 7),
        (2, 9, 4),
        (2, None, 4),
        (2, 3, 3),
        (4, 3, 4),
        (None, None, None),
    ],
)
def test_nothing_expires_before_the_notice_ends(wanted, now, becomes):
    """Days of June; the notice ends on the 4th."""

    def day(number):
        return number and datetime(2026, 6, number, tzinfo=UTC)

    assert not_too_soon(day(wanted), day(now), end=day(4)) == day(becomes)


def test_counting_changes_nothing(member):
    set_expiry_policy(policy=AfterATime(1), actor=CLERK)
    before = everything()
    redating = count()
    numbers = [getattr(redating, name) for name in moving.NUMBERS]
    assert (redating.state, numbers) == ("counted", [2, 1, 0, 35, 5])
    assert everything() == before


def test_shorter_lives_end_after_the_notice_at_the_earliest(member):
    redating = redate(AfterATime(1))
    assert ends() == [NOON.replace(month=7), MIDNIGHT]
    assert redating.state == "done"
    assert balance_of(member_id=member.pk, at=NOON).available == 35
    assert balance_of(member_id=member.pk, at=MIDNIGHT).available == 30
    assert expire_points(at=MIDNIGHT) == 1
    assert differences(MIDNIGHT) == []


def test_a_hold_reserves_nothing_of_what_a_redating_let_expire(member):
    wish = HoldWish(timedelta(days=6), points=5, source="till", source_id="h")
    place_hold(member=member, wish=wish, key="h", at=NOON, actor=CLERK)
    redate(AfterATime(1))
    assert balance_of(member_id=member.pk, at=MIDNIGHT).available == 30
    redeem(member, make_reward(cost=30), at=MIDNIGHT)
    assert differences(MIDNIGHT) == []


def test_longer_lives_and_their_way_back(member):
    before = ends()
    redating = redate(Never())
    assert ends() == [None, None]
    assert redating.points_later == 35
    take_back(redating)
    assert ends() == before
    assert redating.state == "reversed"
    assert [each.cause for each in DateChange.objects.order_by("pk")] == [
        "redated",
        "redated",
        "restored",
        "restored",
    ]
    assert differences() == []


def test_an_old_date_that_has_passed_becomes_the_end_of_the_day(member):
    redating = redate(Never())
    later = YEAR + timedelta(days=3)
    redeem(member, make_reward(cost=1), at=later)
    take_back(redating, at=later)
    assert set(ends()) == {later.replace(hour=0) + timedelta(days=1)}
    assert differences(later) == []


def test_what_has_expired_is_left_alone_swept_or_not(member):
    at = YEAR - timedelta(days=30)
    before = ends()
    redating = redate(Never(), at=at)
    assert ends() == [None, before[1]]
    assert redating.lots == 1
    expire_points(at=at)
    take_back(redating, at=at)
    assert ends() == before
    assert differences(at) == []


def test_what_moved_since_keeps_its_dates(member):
    make_rule()
    redating = redate(AfterATime(24))
    set_sliding(activities=["purchase"], actor=CLERK)
    at = NOON + timedelta(days=30)
    make_purchase(member, amount_minor=0, at=at)
    extended = ends()
    take_back(redating, at=at)
    assert ends() == extended
    assert differences(at) == []


def test_an_extension_counts_as_the_beginning(member):
    make_rule()
    set_sliding(activities=["purchase"], actor=CLERK)
    at = NOON + timedelta(days=30)
    make_purchase(member, amount_minor=0, at=at)
    redate(AfterATime(24), at=at)
    assert set(ends()) == {at.replace(year=2028)}


def test_a_killed_worker_repeats_nothing(member, monkeypatch):
    monkeypatch.setattr("points.services.redatings.states.ACCOUNTS_PER_CHUNK", 1)
    others = [make_member(balance=7, at=NOON) for _ in range(3)]
    redating = count(AfterATime(24))
    start_moving(redating=redating, at=NOON, actor=CLERK)
    job = Job.objects.latest("pk")
    with monkeypatch.context() as killed:
        # The chunk is done; the worker dies before it commits.
        killed.setattr("loyalty_site.jobs.services._advance", _dies)
        for _again in range(2):
            with pytest.raises(KeyboardInterrupt):
                run_chunk(job_id=job.pk, at=NOON)
            Job.objects.update(lease_until=None)
        assert not DateChange.objects.exists()
    run()
    redating.refresh_from_db()
    assert (redating.lots, redating.members) == (5, 1 + len(others))
    assert DateChange.objects.count() == 5
    assert differences() == []


def _dies(*_args):
    raise KeyboardInterrupt


def test_one_at_a_time_and_each_step_once(member):
    redating = start_counting(reason="x", notice_days=0, at=NOON, actor=CLERK)
    with pytest.raises(RedatingNotReady):
        start_counting(reason="y", notice_days=0, at=NOON, actor=CLERK)
    with pytest.raises(RedatingNotReady):
        start_moving(redating=redating, at=NOON, actor=CLERK)
    with pytest.raises(RedatingNotReady):
        start_reversal(redating=redating, at=NOON, actor=CLERK)
    assert (Redating.objects.count(), Job.objects.count()) == (1, 1)


def test_managers_count_confirm_and_take_back(manager, member):
    set_expiry_policy(policy=Never(), actor=CLERK)
    manager.post(
        reverse("points:redating-list"), {"notice_days": "0", "reason": "Promise"}
    )
    run()
    redating = Redating.objects.get()
    shown = manager.get(redating.get_absolute_url()).content.decode()
    assert "Re-date the points of 1 member" in shown
    manager.post(reverse("points:redating-confirm", args=[redating.public_id]))
    run()
    assert ends() == [None, None]
    back = reverse("points:redating-reverse", args=[redating.public_id])
    assert "Restore the dates of 1 member" in manager.get(back).content.decode()
    manager.post(back)
    run()
    assert None not in ends()


@pytest.mark.parametrize("role", ["agent", "marketer", "auditor"])
def test_nobody_else_may(request, role, member):
    client = request.getfixturevalue(role)
    data = {"notice_days": "0", "reason": "x"}
    assert client.post(reverse("points:redating-list"), data).status_code == 403
    assert not Redating.objects.exists()
