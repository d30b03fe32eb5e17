"""What no till means to send: every answer is a problem, and nothing is written."""

# ruff: noqa: RUF001 -- digits of other scripts are the point

import json
from typing import Any

import pytest

from loyalty_site.apiaccess.models import KeyedRequest
from members.models import Member
from points.models import Entry, Purchase, Redemption
from tests.api.bodies import MEMBER, purchase
from tests.factories import make_member

LONG = "x" * 10**5
BODIES = {
    "not JSON": b"{",
    "two values": b"{} {}",
    "a list": b"[]",
    "nothing": b"null",
    "a text": b'"x"',
    "empty": b"",
    "NaN": b'{"amount": NaN}',
    "infinity": b'{"amount": -Infinity}',
    "too large a number": b'{"amount": 1e309}',
    "a binary fraction": b'{"amount": 12.5}',
    "a name twice": b'{"amount": "1", "amount": "2"}',
    "deep": b"[" * 10**5 + b"]" * 10**5,
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "a long number": b'{"amount": ' + b"9" * 10**5 + b"}",
    "a NUL": b'{"source": "\\u0000"}',
    "half a pair": b'{"source": "\\ud800"}',
    "not UTF-8": b'{"source": "\xff"}',
    "UTF-16": '{"source": "x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "an unknown name": b'{"colour": "red"}',
}
FIELDS: list[tuple[str, list[Any]]] = [
    (
        "amount",
        ["", "abc", "1,5", "1 000", "１２", "١٢", "1e3", "0x10", "+1", ".5", "1."],
    ),
    ("amount", ["NaN", "Infinity", "-", LONG, "9" * 30, None, True, 5, [], {}, "1\n"]),
    ("currency", ["", "hkd", "HK", "HKDD", "港元", None, 5, LONG]),
    ("source", ["", " ", "Till 7", "till\n7", "收银", LONG, None, 7]),
    ("source_id", ["", " ", "a\nb", "a\tb", LONG, None, 7]),
    (
        "occurred_at",
        [
            "",
            "yesterday",
            "2026-06-15",
            "2026-06-15T12:00:00",
            "1765000000",
            1765000000,
        ],
    ),
    (
        "occurred_at",
        ["2026-02-30T12:00:00Z", "2026-06-15T25:00:00Z", "2026-06-15T12:00:00+99:00"],
    ),
    (
        "occurred_at",
        [
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
        ],
    ),
    (
        "occurred_at",
        ["２０２６-06-15T12:00:00Z", "2026-06-15T12:00:00 Asia/Tokyo", LONG],
    ),
    ("store", [LONG, "a\nb", 5, None]),
    ("units", ["-1", "x", "1e3", LONG, 5, "1234567890123"]),
    (
        "member",
        [None, "M1", {}, {"number": ""}, {"number": "A", "card": "B"}, {"x": "y"}],
    ),
    ("member", [{"number": LONG}, {"card": "a\nb"}, {"identifier": {"system": "S"}}]),
    ("lines", [None, "x", [1], [{}], [{"amount": "x"}], [{"amount": "1"}] * 501]),
    (
        "lines",
        [[{"amount": "128.50", "quantity": q}] for q in ("0x1", -1, "NaN", None)],
    ),
]
CASES: list[tuple[str, Any]] = [
    (field, value) for field, values in FIELDS for value in values
]


def nothing_was_written():
    tables = (Purchase, Entry, Redemption, KeyedRequest)
    return not any(table.objects.exists() for table in tables)


def is_problem(answer: Any) -> bool:
    return (
        400 <= answer.status_code < 500
        and answer["Content-Type"] == "application/problem+json"
        and {"type", "title", "status", "detail", "code", "request_id"}
        <= set(answer.json())
        and answer.json()["request_id"] == answer["X-Request-ID"]
    )


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("path", ["/purchases", "/members", "/purchases/quote"])
def test_a_body_that_is_no_request_writes_nothing(till, path, body):
    answer = till.post_raw(path, body)

    assert is_problem(answer)
    assert nothing_was_written()
    assert not Member.objects.exists()


