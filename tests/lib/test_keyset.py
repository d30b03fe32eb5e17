"""Pages by key: in order, complete, and deaf to edited addresses."""

import base64
import json

import pytest

from loyalty_site.lib.keyset import count_up_to, fenced, keyset_page
from members.models import Member
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def members():
    # Two pairs share a name, so that the id has to decide between them.
    return [make_member(name=name) for name in ("Bea", "Ann", "Bea", "Cy", "Ann")]


def names(page):
    return [(member.full_name, member.pk) for member in page.rows]


@pytest.mark.parametrize("order", ["full_name", "-full_name", "-pk"])
def test_pages_hold_every_row_once_in_order(members, order):
    seen, cursor = [], ""
    while True:
        page = keyset_page(Member.objects.all(), order_by=order, cursor=cursor, size=2)
        seen += names(page)
        if not (cursor := page.following):
            break
    expected = sorted(((m.full_name, m.pk) for m in members), reverse="-" in order)
    if order == "-pk":
        expected = sorted(expected, key=lambda pair: -pair[1])
    assert seen == expected


def test_the_way_back_shows_the_same_pages(members):
    first = keyset_page(Member.objects.all(), order_by="full_name", size=2)
    second = keyset_page(
        Member.objects.all(), order_by="full_name", cursor=first.following, size=2
    )
    back = keyset_page(
        Member.objects.all(), order_by="full_name", cursor=second.previous, size=2
    )
    assert names(back) == names(first)
    assert (first.previous, back.previous) == ("", "")


def edited(*values):
    text = json.dumps(values)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "garbage",
        "=",
        "é",
        "a" * 1000,
        edited(),
        edited(1, "Bea", "x"),
        edited(1, "Bea\x00", 1),
        edited(1, "Bea", 1 << 70),
        edited(1, {"a": 1}, None),
    ],
)
def test_a_cursor_that_cannot_be_read_gives_the_first_page(members, cursor):
    page = keyset_page(
        Member.objects.all(), order_by="full_name", cursor=cursor, size=2
    )
    assert [name for name, _pk in names(page)] == ["Ann", "Ann"]


def test_counting_stops_at_the_limit(members):
    assert count_up_to(Member.objects.all(), 5) == count_up_to(Member.objects.all(), 9)
    few = count_up_to(Member.objects.all(), 3)
    assert (few.number, few.is_exact) == (3, False)


def test_a_fence_keeps_the_same_rows(members):
    rows = Member.objects.filter(full_name="Ann")
    assert set(fenced(rows)) == set(rows)
