"""Referrals on pages and by the API: the code is shown, taken, and refused in words."""

import pytest
from django.test import Client

from members.models import Member
from points.models import Referral, ReferralTerms
from points.referral_codes import referral_code
from points.views.portal_access import SESSION_KEY
from tests.api.conftest import Till, new_key
from tests.factories import make_member
from tests.points.test_referrals import set_terms

pytestmark = pytest.mark.django_db
TERMS, ADD = "/settings/referrals/", "/members/add/"


@pytest.fixture
def portal():
    member = make_member(name="Chan")
    client = Client()
    session = client.session
    session[SESSION_KEY] = member.pk
    session.save()
    return client, member


def shown(answer):
    return answer.content.decode()


def test_members_see_their_code_while_it_is_on(portal):
    client, member = portal
    assert referral_code(member.pk) not in shown(client.get("/me/friends/"))
    assert "/me/friends/" not in shown(client.get("/me/"))
    set_terms()
    assert "/me/friends/" in shown(client.get("/me/"))
    page = shown(client.get("/me/friends/"))
    assert referral_code(member.pk) in page
    assert "You get 50 points." in page


def test_the_history_of_the_terms_speaks_of_money(admin):
    set_terms()
    set_terms(least_minor=123_450)
    page = shown(admin.get(TERMS))
    assert "<td>US$1,234.50</td>" in page
    assert "123450" not in page


def test_staff_enrol_with_a_code_and_see_who_brought_whom(agent):
    set_terms()
    referrer = make_member(name="Chan")
    key = agent.get(ADD).context["form"]["key"].value()
    data = {"full_name": "Wong", "language": "en", "key": key}
    wrong = agent.post(ADD, data | {"referral_code": "AAAAAAAA"})
    assert wrong.status_code == 422
    assert "No member has this code" in shown(wrong)
    assert not Member.objects.filter(full_name="Wong").exists()
    agent.post(ADD, data | {"referral_code": referral_code(referrer.pk)})
    friend = Referral.objects.get().friend.member
    assert friend.full_name == "Wong"
    assert "Wong" in shown(agent.get(f"/members/{referrer.number}/points/"))
    assert "Chan" in shown(agent.get(f"/members/{friend.number}/points/"))


def test_the_api_takes_the_code_or_says_what_is_wrong():
    set_terms()
    referrer = make_member()
    shop = Till(new_key("members:write"))
    body = {"full_name": "Wong", "referral_code": referral_code(referrer.pk)}
    refused = shop.post("/members", body | {"referral_code": "nonsense"})
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["field"]) == (
        422,
        "unknown_referral_code",
        "referral_code",
    )
    assert shop.post("/members", body).status_code == 201
    assert Referral.objects.get().referrer_id == referrer.pk


def test_the_terms_are_for_administrators(admin, manager):
    assert manager.get(TERMS).status_code == 403
    data = {
        "is_active": "on",
        "referrer_points": "70",
        "friend_points": "30",
        "least": "10.50",
        "return_days": "14",
        "first_within_days": "90",
        "most_paid": "",
        "most_paid_in": "year",
    }
    assert admin.post(TERMS, data | {"least": "x"}).status_code == 422
    assert not ReferralTerms.objects.exists()
    for points in ("70", "80"):
        answer = admin.post(TERMS, data | {"referrer_points": points})
        assert answer.status_code == 302
    terms = ReferralTerms.objects.get()
    assert (terms.referrer_points, terms.least_minor) == (80, 1050)