@pytest.mark.parametrize(("field", "value"), CASES, ids=lambda v: repr(v)[:30])
def test_a_field_that_does_not_fit_is_named_and_writes_nothing(till, field, value):
    member = make_member()
    answer = till.post("/purchases", purchase(member, **{field: value}))

    assert is_problem(answer)
    assert answer.json()["field"].split(".")[0] == field
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no mail"),
        ("email", "a@b"),
        ("email", "x" * 250 + "@example.org"),
        ("phone", "12"),
        ("phone", "+１２３"),
        ("phone", LONG),
        ("birth_on", "1990-02-29"),
        ("birth_on", "0000-00-00"),
        ("birth_on", "28.2.1990"),
        ("birth_on", 19900228),
        ("language", "fr"),
        ("full_name", LONG),
        ("full_name", "a\nb"),
        ("consents", ["everything"]),
        ("identifiers", [{"system": "card", "value": ""}]),
        ("identifiers", [{"system": "card", "value": str(n)} for n in range(11)]),
    ],
    ids=lambda v: repr(v)[:30],
)
def test_a_member_that_does_not_fit_is_not_enrolled(till, field, value):
    answer = till.post("/members", MEMBER | {field: value})

    assert is_problem(answer)
    assert answer.json()["field"].split(".")[0] == field
    assert not Member.objects.exists()


def test_identifiers_given_twice_in_one_body_are_refused(till):
    twice = [{"system": "card", "value": "1"}] * 2
    answer = till.post("/members", {"identifiers": twice})

    assert is_problem(answer)
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("card=1&card=2", 400),
        ("card=%00", 400),
        ("phone=%FF", 404),
        ("card=" + "x" * 81, 422),
        ("email=" + "&x=1" * 1001, 400),
        ("at=x", 400),
    ],
    ids=["twice", "NUL", "not UTF-8", "too long", "too many", "none"],
)
def test_a_query_that_does_not_fit(till, query, status):
    answer = till.client.get(f"/api/v1/members/lookup?{query}", headers=till.headers())

    assert is_problem(answer)
    assert answer.status_code == status


def test_an_instant_of_the_balance_that_does_not_fit(till):
    member = make_member()
    for at in ("", "now", "2026-13-01T00:00:00Z", "2026-06-15", LONG[:2000]):
        answer = till.get(f"/members/{member.number}/balance", at=at)
        assert is_problem(answer)
        assert answer.json()["field"] == "at"


def test_a_body_too_large_is_413(till):
    for size in (1_000_001, 3_000_000):
        answer = till.post_raw("/members", json.dumps({"full_name": "x" * size}))
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "*/*"]
)
def test_another_media_type_is_415(till, content_type):
    answer = till.post_raw("/members", b'{"full_name": "A"}', content_type=content_type)

    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_media_type")
    assert not Member.objects.exists()


def test_a_wrong_method_is_405_and_names_the_right_ones(till):
    answer = till.client.delete("/api/v1/purchases/quote", headers=till.headers())

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer["Allow"] == "POST"


def test_an_unknown_address_is_a_problem_too(till):
    answer = till.get("/nothing/here")

    assert is_problem(answer)
    assert answer.status_code == 404


def test_a_fault_of_ours_is_500_without_details(till, monkeypatch):
    monkeypatch.setattr("members.api.find_member", lambda **_: 1 / 0)
    answer = till.get("/members/lookup", card="1")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "division" not in answer.content.decode()


def test_the_detail_is_in_the_language_asked_for(till):
    answer = till.client.get(
        "/api/v1/members/MNOBODY",
        headers=till.headers() | {"Accept-Language": "zh-Hans"},
    )

    assert answer["Content-Language"] == "zh-hans"
