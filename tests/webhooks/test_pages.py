"""The pages of webhooks: for administrators, after the password, secrets shown once."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from loyalty_site.accounts.services import create_staff
from loyalty_site.webhooks.kinds import EVENT_KINDS
from loyalty_site.webhooks.models import Delivery, Endpoint
from loyalty_site.webhooks.services.endpoints import pause_endpoint
from tests.factories import NOON, give_points, make_member
from tests.webhooks.conftest import deliver

PASSWORD = "a quiet garden 7"
ADD = reverse("webhooks:endpoint-add")


@pytest.fixture
def signed_in(db, client):
    """An administrator who has typed the password once more."""
    create_staff(
        username="ada", email="ada@example.com", role="admin", password=PASSWORD
    )
    client.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def page_of(endpoint, name="endpoint-detail", *more):
    return reverse(f"webhooks:{name}", args=[endpoint.public_id, *more])


def test_the_secret_of_a_new_endpoint_is_shown_once(signed_in, receiver):
    given = {"url": receiver.url, "kinds": ["member.created"], "note": "Shop"}
    page = signed_in.post(ADD, given).content.decode()
    secret = re.search(r'value="(whsec_[^"]+)"', page)[1]
    endpoint = Endpoint.objects.get()
    assert (endpoint.kinds, endpoint.created_by) == (["member.created"], "user:ada")
    again = signed_in.get(page_of(endpoint)).content.decode()
    assert secret not in again
    assert secret not in str(Endpoint.objects.values().get())
    rotated = signed_in.post(page_of(endpoint, "endpoint-rotate")).content.decode()
    assert re.search(r'value="(whsec_[^"]+)"', rotated)[1] != secret


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "http://10.0.0.1/"}, "https://"),
        ({"url": "https://10.0.0.1/"}, "private address"),
        ({"url": "https://169.254.169.254/latest"}, "private address"),
        ({"url": ""}, "Enter an address."),
        ({"kinds": []}, "Choose at least one."),
        ({"kinds": ["everything"]}, "everything"),
    ],
)
def test_a_bad_endpoint_is_explained_and_not_added(signed_in, receiver, changes, said):
    given = {"url": receiver.url, "kinds": ["member.created"]} | changes
    page = signed_in.post(ADD, given)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Endpoint.objects.exists()


def test_deliveries_are_listed_and_sent_again_by_hand(admin, listen, receiver):
    endpoint = listen("points.earned")
    give_points(make_member(), 7, at=NOON)
    receiver.status, receiver.text = 500, b"<b>broken</b>"
    deliver(endpoint)
    assert "points.earned" in admin.get(page_of(endpoint)).content.decode()
    delivery = Delivery.objects.get()
    shown = admin.get(page_of(endpoint, "delivery-detail", delivery.pk))
    assert "&lt;b&gt;broken&lt;/b&gt;" in shown.content.decode()
    assert admin.post(page_of(endpoint, "delivery-resend", delivery.pk)).status_code
    assert Delivery.objects.get().attempts == 0


def test_pause_and_resume(admin, listen):
    endpoint = listen()
    admin.post(page_of(endpoint, "endpoint-switch"))
    assert Endpoint.objects.get().pause_reason == "by_hand"
    admin.post(page_of(endpoint, "endpoint-switch"))
    assert Endpoint.objects.get().paused_at is None


def test_change_and_remove_ask_first(admin, listen, receiver):
    endpoint = listen()
    given = {"url": receiver.url, "kinds": ["tier.changed"], "note": "n"}
    assert admin.post(page_of(endpoint, "endpoint-edit"), given).status_code == 302
    assert Endpoint.objects.get().kinds == ["tier.changed"]
    assert admin.get(page_of(endpoint, "endpoint-remove")).status_code == 200
    assert Endpoint.objects.get().removed_at is None
    admin.post(page_of(endpoint, "endpoint-remove"))
    assert admin.get(page_of(endpoint)).status_code == 404


def test_home_says_that_an_endpoint_stopped(admin, listen):
    endpoint = listen()
    assert "Webhooks that stopped" not in admin.get("/").content.decode()
    pause_endpoint(endpoint=endpoint, reason="failing", at=NOON - timedelta(days=1))
    assert "Webhooks that stopped" in admin.get("/").content.decode()


def test_the_catalogue_has_a_sample_of_every_kind(admin):
    page = admin.get(reverse("webhooks:event-catalogue"))
    shown = page.context["kinds"]
    assert [each.slug for each in shown] == list(EVENT_KINDS)
    for each in shown:
        body = json.loads(each.body)
        assert body["type"] == each.slug
        assert body["data"]


def test_samples_have_the_names_that_are_sent(listen):
    """A sample is made by the code that sends; what is sent has the same names."""
    listen()
    make_member(balance=7)
    for delivery in Delivery.objects.select_related("event"):
        sample = EVENT_KINDS[delivery.event.kind].sample()
        assert set(delivery.event.data) == set(sample)


@pytest.mark.parametrize("role", ["clerk", "agent", "marketer", "manager", "auditor"])
def test_only_administrators_see_webhooks(role, request, listen):
    client, endpoint = request.getfixturevalue(role), listen()
    for url in (
        ADD,
        page_of(endpoint),
        page_of(endpoint, "endpoint-rotate"),
        page_of(endpoint, "endpoint-remove"),
        page_of(endpoint, "endpoint-switch"),
        reverse("webhooks:endpoint-list"),
        reverse("webhooks:event-catalogue"),
    ):
        assert client.get(url).status_code in {403, 405}
        assert client.post(url).status_code in {403, 405}
    assert Endpoint.objects.get().paused_at is None
