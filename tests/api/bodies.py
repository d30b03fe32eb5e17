"""Bodies that the API takes, to be changed in one place by each test."""

from typing import Any

from members.models import Member

MEMBER: dict[str, Any] = {
    "full_name": "陳美",
    "email": "mei.chan@example.org",
    "phone": "+85251234567",
    "birth_on": "1990-02-28",
    "language": "zh-hant",
    "identifiers": [{"system": "card", "value": "9001"}],
    "consents": ["survey"],
}


def purchase(member: Member, /, **changes):
    """A purchase of HKD 128.50 an hour before noon."""
    return {
        "member": {"number": member.number},
        "source": "till-7",
        "source_id": "000123",
        "amount": "128.50",
        "currency": "HKD",
        "occurred_at": "2026-06-15T19:00:00+08:00",
    } | changes


def quote(member: Member, /, **changes):
    """The same basket before it is paid."""
    body = purchase(member, **changes)
    del body["source_id"]
    return body
