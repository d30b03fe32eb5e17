"""Home, search, help, errors, health: the pages of the whole site."""

import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone

from loyalty_site import health
from loyalty_site.jobs.services import beat_heart
from loyalty_site.lib import home, search
from loyalty_site.views import server_error

pytestmark = pytest.mark.django_db
PAGES = ["/", "/search/", "/help/", "/account/", "/jobs/"]
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize("path", PAGES)
def test_pages_work_with_one_heading_that_is_the_title(clerk, path):
    page = clerk.get(path).content.decode()
    heading = page.split("<h1>")[1].split("</h1>")[0]
    assert f"<title>{heading} \N{EN DASH} Perennial</title>" in page
    assert page.count("<h1") == 1
    assert page.index("skip-link") < page.index("<nav")


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_visitors_to_sign_in(visitor, path):
    assert visitor.get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/", "/search/", "/help/"])
def test_pages_change_nothing_and_take_no_post(clerk, path):
    assert clerk.post(path).status_code == 405


def test_pages_hold_no_inline_script_or_style(admin):
    for path in PAGES:
        page = admin.get(path).content.decode()
        assert "style=" not in page
        assert "onclick" not in page
        assert page.count("<script>") == 0


def test_policy_is_strict(clerk):
    policy = clerk.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.fixture
def _registered(monkeypatch):
    monkeypatch.setattr(home, "_tiles", [])
    monkeypatch.setattr(home, "_steps", [])
    monkeypatch.setattr(home, "_lists", [])
    monkeypatch.setattr(search, "_searchers", [])


@pytest.mark.usefixtures("_registered")
def test_home_says_all_clear_when_nothing_waits(clerk):
    assert "All clear" in clerk.get("/").content.decode()


@pytest.mark.usefixtures("_registered")
def test_home_shows_tiles_steps_and_lists(clerk):
    home.register_tiles(
        lambda person, _at: [home.Tile("Cases", "3", "/cases/", person.username)]
    )
    home.register_steps(
        lambda _person: [home.SetupStep("Add tiers", "/t/", is_done=False)]
    )
    home.register_lists(
        lambda _person, _at: [
            home.HomeList("Newest", "/m/", (home.HomeRow("陈大文", "/m/1/"),)),
            home.HomeList("Empty", "/e/", ()),
        ]
    )
    page = clerk.get("/").content.decode()
    for text in ("Cases", "counter", "Add tiers", "0 of 1 done", "陈大文"):
        assert text in page
    assert "/e/" not in page


@pytest.mark.usefixtures("_registered")
def test_checklist_goes_away_when_all_is_done(clerk):
    home.register_steps(
        lambda _person: [home.SetupStep("Add tiers", "/t/", is_done=True)]
    )
    assert "Add tiers" not in clerk.get("/").content.decode()


@pytest.mark.usefixtures("_registered")
def test_search_asks_every_searcher_once_and_groups_hits(clerk):
    search.register_searcher(lambda _person, _words: None)
    search.register_searcher(
        lambda _person, words: search.HitGroup(
            "Members", (search.Hit(words, "/members/1/"),), 12, "/members/?q=x"
        )
    )
    page = clerk.get("/search/?q=Chan%00 ").content.decode()
    assert '<a href="/members/1/">Chan</a>' in page
    assert "(12)" in page


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?q=" + "x" * 5000])
def test_search_takes_anything(clerk, query):
    assert clerk.get("/search/" + query).status_code == 200


@pytest.mark.usefixtures("_registered")
def test_search_escapes_the_words(clerk):
    page = clerk.get("/search/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page


# Errors ---------------------------------------------------------------------


def test_missing_page_is_in_the_shell_for_staff_and_plain_for_others(clerk, visitor):
    for client, is_shell in ((clerk, True), (visitor, False)):
        response = client.get("/nowhere/")
        page = response.content.decode()
        assert response.status_code == 404
        assert ("shell-nav" in page) is is_shell
        assert "There is nothing here" in page


def test_form_without_token_is_refused_with_a_page():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()


def test_server_error_needs_nothing_that_may_be_broken(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


# Health ---------------------------------------------------------------------


def just_now() -> datetime:
    return timezone.now()  # noqa: TID251 -- the view reads the clock


def test_healthz_asks_nothing(client, django_assert_num_queries):
    client.get("/healthz")
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


def test_readyz_is_ready_while_worker_and_beat_live(client):
    for part in ("worker", "beat"):
        beat_heart(part=part, at=just_now())
    response = client.get("/readyz")
    assert response.json()["parts"] == dict.fromkeys(
        ["database", "migrations", "broker", "worker", "beat", "disk"], "ok"
    )
    assert response.status_code == 200


def test_readyz_names_a_silent_worker(client):
    beat_heart(part="beat", at=just_now())
    beat_heart(part="worker", at=just_now() - timedelta(minutes=5))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["worker"] == "silent for 5 min"


def test_readyz_names_what_was_never_seen(client):
    assert client.get("/readyz").json()["parts"]["beat"] == "never seen"


def test_readyz_names_a_broker_that_is_gone(monkeypatch):
    monkeypatch.setattr(
        current_app.conf, "broker_url", "redis+socket:///nowhere/valkey.sock"
    )
    assert health.readiness(at=NOW)["broker"] == "no answer"


def test_readyz_names_a_full_disk(monkeypatch):
    usage = SimpleNamespace(total=10, used=9, free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert health.readiness(at=NOW)["disk"] == "5 MB free"
