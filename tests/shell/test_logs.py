"""Log lines: one JSON object each, with the request's id and without secrets."""

import json
import logging
import sys

import pytest

from loyalty_site.logs import JsonFormatter, RequestIdFilter, redacted, request_id


def line_of(message, *args, **extra):
    record = logging.makeLogRecord(
        {"name": "x", "levelname": "INFO", "msg": message, "args": args} | extra
    )
    RequestIdFilter().filter(record)
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /s/Qm9vaw-secret/2/", "Not Found: /s/[redacted]/2/"),
        ("GET /u/tok HTTP/1.1", "GET /u/[redacted] HTTP/1.1"),
        ("/x/?token=abc&page=2", "/x/?token=[redacted]&page=2"),
        ("mail to chan@example.com", "mail to [mail]"),
        ("/surveys/1/", "/surveys/1/"),
    ],
)
def test_tokens_and_mails_are_redacted(said, kept):
    assert redacted(said) == kept


def test_line_carries_the_request_id():
    token = request_id.set("abc-12345")
    try:
        line = line_of("hello %s", "陈", status_code=404)
    finally:
        request_id.reset(token)
    assert line["message"] == "hello 陈"
    assert (line["request_id"], line["status_code"]) == ("abc-12345", 404)


def test_trace_is_redacted_too():
    try:
        int("chan@example.com")
    except ValueError:
        line = line_of("broke", exc_info=sys.exc_info())
    assert "[mail]" in line["trace"]
    assert "chan@" not in line["trace"]


@pytest.mark.django_db
def test_request_id_of_a_proxy_is_kept_and_a_wild_one_is_not(client):
    assert (
        client.get("/healthz", headers={"X-Request-ID": "proxy-123456"})["X-Request-ID"]
        == "proxy-123456"
    )
    wild = client.get("/healthz", headers={"X-Request-ID": "a b\tc"})["X-Request-ID"]
    assert wild.isalnum()
