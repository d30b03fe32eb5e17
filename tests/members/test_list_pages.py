"""The list of members: found, filtered, sorted, paged, and as a file."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from python_calamine import load_workbook

from loyalty_site.accounts.models import User
from loyalty_site.lib import keyset
from members.models import Member
from members.services import close_member, record_consent
from points.models import Account
from tests.factories import CLERK, NOON, make_member, make_tiers

pytestmark = pytest.mark.django_db
LIST = "/members/"


@pytest.fixture
def people():
    return [
        make_member(name="陈大文", phone="+85291234567", email="chan@example.com"),
        make_member(name="Ada Weaver", at=datetime(2026, 3, 1, tzinfo=UTC)),
        make_member(name="Zoe Closed"),
    ]


def names(answer):
    return [row.member.full_name for row in answer.context["listing"].rows]


def test_members_are_listed_newest_first(agent, people):
    assert names(agent.get(LIST))[0] == "Ada Weaver"


@pytest.mark.parametrize(
    "text", ["陈", "大文", "陈大文", "chan@example.com", "91234567"]
)
def test_chinese_names_and_contact_data_are_found(agent, people, text):
    answer = agent.get(LIST, {"q": text})
    assert names(answer) == ["陈大文"]
    assert answer.context["listing"].count.number == 1


def test_a_search_without_hits_says_so(agent, people):
    assert "Nobody matches" in agent.get(LIST, {"q": "zzzz"}).content.decode()


def test_exact_hits_come_first(agent, people):
    other = make_member(name=f"Friend of {people[0].number}")
    answer = agent.get(LIST, {"q": people[0].number, "sort": "-name"})
    assert names(answer) == ["陈大文", other.full_name]


def test_lists_sort_by_name(agent, people):
    assert names(agent.get(LIST, {"sort": "name"}))[0] == "Ada Weaver"
    assert names(agent.get(LIST, {"sort": "-name"}))[-1] == "Ada Weaver"


def test_unknown_sort_and_filters_are_ignored(agent, people):
    answer = agent.get(
        LIST, {"sort": "password", "state": "x", "joined_from": "31/31/2026"}
    )
    assert len(names(answer)) == 3


def test_closed_memberships_are_shown_on_demand(agent, people):
    close_member(member=people[2], reason="asked", at=NOON, actor=CLERK)
    assert "Zoe Closed" not in names(agent.get(LIST))
    assert names(agent.get(LIST, {"state": "closed"})) == ["Zoe Closed"]
    assert len(names(agent.get(LIST, {"state": "all"}))) == 3


def test_the_days_of_joining_are_inclusive(agent, people):
    inside = {"joined_from": "2026-03-01", "joined_to": "2026-03-01"}
    assert names(agent.get(LIST, inside)) == ["Ada Weaver"]
    assert names(agent.get(LIST, {"joined_from": "2026-03-02"})) == []


def test_the_latest_word_on_consent_counts(agent, people):
    def say(member, *, is_granted, day):
        at = datetime(2026, 1, day, tzinfo=UTC)
        record_consent(
            member=member, purpose="survey", is_granted=is_granted, at=at, source="x"
        )

    say(people[0], is_granted=True, day=1)
    say(people[1], is_granted=True, day=1)
    say(people[1], is_granted=False, day=2)
    assert names(agent.get(LIST, {"consent": "survey"})) == ["陈大文"]


def test_tiers_registered_by_points_filter(agent, people):
    gold = make_tiers(gold=100)["gold"]
    people[0].account.tier = gold
    people[0].account.save()
    assert names(agent.get(LIST, {"tier": "gold"})) == ["陈大文"]
    assert "陈大文" not in names(agent.get(LIST, {"tier": "-"}))


@pytest.fixture
def pages_of_two(monkeypatch):
    defaults = keyset.keyset_page.__kwdefaults__ | {"size": 2}
    monkeypatch.setattr(keyset.keyset_page, "__kwdefaults__", defaults)


@pytest.mark.parametrize("sort", ["joined", "-joined"])
def test_a_tier_is_listed_in_the_order_of_joining(agent, pages_of_two, sort):
    gold = make_tiers(gold=100)["gold"]
    days = [3, 1, 2, 2, 4]
    found = [make_member(name=f"{n}", at=NOON.replace(day=n)) for n in days]
    Account.objects.exclude(member=found[0]).update(tier=gold)
    seen, url = [], f"{LIST}?tier=gold&sort={sort}"
    while url:
        page = agent.get(url)
        seen += [
            (row.member.enrolled_at, row.member.pk)
            for row in page.context["listing"].rows
        ]
        url = page.context["older_url"]
    expected = [(member.enrolled_at, member.pk) for member in found[1:]]
    assert seen == sorted(expected, reverse=sort == "-joined")


def test_a_corrected_enrolment_moves_the_member_in_its_tier(agent, people):
    Account.objects.update(tier=make_tiers(gold=100)["gold"])
    first, second, _third = names(agent.get(LIST, {"tier": "gold"}))
    moved = Member.objects.get(full_name=second)
    Member.objects.filter(pk=moved.pk).update(enrolled_at=NOON.replace(year=2030))
    assert names(agent.get(LIST, {"tier": "gold"}))[:2] == [second, first]


def test_pages_follow_each_other(agent, people, pages_of_two):
    first = agent.get(LIST, {"sort": "name"})
    second = agent.get(first.context["older_url"])
    assert len(names(first)) == 2
    assert len({*names(first), *names(second)}) == 3


def test_the_fragment_is_part_of_the_page(agent, people):
    page = agent.get(LIST).content.decode()
    fragment = agent.get(LIST, headers={"HX-Request": "true"})
    assert fragment.content.decode().strip() in page
    assert "HX-Request" in fragment["Vary"]


def test_contact_data_is_masked_for_auditors(auditor, agent, people):
    assert "9123 4567" in agent.get(LIST).content.decode()
    masked = auditor.get(LIST).content.decode()
    assert "9123 4567" not in masked
    assert "4567" in masked


@pytest.mark.parametrize("n", [1, 30])
def test_queries_do_not_grow_with_the_list(agent, n, django_assert_max_num_queries):
    for _each in range(n):
        make_member(balance=10)
    with django_assert_max_num_queries(12):
        agent.get(LIST)


# Export ---------------------------------------------------------------------


def exported(client, kind="csv", **query):
    answer = client.get(reverse("members:member-export", args=[kind]), query)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_the_export_holds_what_the_list_shows(manager, people):
    text = exported(manager, q="陈").decode("utf-8-sig")
    [header, row] = list(csv.reader(io.StringIO(text)))
    assert header[:4] == ["Number", "Name", "E-mail", "Phone"]
    assert row[:4] == [
        people[0].number,
        "陈大文",
        "chan@example.com",
        "'+852 9123 4567",
    ]


def test_the_export_is_a_spreadsheet_too(manager, people):
    rows = load_workbook(io.BytesIO(exported(manager, "xlsx"))).get_sheet_by_index(0)
    assert len(rows.to_python()) == 4


def test_formulas_are_defused(manager):
    make_member(name="=1+1")
    assert "'=1+1" in exported(manager).decode()


def test_an_export_without_contact_data_is_masked(auditor, people):
    user = User.objects.get(username="auditor")
    user.user_permissions.add(Permission.objects.get(codename="export_member"))
    text = exported(auditor).decode()
    assert "chan@example.com" not in text
    assert "陈大文" in text


@pytest.mark.parametrize("role", ["clerk", "agent", "auditor"])
def test_lesser_roles_export_nothing(role, request):
    client = request.getfixturevalue(role)
    assert client.get("/members/export/csv/").status_code == 403


def test_an_unknown_format_is_missing(manager):
    assert manager.get("/members/export/pdf/").status_code == 404
