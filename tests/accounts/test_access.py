"""Who may open a page: sign-in, permission, second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.accounts.models import User
from loyalty_site.accounts.services import create_staff

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet harbour"


@staff_permission_required("points.change_programme")
def guarded(request):
    return HttpResponse("in")


def open_as(rf, user):
    request = rf.get("/settings/?a=1")
    request.user = user
    return guarded(request)


def test_visitor_goes_to_sign_in_and_comes_back(visitor):
    response = visitor.get("/jobs/?page=2")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/jobs/%3Fpage%3D2"


def test_staff_without_the_permission_is_refused(rf):
    clerk = create_staff(username="c", email="c@example.com", role="counter")
    with pytest.raises(PermissionDenied):
        open_as(rf, clerk)


def test_permission_without_being_staff_is_refused(rf):
    admin = create_staff(username="a", email="a@example.com", role="admin")
    User.objects.filter(pk=admin.pk).update(is_staff=False)
    with pytest.raises(PermissionDenied):
        open_as(rf, User.objects.get(pk=admin.pk))


def test_staff_with_the_permission_gets_in(rf):
    admin = create_staff(username="a", email="a@example.com", role="admin")
    assert open_as(rf, admin).content == b"in"


def test_refusal_is_a_page_and_not_a_loop(clerk):
    response = clerk.get(reverse("points:programme-edit"))
    assert response.status_code == 403
    assert "You have no permission for this page" in response.content.decode()
    assert "Counter staff" in response.content.decode()


@pytest.mark.parametrize("login", ["kay", "kay@example.com"])
def test_sign_in_by_name_or_mail(visitor, login):
    create_staff(
        username="kay", email="kay@example.com", role="counter", password=PASSWORD
    )
    response = visitor.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert response["Location"] == "/"


def test_wrong_password_says_so_and_signs_nobody_in(visitor):
    create_staff(
        username="kay", email="kay@example.com", role="counter", password=PASSWORD
    )
    response = visitor.post("/accounts/login/", {"login": "kay", "password": "no"})
    page = response.content.decode()
    assert "<title>Error: Sign in " in page
    assert "data-error-summary" in page
    assert "_auth_user_id" not in visitor.session


def test_nobody_signs_up(visitor):
    response = visitor.post(
        "/accounts/signup/",
        {"username": "me", "email": "me@example.com", "password1": PASSWORD},
    )
    assert response.status_code == 200
    assert not User.objects.exists()


@pytest.fixture
def _mfa_required(settings):
    settings.STAFF_MFA_REQUIRED = True


@pytest.mark.usefixtures("_mfa_required")
def test_staff_without_second_factor_is_led_to_its_set_up(clerk):
    response = clerk.get("/", follow=True)
    assert response.redirect_chain == [("/accounts/2fa/", 302)]
    assert "Staff accounts need one" in response.content.decode()


@pytest.mark.usefixtures("_mfa_required")
def test_a_change_without_second_factor_does_not_happen(clerk):
    clerk.post("/account/", {"full_name": "X", "email": "x@example.com"})
    assert User.objects.get(username="counter").full_name == ""


@pytest.mark.usefixtures("_mfa_required")
@pytest.mark.parametrize("path", ["/accounts/2fa/", "/healthz"])
def test_the_way_to_the_second_factor_stays_open(clerk, path):
    assert clerk.get(path).status_code == 200


@pytest.mark.usefixtures("_mfa_required")
def test_staff_with_second_factor_works(clerk):
    Authenticator.objects.create(
        user=User.objects.get(username="counter"),
        type=Authenticator.Type.TOTP,
        data={"secret": "x"},
    )
    assert clerk.get("/").status_code == 200


@pytest.mark.usefixtures("_mfa_required")
def test_visitor_is_not_asked_for_a_second_factor():
    assert Client().get("/accounts/login/").status_code == 200


def test_mfa_pages_are_in_our_layout(admin):
    admin.post("/accounts/reauthenticate/", {"password": "x"})
    page = admin.get("/accounts/2fa/").content.decode()
    assert '<html lang="en"' in page
    assert page.count("<h1>") == 1
