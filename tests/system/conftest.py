"""The whole program in Debian's Chromium: a page per test, looked at as users do.

`open_as("counter")` gives a page that is signed in with that role, `look_at(page)`
fails on console errors (the content policy's too), sideways scrolling and axe.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page

from loyalty_site.accounts.services import create_staff
from tests.system.camera import SEEN_BY_CAMERA, film_of

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
]
AXE = Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js"
# What reaches over the right edge, where the page can be scrolled there.
SIDEWAYS = """() => {
  const edge = document.documentElement.clientWidth + 1;
  if (document.documentElement.scrollWidth < edge) return [];
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > edge)
    .map((each) => `${each.tagName}.${each.getAttribute("class") || ""}`).slice(0, 12);
}"""
# A change of colours reaches the elements over the next frames, as a short transition.
COLOURS_HAVE_CHANGED = """async () => {
    for (const _frame of [1, 2, 3]) {
        await new Promise(requestAnimationFrame);
        await Promise.allSettled(document.getAnimations().map(each => each.finished));
    }
}"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Playwright's loop runs in the thread of the test, which is why Django thinks that
# the test is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and skip them where there is no browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.system)
            if CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed."))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, tmp_path_factory):
    """Use the system's Chromium, with a camera that sees one QR code."""
    assert CHROMIUM, "Install chromium or set CHROMIUM."
    film = tmp_path_factory.mktemp("camera") / "film.y4m"
    film.write_bytes(film_of(SEEN_BY_CAMERA))
    args = [*FLAGS, f"--use-file-for-fake-video-capture={film}"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A laptop whose owner prefers little motion; tests change it with `page.set_viewport_size`."""
    return {
        **browser_context_args,
        "locale": "en",
        "reduced_motion": "reduce",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture(autouse=True)
def _one_address(live_server, settings) -> None:
    # Mails and QR codes carry the address of the site.
    settings.SITE_URL = live_server.url


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """A browser whose pages keep what they complain about."""
    context.set_default_timeout(10_000)
    context.on("page", _listen)
    return context


def _listen(page: Page) -> None:
    page.complaints = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            page.complaints.append(message.text)

    def on_error(error: Error) -> None:
        page.complaints.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_error)


@pytest.fixture
def open_as(context: BrowserContext, live_server) -> Callable[..., Page]:
    """Return a page at a path, signed in with a role (or as a user, or nobody)."""

    def open_page(who: object, path: str = "/") -> Page:
        context.clear_cookies()
        if who is not None:
            context.add_cookies([_session_cookie(who, live_server.url)])
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        return page

    return open_page


def _session_cookie(who: object, url: str):
    user = who
    if isinstance(who, str):
        user = create_staff(username=who, email=f"{who}@example.com", role=who)
    assert isinstance(user, get_user_model())
    client = Client()
    client.force_login(user)
    name = site.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def look_at() -> Callable[..., None]:
    """Fail unless the page is quiet, fits its width and passes axe."""

    def look(
        page: Page,
        *,
        widths: tuple[int, ...] = (360, 768, 1280),
        schemes: tuple[str, ...] = ("light", "dark"),
    ) -> None:
        complaints = page.complaints
        assert complaints == [], page.url
        size = page.viewport_size or {"width": 1280, "height": 900}
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            assert _too_wide(page) == [], f"{page.url} scrolls at {width} px."
        page.set_viewport_size(size)
        page.evaluate(AXE.read_text() + ";1")
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(COLOURS_HAVE_CHANGED)
            # What was still changing its colours is right the second time.
            found = _violations(page) and _violations(page)
            assert found == [], f"{page.url} in {scheme}"
        page.emulate_media(color_scheme="light")
        # axe itself upsets the content policy on some pages; that is not the page's.
        complaints.clear()

    return look


def _too_wide(page: Page) -> list[str]:
    """Return what is too wide, once charts had the time to be drawn anew."""
    found: list[str] = page.evaluate(SIDEWAYS)
    for _ in range(40):
        if not found:
            break
        page.wait_for_timeout(50)
        found = page.evaluate(SIDEWAYS)
    return found


def _violations(page: Page) -> list[str]:
    run = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
    return [
        f"{found['id']} ({found['impact']}): {found['nodes'][0]['target']}"
        for found in page.evaluate(run, AXE_TAGS)["violations"]
    ]
