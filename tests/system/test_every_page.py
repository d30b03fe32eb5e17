"""Every page, looked at by a browser: wide and narrow, light and dark, two languages."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

import pytest
from django.conf import settings as site
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

from loyalty_site.accounts.models import User
from loyalty_site.accounts.services import create_staff, set_language
from members.models import Member
from points.views.portal_access import SESSION_KEY
from tests.reports.factories import refresh
from tests.system.member_paths import member_paths, points_paths
from tests.system.programme_paths import import_paths
from tests.system.shopper import make_shopper
from tests.system.site_paths import (
    portal_paths,
    public_paths,
    report_paths,
    site_paths,
    survey_paths,
)

# Not pages: they answer with files, fragments, images or redirects, or take forms only.
NOT_PAGES = {
    "healthz",
    "readyz",
    "set_language",
    "set_theme",
    "jobs:job-cancel",
    "jobs:job-file",
    "jobs:job-retry",
    "members:member-consent",
    "members:member-export",
    "members:segment-archive",
    "outbox:message-html",
    "points:adjustment-approve",
    "points:approval-give",
    "points:adjustment-refuse",
    "points:campaign-approve",
    "points:campaign-move",
    "points:campaign-refuse",
    "points:challenge-move",
    "points:draft-publish",
    "points:import-confirm",
    "points:lottery-freeze",
    "points:lottery-refuse",
    "points:lottery-witness",
    "points:merge-approve",
    "points:public-tickets",
    "points:merge-refuse",
    "points:import-errors",
    "points:import-template",
    "points:picture",
    "points:portal-card",
    "points:programme-export",
    "points:purchase-confirm",
    "points:redating-confirm",
    "points:refund-import-check",
    "points:refund-import-errors",
    "points:refund-import-template",
    "points:tier-assignment-approve",
    "points:tier-assignment-end",
    "points:tier-assignment-refuse",
    "points:portal-link",
    "points:portal-logout",
    "points:portal-qr",
    "points:redemption-fulfil",
    "points:redemption-qr",
    "points:rule-switch",
    "points:sliding-edit",
    "points:version-restore",
    "surveys:case-note",
    "surveys:case-reopen",
    "surveys:case-resolve",
    "surveys:case-take",
    "surveys:wave-cancel",
    "webhooks:delivery-resend",
    "webhooks:endpoint-resend",
    "webhooks:endpoint-switch",
}


# Pages of other packages, which have tests of their own or are for developers only.
ELSEWHERE = ("account_", "admin:", "api:", "mfa_", "api-")


# Each of these is only there between two steps; the tests of the step look at it.
SEEN_ELSEWHERE = {
    "points:counter-undo",
    "points:join-code",
    "points:portal-code",
    "points:redating-reverse",
    "members:member-history",
}


@dataclass(frozen=True)
class World:
    """What the pages show."""

    member: Member
    staff_paths: list[str]
    portal_paths: list[str]
    public_paths: list[str]


@pytest.fixture
def world(transactional_db, settings, tmp_path) -> World:
    settings.VAR_DIR = tmp_path
    member = make_shopper()
    surveys = survey_paths()
    refresh()
    staff = [*site_paths(), *member_paths(member), *points_paths(member), *surveys]
    return World(
        member=member,
        staff_paths=staff + report_paths() + import_paths(),
        portal_paths=portal_paths(member),
        public_paths=public_paths(),
    )


def speak(page: Page, user: User | None, language: str) -> None:
    """Ask for the language as a browser that has chosen it does."""
    if user is not None:
        set_language(user=user, language=language)
    origin = "/".join(page.url.split("/")[:3])
    name = site.LANGUAGE_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": language, "url": origin}])


def look_at_all(page: Page, look_at, paths: list[str], *, language: str) -> None:
    """Look at every page and tell of all that is wrong, not of the first thing."""
    origin = "/".join(page.url.split("/")[:3])
    schemes = ("light", "dark") if language == "en" else ("light",)
    wrong = []
    for path in paths:
        answer = page.goto(f"{origin}{path}")
        shown = page.get_attribute("html", "lang")
        if (answer.status, page.url) != (200, f"{origin}{path}"):
            wrong.append(f"{path}: {answer.status} at {page.url}")
        if not shown.lower().startswith(language[:2]):
            wrong.append(f"{path}: speaks {shown}")
        try:
            look_at(page, schemes=schemes)
        except AssertionError as problem:
            wrong.append(f"{path}: {str(problem)[:500]}")
            page.complaints.clear()
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_the_staff(world, open_as, look_at, language):
    user = create_staff(username="admin", email="admin@example.com", role="admin")
    page = open_as(user)
    speak(page, user, language)
    look_at_all(page, look_at, world.staff_paths, language=language)


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_customers(world, open_as, look_at, language):
    page = open_as(None, "/me/login/")
    speak(page, None, language)
    # A survey speaks the language of its member until another one is chosen on it.
    paths = [
        f"{path}?lang={language}" if path.startswith("/s/") else path
        for path in world.public_paths
    ]
    look_at_all(page, look_at, paths, language=language)
    _sign_in_to_portal(page, world.member)
    look_at_all(page, look_at, world.portal_paths, language=language)


def _sign_in_to_portal(page: Page, member: Member) -> None:
    session = import_module(site.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = member.pk
    session.save()
    origin = "/".join(page.url.split("/")[:3])
    name = site.SESSION_COOKIE_NAME
    key: str = session.session_key
    page.context.add_cookies([{"name": name, "value": key, "url": origin}])


def test_no_page_is_forgotten(world):
    paths = world.staff_paths + world.portal_paths + world.public_paths
    seen = {resolve(path.split("?")[0]).view_name for path in paths}
    missing = set(_names(get_resolver().url_patterns)) - seen
    missing -= NOT_PAGES | SEEN_ELSEWHERE
    assert sorted(name for name in missing if not name.startswith(ELSEWHERE)) == []


def _names(patterns: Iterable[URLPattern | URLResolver], space: str = "") -> list[str]:
    names = []
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            names += _names(each.url_patterns, inner)
        elif each.name:
            names.append(f"{space}{each.name}")
    return names
