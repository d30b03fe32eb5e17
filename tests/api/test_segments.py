"""Segments by the API: put in, taken out, read, refused."""

import pytest

from members.models import SegmentStay
from members.segmenting import archive_segment
from members.services import close_member
from tests.factories import CLERK, NOON, make_member, make_segment_of


def send(till, method, path, key):
    """Call with a method that the till's helper has no name for."""
    call = getattr(till.client, method)
    return call(f"/api/v1{path}", headers=till.headers(key))


def test_a_member_is_put_in_and_taken_out_once_each(till):
    member = make_member()
    make_segment_of(slug="tea")
    path = f"/members/{member.number}/segments"
    for key in ("a", "a", "b"):
        answer = send(till, "put", f"{path}/tea", key)
        assert answer.status_code == 200
        assert [each["segment"] for each in answer.json()["segments"]] == ["tea"]
    assert SegmentStay.objects.get().joined_by.startswith("api:")
    assert till.get(path).json() == answer.json()

    for key in ("c", "d"):
        answer = send(till, "delete", f"{path}/tea", key)
        assert (answer.status_code, answer.json()) == (200, {"segments": []})
    assert SegmentStay.objects.get().left_at is not None


@pytest.mark.parametrize(
    ("slug", "status", "code"),
    [("moon", 404, "unknown_segment"), ("old", 409, "segment_archived")],
)
def test_a_segment_that_takes_nobody_is_refused(till, slug, status, code):
    member = make_member()
    old = make_segment_of(slug="old")
    archive_segment(segment=old, is_archived=True, at=NOON, actor=CLERK)
    answer = send(till, "put", f"/members/{member.number}/segments/{slug}", "k")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not SegmentStay.objects.exists()


def test_a_closed_member_is_put_into_no_segment(till):
    member = make_member()
    make_segment_of(slug="tea")
    close_member(member=member, reason="x", at=NOON, actor=CLERK)
    answer = send(till, "put", f"/members/{member.number}/segments/tea", "k")
    assert (answer.status_code, answer.json()["code"]) == (409, "member_closed")
    assert not SegmentStay.objects.exists()


def test_segments_are_listed_in_pages(till):
    old = make_segment_of(slug="old")
    archive_segment(segment=old, is_archived=True, at=NOON, actor=CLERK)
    make_segment_of(slug="tea")
    make_segment_of(slug="rice")

    def slugs(**query):
        return [each["slug"] for each in till.get("/segments", **query).json()["items"]]

    assert slugs() == ["old", "tea", "rice"]
    assert slugs(is_archived="false") == ["tea", "rice"]
    first = till.get("/segments", limit=2).json()
    assert slugs(cursor=first["next"]) == ["rice"]
