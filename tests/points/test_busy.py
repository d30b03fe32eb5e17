"""Somebody else holds what a page or a sweep needs: a plain answer, nothing written."""

import logging
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import run_chunk
from loyalty_site.lib.forms import new_form_key
from points.models import Entry
from points.selectors.balances import balance_of
from points.services.expiry import expire_points
from points.services.nightly import start_nightly
from tests.factories import (
    NOON,
    give_points,
    make_member,
    make_reward,
    make_rule,
    set_programme,
)
from tests.points.books import differences, everything
from tests.races import held, locked

pytestmark = pytest.mark.django_db(transaction=True)
BUSY = "somebody else is changing the same thing"


def now():
    return timezone.now()  # noqa: TID251 -- the pages read the clock


def adjusted(client, member):
    return reverse("points:adjustment-add"), {
        "member": member.number,
        "points": "50",
        "direction": "give",
        "reason": Entry.AdjustReason.GOODWILL,
        "note": "kept",
        "confirmed": "1",
    }


def given(client, member):
    page = reverse("points:counter-member", args=[member.number])
    return page, {"amount": "12.50", "store": ""}


def redeemed(client, member):
    session = client.session
    session["member_id"] = member.pk
    session.save()
    reward = make_reward(cost=10)
    return reverse("points:portal-reward", args=[reward.public_id]), {}


@pytest.mark.parametrize(
    ("role", "form", "kept"),
    [
        ("agent", adjusted, "kept"),
        ("clerk", given, "12.50"),
        ("visitor", redeemed, ""),
    ],
)
@pytest.mark.usefixtures("patience")
def test_a_page_says_busy_keeps_the_form_and_works_the_next_time(
    request, role, form, kept
):
    make_rule()
    client = request.getfixturevalue(role)
    member = make_member(balance=100)
    page, data = form(client, member)
    data["key"] = new_form_key(now())
    before = everything()

    with held(member):
        answer = client.post(page, data)

    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert BUSY in text
    assert kept in text
    assert everything() == before

    assert client.post(page, data).status_code == 302
    assert everything() != before
    assert differences(now()) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", BUSY), ("zh-hans", "没有任何更改"), ("zh-hant", "沒有任何更改")],
)
@pytest.mark.usefixtures("patience")
def test_what_no_form_answers_has_a_plain_page(agent, language, words):
    agent.cookies["django_language"] = language

    with locked("LOCK TABLE points_adjustment IN ACCESS EXCLUSIVE MODE"):
        answer = agent.get(reverse("points:adjustment-list"))

    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert words in text
    assert f'<html lang="{language[:2]}' in text
    assert agent.get(reverse("points:adjustment-list")).status_code == 200


def expired_points(*, at):
    """Two members, each with points that have expired and that nothing has swept."""
    set_programme(expiry_months=1)
    members = make_member(), make_member()
    for member in members:
        give_points(member, 30, at=at - timedelta(days=60))
    return members


def test_the_sweep_passes_over_who_is_held_and_takes_them_next_time(caplog):
    first, _second = expired_points(at=NOON)

    with held(first), caplog.at_level(logging.WARNING, "points.services.expiry"):
        assert expire_points(at=NOON) == 1
        assert balance_of(member_id=first.pk, at=NOON).available == 0

    assert "left 1 accounts that are in use to the next" in caplog.text
    swept = Entry.objects.filter(kind=Entry.Kind.EXPIRE).values_list(
        "account", flat=True
    )
    assert first.pk not in swept
    assert expire_points(at=NOON) == 1
    assert first.pk in swept.all()
    assert differences() == []


def test_the_night_goes_on_without_who_is_held():
    first, _second = expired_points(at=NOON)
    job = start_nightly(on=NOON.date(), at=NOON)

    with held(first):
        while run_chunk(job_id=job.pk, at=NOON):
            pass

    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    assert Entry.objects.filter(kind=Entry.Kind.EXPIRE).count() == 1
    assert expire_points(at=NOON) == 1
    assert differences() == []
