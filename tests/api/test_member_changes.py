"""The API changes and closes memberships, and reads statements and drafts of tiers."""

import json
import uuid
from datetime import date

import pytest

from members.models import Member
from members.services import close_member
from points.models import Tier
from points.services.tier_drafts import save_or_draft_tier
from points.services.tier_settings import TierDetails
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
)


def patch(till, path, body):
    return till.client.patch(
        f"/api/v1{path}",
        json.dumps(body),
        content_type="application/json",
        headers=till.headers(uuid.uuid4().hex),
    )


@pytest.fixture
def member(till):
    return make_member(
        name="Chan Mei", email="mei@example.org", birth_on=date(1990, 2, 28), note="VIP"
    )


def test_what_is_left_out_stays_and_null_takes_away(till, member):
    answer = patch(
        till, f"/members/{member.number}", {"address_as": "Ms Chan", "birth_on": None}
    )
    assert answer.status_code == 200
    member.refresh_from_db()
    assert (member.full_name, member.address_as) == ("Chan Mei", "Ms Chan")
    assert (member.email, member.birth_on) == ("mei@example.org", None)
    assert member.note == "VIP"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"email": "other@example.org"}, (409, "already_enrolled")),
        ({"birth_on": "2099-01-01"}, (422, "born_in_the_future")),
        ({"balance": 5}, (422, "not_valid")),
        ({"language": "tlh"}, (422, "not_valid")),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(till, member, change, refusal):
    make_member(email="other@example.org")
    before = Member.objects.filter(pk=member.pk).values().get()
    answer = patch(till, f"/members/{member.number}", change)
    assert (answer.status_code, answer.json()["code"]) == refusal
    assert Member.objects.filter(pk=member.pk).values().get() == before


def test_a_closed_membership_is_not_changed(till, member):
    close_member(member=member, reason="", at=NOON, actor=CLERK)
    answer = patch(till, f"/members/{member.number}", {"full_name": "X"})
    assert (answer.status_code, answer.json()["code"]) == (409, "member_closed")


def test_close_once(till, member):
    path = f"/members/{member.number}/close"
    first = till.post(path, {"reason": "asked for it"}).json()
    assert first["closed_at"]
    assert till.post(path, {"reason": "again"}).json() == first
    assert Member.objects.get(pk=member.pk).closed_reason == "asked for it"
    assert till.post("/members/M-NOBODY/close", {}).status_code == 404


def test_a_statement_adds_up(till, member):
    give_points(member, 30, at=NOON)
    days = "start=2026-06-01&end=2026-06-30"
    shown = till.get(f"/members/{member.number}/statement?{days}").json()
    assert (shown["opening"], shown["closing"], shown["went"]) == (0, 30, 0)
    assert [line["balance"] for line in shown["lines"]] == [30]
    wrong = till.get(
        f"/members/{member.number}/statement?start=2026-06-02&end=2026-06-01"
    )
    assert (wrong.status_code, wrong.json()["field"]) == (400, "end")
    far = till.get(
        f"/members/{member.number}/statement?start=2020-01-01&end=2026-06-01"
    )
    assert far.status_code == 400


def test_drafts_of_tiers_say_who_would_move(till, member):
    make_rule()
    make_tiers(silver=100)
    make_purchase(member, amount_minor=15_000)
    assert till.get("/tiers/drafts").json() == []
    details = TierDetails("silver", "Silver", threshold=2000)
    save_or_draft_tier(details=details, tier=Tier.objects.get(), at=NOON, actor=CLERK)
    [draft] = till.get("/tiers/drafts").json()
    assert (draft["state"], draft["subject"]) == ("ready", "Silver")
    assert draft["moves"] == []
