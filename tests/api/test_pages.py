import re

import pytest
from django.urls import reverse

from loyalty_site.accounts.services import create_staff
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.services import create_api_key
from tests.api.conftest import Till
from tests.factories import CLERK, NOON, make_member, make_reward

PASSWORD = "a quiet garden 7"


@pytest.fixture
def ada(db, client):
    """An administrator who signed in with a password."""
    create_staff(
        username="ada", email="ada@example.com", role="admin", password=PASSWORD
    )
    client.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    return client


@pytest.fixture
def signed_in(ada):
    """An administrator who has typed the password once more."""
    ada.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return ada


def make_key(name="Till 7"):
    return create_api_key(
        name=name, scopes=["points:read"], at=NOON, actor=CLERK
    ).api_key


NEW = {"name": "Till 7", "scopes": ["points:read"], "expiry_days": ""}


def test_a_new_key_is_shown_once_and_works(signed_in):
    page = signed_in.post(reverse("apiaccess:key-create"), NEW)
    raw = re.search(r'value="(pk_[\w-]+)"', page.content.decode())[1]

    assert "no-store" in page["Cache-Control"]
    assert Till(raw).get("/rewards").status_code == 200
    again = signed_in.get(reverse("apiaccess:key-list")).content.decode()
    assert raw not in again
    assert raw[:10] in again


def test_a_name_that_is_taken_is_said_at_the_field(signed_in):
    make_key()
    page = signed_in.post(reverse("apiaccess:key-create"), NEW)

    assert page.status_code == 422
    assert b"Another key has this name." in page.content
    assert ApiKey.objects.count() == 1


def test_a_key_needs_a_scope(signed_in):
    page = signed_in.post(reverse("apiaccess:key-create"), NEW | {"scopes": []})

    assert page.status_code == 422
    assert not ApiKey.objects.exists()


def test_a_key_is_made_only_after_the_password_again(ada):
    answer = ada.post(reverse("apiaccess:key-create"), NEW)

    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not ApiKey.objects.exists()


def test_revoke_asks_first_and_then_refuses(admin):
    api_key = make_key()
    url = reverse("apiaccess:key-revoke", args=[api_key.prefix])
    assert admin.get(url).status_code == 200
    assert ApiKey.objects.filter(revoked_at=None).exists()

    assert admin.post(url).status_code == 302
    assert not ApiKey.objects.filter(revoked_at=None).exists()
    assert admin.get(url).status_code == 404


def test_the_quick_start_names_what_exists(admin):
    member, reward = make_member(), make_reward()
    page = admin.get(reverse("developer")).content.decode()

    assert member.number in page
    assert str(reward.public_id) in page


@pytest.mark.parametrize("role", ["clerk", "agent", "marketer", "manager", "auditor"])
def test_only_administrators_see_keys(role, request):
    client, api_key = request.getfixturevalue(role), make_key()
    for url in (
        reverse("developer"),
        reverse("apiaccess:key-list"),
        reverse("apiaccess:key-create"),
        reverse("apiaccess:key-revoke", args=[api_key.prefix]),
    ):
        assert client.get(url).status_code == 403
        assert client.post(url).status_code in {403, 405}
    assert ApiKey.objects.get().revoked_at is None


def test_visitors_are_sent_to_sign_in(visitor):
    answer = visitor.get(reverse("apiaccess:key-list"))

    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]
