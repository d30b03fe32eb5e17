"""The demo's outbox keeps mails as files and shows them."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from loyalty_site.outbox import kept_messages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_outbox(settings, tmp_path: Path):
    settings.VAR_DIR = tmp_path


def send(subject: str = "How was it?", to: str = "chan@example.com") -> None:
    message = EmailMultiAlternatives(
        subject,
        "Dear 陈大文,\nhttp://127.0.0.1:8000/s/token/\n<b>x</b>",
        "shop@example.com",
        [to],
        connection=get_connection("loyalty_site.outbox.DemoOutboxBackend"),
    )
    message.attach_alternative("<p style='color:red'>Hello</p>", "text/html")
    assert message.send() == 1


def test_mail_is_kept_and_listed(client):
    send()
    page = client.get("/demo/outbox/").content.decode()
    assert "How was it?" in page
    assert "chan@example.com" in page


def test_links_of_the_text_can_be_followed(client):
    send()
    slug = kept_messages()[0].slug
    page = client.get(f"/demo/outbox/{slug}/").content.decode()
    assert '<a href="http://127.0.0.1:8000/s/token/"' in page
    assert "陈大文" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_html_is_shown_by_itself_and_runs_no_script(client):
    send()
    response = client.get(f"/demo/outbox/{kept_messages()[0].slug}/html/")
    assert "Hello" in response.content.decode()
    assert "script-src 'none'" in response["Content-Security-Policy"]


def test_list_is_searched_by_subject_and_receiver(client):
    send("One", "a@example.com")
    send("Two", "b@example.com")
    assert [m.subject for m in kept_messages("B@example")] == ["Two"]
    assert "No mail matches" in client.get("/demo/outbox/?q=zzz").content.decode()


def test_newest_is_first():
    send("One")
    send("Two")
    assert [m.subject for m in kept_messages()] == ["Two", "One"]


def test_empty_outbox_says_what_to_do(client):
    assert "No mail yet" in client.get("/demo/outbox/").content.decode()


@pytest.mark.parametrize("slug", ["nothing", "20261122T000000-0"])
def test_unknown_mail_is_missing(client, slug):
    assert client.get(f"/demo/outbox/{slug}/").status_code == 404
