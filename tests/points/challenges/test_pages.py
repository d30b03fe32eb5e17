"""Challenges and badges on the pages of staff: their forms, their life, who may what."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from points.models import Badge, Challenge
from points.services.challenges.keeping import Goal, goals_of
from tests.factories import NOON, make_member, make_rule
from tests.points.challenges.worlds import (
    DAY,
    buy,
    by_touch,
    make_badge,
    make_challenge,
)
from tests.points.test_pictures import png

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"points:{name}", args=args)


def sent(**changed):
    return {
        "name": "Three in June",
        "name_zh_hant": "六月三次",
        "starts_at": "2026-06-01T00:00",
        "ends_at": "2099-07-01T00:00",
        "repeat": "once",
        "goal_1_kind": "purchases",
        "goal_1_target": "3",
        "goal_1_least": "5.00",
        "goal_2_kind": "spend",
        "goal_2_target": "200",
        "needs": "all",
        "points": "500",
    } | changed


def test_a_challenge_goes_its_way_through_the_pages(marketer):
    badge = make_badge("Regular")
    marketer.post(url("challenge-add"), sent(badge=badge.name))
    made = Challenge.objects.get()
    assert goals_of(made) == [
        Goal("purchases", 3, least_minor=500),
        Goal("spend", 20_000),
    ]
    page = marketer.get(made.get_absolute_url()).content.decode()
    assert (
        "3 purchases of US$5.00 or more and US$200.00 of purchases through "
        "30 Jun 2099: 500 points and the badge Regular."
    ) in page
    assert "A draft" in page
    form = marketer.get(url("challenge-edit", made.public_id)).content.decode()
    assert 'value="200.00"' in form
    for step, state in (
        ("start", "running"),
        ("pause", "paused"),
        ("resume", "running"),
    ):
        marketer.post(url("challenge-move", made.public_id, step))
        assert Challenge.objects.get().state == state
    listed = marketer.get(url("challenge-list"), headers={"Accept-Language": "zh-hant"})
    assert "六月三次" in listed.content.decode()
    marketer.post(url("challenge-edit", made.public_id), {"name": "Renamed"})
    assert Challenge.objects.get().name == "Renamed"
    end = url("challenge-end", made.public_id)
    assert marketer.get(end).status_code == 200
    assert Challenge.objects.get().ends_at.year == 2099
    marketer.post(end)
    assert Challenge.objects.get().ends_at.year < 2099
    marketer.post(url("challenge-edit", made.public_id), {"name": "Was it"})
    assert Challenge.objects.get().name == "Was it"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"ends_at": "2026-06-01T00:00"}, "ends_at"),
        ({"goal_1_kind": "", "goal_1_target": "", "goal_2_kind": ""}, "goal_1_kind"),
        ({"goal_1_kind": ""}, "goal_1_kind"),
        ({"goal_1_target": "0"}, "goal_1_target"),
        ({"goal_1_target": "many"}, "goal_1_target"),
        ({"goal_2_target": "0"}, "goal_2_target"),
        ({"goal_1_least": "x"}, "goal_1_least"),
        ({"goal_3_kind": "sku", "goal_3_target": "2"}, "goal_3_what"),
        ({"points": ""}, "points"),
        ({"points": "99999999"}, "points"),
        ({"repeat": "hourly"}, "repeat"),
        ({"badge": "77"}, "badge"),
    ],
)
def test_a_wrong_challenge_is_answered_and_not_kept(marketer, changed, field):
    answer = marketer.post(url("challenge-add"), sent(**changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Challenge.objects.exists()


def test_a_badge_is_kept_with_its_picture(marketer):
    marketer.post(url("badge-add"), {"name": "Regular", "name_zh_hans": "常客"})
    badge = Badge.objects.get()
    again = marketer.post(url("badge-add"), {"name": "Regular"})
    assert (again.status_code, Badge.objects.count()) == (422, 1)
    marketer.post(
        url("badge-picture", badge.public_id),
        {"file": as_file(png()), "alt": "A medal"},
    )
    badge.refresh_from_db()
    assert (badge.picture_alt, len(badge.picture_digest)) == ("A medal", 64)
    listed = marketer.get(url("badge-list"), headers={"Accept-Language": "zh-hans"})
    assert "常客" in listed.content.decode()
    assert badge.picture_digest in listed.content.decode()


def as_file(data):
    return SimpleUploadedFile("badge.png", data)


def test_the_members_tab_shows_badges_and_how_far_each_goal_is(
    agent, django_assert_max_num_queries
):
    make_rule()
    reached = make_challenge(Goal("purchases", 1), badge_id=make_badge("Regular").pk)
    Challenge.objects.update(ends_at=NOON + 9999 * DAY)
    make_challenge(Goal("spend", 4000), name="Big", ends_at=NOON + 9999 * DAY)
    member = make_member()
    buy(member, 1000)
    by_touch()
    address = reverse("members:member-panel", args=[member.number, "challenges"])
    with django_assert_max_num_queries(25):
        page = agent.get(address).content.decode()
    assert "Regular" in page
    assert "US$10.00 of US$40.00" in page
    assert 'value="25"' in page
    assert f"Reached on {NOON:%-d %b %Y}" in page
    assert reached.name in page


def test_who_sees_and_who_changes_challenges(marketer, auditor, clerk):
    challenge, badge = make_challenge(), make_badge()
    reading = [url("challenge-list"), url("badge-list"), challenge.get_absolute_url()]
    changing = [
        url("challenge-add"),
        url("badge-add"),
        url("badge-edit", badge.public_id),
        url("badge-picture", badge.public_id),
        url("challenge-edit", challenge.public_id),
        url("challenge-end", challenge.public_id),
        url("challenge-move", challenge.public_id, "pause"),
    ]
    for address in reading:
        assert auditor.get(address).status_code == 200
        assert clerk.get(address).status_code == 403
    for address in changing:
        for person in (auditor, clerk):
            assert person.post(address).status_code == 403
    assert marketer.get(changing[-1]).status_code == 405
    assert (
        marketer.post(url("challenge-move", challenge.public_id, "x")).status_code
        == 404
    )
    challenge.refresh_from_db()
    assert challenge.state == "running"
