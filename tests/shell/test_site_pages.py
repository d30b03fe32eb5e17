"""What the apps put on the home page and into the search."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from loyalty_site.accounts.services import create_staff
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.site_pages import failed_jobs
from members.site_pages import first_member, found_members, newest_members
from points.site_pages import set_up, waiting
from tests.factories import make_member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def manager_user():
    return create_staff(username="m", email="m@example.com", role="manager")


@pytest.fixture
def admin_user():
    return create_staff(username="a", email="a@example.com", role="admin")


def test_members_are_found_by_name(admin_user):
    make_member(name="陈大文")
    make_member(name="Kay Wong")
    group = found_members(admin_user, "Kay")
    assert [hit.label for hit in group.hits] == ["Kay Wong"]
    assert (group.count, group.url) == (1, "/members/?q=Kay")


def test_nobody_else_finds_members():
    make_member(name="Kay Wong")
    assert found_members(AnonymousUser(), "Kay") is None


def test_newest_members_are_listed(admin_user):
    make_member(name="Kay Wong")
    [group] = newest_members(admin_user, NOW)
    assert [row.label for row in group.rows] == ["Kay Wong"]


def test_set_up_is_for_those_who_can_do_it(admin_user, manager_user):
    assert [step.is_done for step in set_up(admin_user)] == [False] * 3
    assert not first_member(manager_user)
    assert not set_up(manager_user)


def test_first_member_is_done_with_a_member(admin_user):
    assert [step.is_done for step in first_member(admin_user)] == [False]
    make_member()
    assert [step.is_done for step in first_member(admin_user)] == [True]


def test_nothing_waits_at_first(admin_user):
    assert list(waiting(admin_user, NOW)) == []


def test_a_job_that_failed_is_shown_for_a_week(admin_user):
    Job.objects.create(
        kind="x",
        title="Wave",
        created_by="user:a",
        created_at=NOW,
        state=Job.State.FAILED,
        finished_at=NOW,
    )
    assert [tile.value for tile in failed_jobs(admin_user, NOW)] == ["1"]
    assert not failed_jobs(admin_user, NOW + timedelta(days=8))
