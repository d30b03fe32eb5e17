"""The helpers of the browser tests see what they should."""

import pytest


def test_look_at_accepts_the_sign_in_page(open_as, look_at):
    look_at(open_as(None, "/accounts/login/"))


def test_look_at_refuses_a_page_that_breaks_the_content_policy(open_as, look_at):
    page = open_as(None, "/accounts/login/")
    page.evaluate(
        "document.body.appendChild(document.createElement('img')).src='//x.invalid/'"
    )
    page.wait_for_timeout(200)
    with pytest.raises(AssertionError, match="Content Security Policy"):
        look_at(page)


def test_look_at_refuses_what_axe_finds(open_as, look_at):
    page = open_as(None, "/healthz")
    with pytest.raises(AssertionError, match="document-title"):
        look_at(page)


def test_open_as_signs_in(open_as, live_server):
    assert "login" not in open_as("counter", "/").url
