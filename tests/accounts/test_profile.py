"""One's own account: name, mail, language, colours."""

import pytest

from loyalty_site.accounts.models import User
from loyalty_site.accounts.services import set_theme

pytestmark = pytest.mark.django_db
VALID = {
    "full_name": "陈大文",
    "email": "Chan@EXAMPLE.com",
    "language": "zh-hant",
    "theme": "dark",
}


def test_profile_is_changed_and_shown(clerk):
    response = clerk.post("/account/", VALID, follow=True)
    user = User.objects.get(username="counter")
    assert (user.full_name, user.email) == ("陈大文", "Chan@example.com")
    page = response.content.decode()
    assert '<html lang="zh-Hant" data-bs-theme="dark">' in page


def test_bad_profile_changes_nothing_and_keeps_what_was_typed(clerk):
    response = clerk.post("/account/", VALID | {"email": "no mail"})
    assert response.status_code == 422
    assert "no mail" in response.content.decode()
    assert User.objects.get(username="counter").full_name == ""


def test_rights_cannot_be_changed_through_the_profile(clerk):
    clerk.post("/account/", VALID | {"is_superuser": "on", "groups": "1"})
    assert not User.objects.get(username="counter").is_superuser


def test_language_is_kept_on_the_device_and_for_the_person(clerk):
    response = clerk.post(
        "/language/", {"language": "zh-hans", "next": "/jobs/"}, follow=True
    )
    assert '<html lang="zh-Hans"' in response.content.decode()
    assert User.objects.get(username="counter").language == "zh-hans"


def test_language_of_the_person_holds_on_another_device(clerk):
    User.objects.filter(username="counter").update(language="zh-hans")
    assert '<html lang="zh-Hans"' in clerk.get("/").content.decode()


def test_unknown_language_is_not_kept(clerk):
    clerk.post("/language/", {"language": "xx"})
    assert User.objects.get(username="counter").language == ""


def test_language_cannot_be_changed_by_a_link(clerk):
    assert clerk.get("/language/?language=zh-hans").status_code == 405


def test_theme_is_kept_on_the_device_and_for_the_person(clerk):
    response = clerk.post("/theme/", {"theme": "dark", "next": "/jobs/"}, follow=True)
    assert response.redirect_chain == [("/jobs/", 302)]
    assert 'data-bs-theme="dark"' in response.content.decode()
    assert User.objects.get(username="counter").theme == "dark"


def test_visitor_may_choose_colours(visitor):
    visitor.post("/theme/", {"theme": "dark"})
    page = visitor.get("/accounts/login/").content.decode()
    assert 'data-bs-theme="dark"' in page


@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com", "javascript:x"]
)
def test_theme_leads_nowhere_else(clerk, target):
    response = clerk.post("/theme/", {"theme": "light", "next": target})
    assert response["Location"] == "/"


def test_unknown_theme_is_refused(clerk):
    clerk.post("/theme/", {"theme": '"><script>'})
    assert User.objects.get(username="counter").theme == "auto"
    with pytest.raises(ValueError, match="pink"):
        set_theme(user=User.objects.get(username="counter"), theme="pink")
