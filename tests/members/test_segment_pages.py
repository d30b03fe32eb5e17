"""Pages of segments: make, fill by hand and by the list, archive, per role."""

from urllib.parse import urlsplit

import pytest

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import run_chunk
from members import filling
from members.models import Segment, SegmentStay
from members.segmenting import archive_segment, remove_from_segment
from members.services import close_member
from tests.factories import CLERK, NOON, make_member, make_segment_of, make_tiers

pytestmark = pytest.mark.django_db


def names_in(segment):
    stays = SegmentStay.objects.filter(segment=segment, left_at=None)
    return set(stays.values_list("member__full_name", flat=True))


def finished(answer):
    job = Job.objects.get(public_id=urlsplit(answer.url).path.strip("/").split("/")[-1])
    while run_chunk(job_id=job.pk, at=NOON):
        pass
    job.refresh_from_db()
    return job


def test_a_segment_is_made_changed_and_put_away(marketer):
    made = {"name": "Tea lovers", "slug": "tea", "name_zh_hans": "爱茶之人"}
    answer = marketer.post("/segments/add/", made)
    assert answer.url == "/segments/tea/"
    marketer.post("/segments/tea/edit/", {"name": "Tea", "slug": "other"})
    segment = Segment.objects.get()
    assert (segment.slug, segment.name, segment.name_zh_hans) == ("tea", "Tea", "")
    assert (
        "nobody is in it yet" in marketer.get("/segments/tea/").content.decode().lower()
    )
    marketer.post("/segments/tea/archive/")
    assert "tea" not in str(marketer.get("/segments/").context["rows"])
    [row] = marketer.get("/segments/?state=archived").context["rows"]
    assert row.segment.is_archived
    marketer.post("/segments/tea/archive/", {"restore": "1"})
    assert not Segment.objects.get().is_archived


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"slug": "tea"}, "slug"), ({"slug": "a b"}, "slug"), ({"name": ""}, "name")],
)
def test_a_segment_that_cannot_be_is_refused(marketer, wrong, field):
    make_segment_of(slug="tea")
    answer = marketer.post("/segments/add/", {"name": "X", "slug": "x"} | wrong)
    assert answer.context["form"].errors[field]
    assert Segment.objects.count() == 1


def test_counts_stop_at_a_limit(auditor, monkeypatch):
    make_segment_of(*(make_member() for _ in range(3)))
    [row] = auditor.get("/segments/").context["rows"]
    assert (row.members.number, row.members.is_exact) == (3, True)
    monkeypatch.setattr("members.selectors.segments.COUNT_LIMIT", 2)
    answer = auditor.get("/segments/")
    [row] = answer.context["rows"]
    assert (row.members.number, row.members.is_exact) == (2, False)
    assert "over 2" in answer.content.decode()


def test_one_member_is_added_and_taken_out_on_their_page(agent):
    member = make_member(name="Ada")
    tea = make_segment_of(slug="tea")
    page = f"{member.get_absolute_url()}segments/"
    agent.post(page, {"segment": "tea"})
    assert names_in(tea) == {"Ada"}
    assert "user:" in SegmentStay.objects.get().joined_by
    assert "Ada" in agent.get("/segments/tea/").content.decode()
    # Where the member is in all there are, there is nothing to choose from.
    assert not agent.get(page).context["form"].has_choice
    agent.post(page, {"segment": "tea", "remove": "1"})
    assert names_in(tea) == set()
    assert [stay.left_at is None for stay in SegmentStay.objects.all()] == [False]


def test_an_archived_segment_takes_nobody(agent):
    member = make_member()
    tea = make_segment_of(slug="tea")
    archive_segment(segment=tea, is_archived=True, at=NOON, actor=CLERK)
    page = f"{member.get_absolute_url()}segments/"
    answer = agent.post(page, {"segment": "tea"})
    assert answer.context["form"].errors["segment"]
    assert not SegmentStay.objects.exists()


def test_everybody_of_the_list_is_added_in_chunks(agent, monkeypatch):
    monkeypatch.setattr(filling, "CHUNK_MEMBERS", 2)
    gold = make_tiers(gold=10**6)["gold"]
    people = [make_member(name=f"Wong {n}") for n in range(5)]
    for each in (*people[:4], make_member(name="Chan")):
        each.account.tier, each.account.tier_since = gold, NOON
        each.account.save()
    close_member(member=people[0], reason="x", at=NOON, actor=CLERK)
    tea = make_segment_of(people[1], slug="tea")
    url = "/members/segments/?q=Wong&tier=gold&sort=name&cursor=x"
    page = agent.get(url)
    assert page.context["count"].number == 3
    job = finished(agent.post(url, {"segment": "tea", "way": "add"}))
    assert (job.state, job.rows_done, job.message) == ("done", 3, "Added: 2")
    assert job.result_url == "/segments/tea/"
    assert names_in(tea) == {"Wong 1", "Wong 2", "Wong 3"}

    url = "/members/segments/?segment=tea&q=Wong 2"
    job = finished(agent.post(url, {"segment": "tea", "way": "remove"}))
    assert names_in(tea) == {"Wong 1", "Wong 3"}


def test_a_filter_that_cannot_be_read_fills_nothing(agent):
    make_member()
    make_segment_of(slug="tea")
    url = "/members/segments/?joined_from=yesterday"
    answer = agent.post(url, {"segment": "tea", "way": "add"})
    assert answer.url == "/members/"
    assert not Job.objects.exists()


def test_a_job_for_a_segment_that_was_archived_meanwhile_says_so(agent):
    make_member()
    tea = make_segment_of(slug="tea")
    answer = agent.post("/members/segments/", {"segment": "tea", "way": "add"})
    archive_segment(segment=tea, is_archived=True, at=NOON, actor=CLERK)
    job = finished(answer)
    assert (job.state, "archived" in job.error) == ("failed", True)
    assert not SegmentStay.objects.exists()


def test_the_list_of_members_is_filtered_by_segment(agent, clerk):
    tea = make_segment_of(make_member(name="Ada"), make_member(name="Bob"), slug="tea")
    make_member(name="Cy")
    bob = tea.stays.get(member__full_name="Bob").member_id
    remove_from_segment(segment=tea, member_ids=[bob], at=NOON, actor=CLERK)
    rows = agent.get("/members/?segment=tea").context["listing"].rows
    assert [row.member.full_name for row in rows] == ["Ada"]
    # Who may not see segments cannot find out by the address who is in one.
    assert len(clerk.get("/members/?segment=tea").context["listing"].rows) == 3


SEES = {"agent", "marketer", "manager", "auditor", "admin"}
FILLS = {"agent", "marketer", "admin"}
CHANGES = {"marketer", "admin"}


@pytest.mark.parametrize(
    "role", ["clerk", "agent", "marketer", "manager", "auditor", "admin"]
)
def test_who_may_do_what(role, request):
    client = request.getfixturevalue(role)
    member = make_member()
    make_segment_of(slug="tea")
    page = f"{member.get_absolute_url()}segments/"

    def is_allowed(answer):
        return answer.status_code != 403

    for url in ("/segments/", "/segments/tea/", page):
        assert is_allowed(client.get(url)) == (role in SEES)
    for url in ("/segments/add/", "/segments/tea/edit/"):
        assert is_allowed(client.get(url)) == (role in CHANGES)
    assert is_allowed(client.get("/members/segments/")) == (role in FILLS)
    client.post(page, {"segment": "tea"})
    assert SegmentStay.objects.exists() == (role in FILLS)
    client.post("/segments/tea/archive/")
    assert Segment.objects.get().is_archived == (role in CHANGES)
