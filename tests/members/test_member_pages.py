"""A member's own pages: enrol, show, change, close, consent, history."""

from datetime import timedelta

import pytest
from django.urls import reverse

from loyalty_site.lib.forms import new_form_key
from members.models import Consent, Member
from members.selectors.consents import agreements_of
from members.services import close_member
from tests.factories import CLERK, NOON, make_member, make_purchase, make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return make_member(
        name="陈大文", email="chan@example.com", phone="+85291234567", balance=50
    )


def page(member, name="detail", *args):
    return reverse(f"members:member-{name}", args=[member.number, *args])


def enrolment(**changed):
    return {
        "full_name": "Ada Weaver",
        "phone": "9123 4567",
        "email": "ada@example.com",
        "language": "en",
        "key": new_form_key(NOON),
    } | changed


# Enrol ----------------------------------------------------------------------


def test_a_person_is_enrolled_with_card_and_consent(agent):
    answer = agent.post("/members/add/", enrolment(card="77 12", consents=["survey"]))
    member = Member.objects.get()
    assert answer.url == member.get_absolute_url()
    assert str(member.phone) == "+85291234567"
    assert member.identifiers.get(system="card").value == "77 12"
    assert [each.is_granted for each in agreements_of(member)] == [True, False]


def test_the_same_form_twice_enrols_once(agent):
    sent = enrolment(email="", phone="")
    first = agent.post("/members/add/", sent)
    second = agent.post("/members/add/", sent)
    assert Member.objects.count() == 1
    assert first.url == second.url


def test_somebody_known_is_named_with_a_link(agent, member):
    answer = agent.post("/members/add/", enrolment(email="CHAN@example.com"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert member.get_absolute_url() in text
    assert text.startswith("<!doctype html>")
    assert "<title>Error:" in text
    assert Member.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"email": "ada@"}, "email"),
        ({"birth_on": "2999-01-01"}, "birth_on"),
        ({"email": "", "consents": ["survey"]}, "email"),
        ({"language": "tlh"}, "language"),
        ({"full_name": "x" * 121}, "full_name"),
        ({"full_name": "", "email": "", "phone": ""}, None),
        ({"key": "forged"}, "key"),
    ],
)
def test_bad_input_is_answered_and_enrols_nobody(agent, changed, field):
    answer = agent.post("/members/add/", enrolment(**changed))
    assert answer.status_code == 422
    form = answer.context["form"]
    assert field is None or field in form.errors
    assert Member.objects.count() == 0


def test_the_form_is_filled_from_the_address(agent):
    answer = agent.get("/members/add/", {"phone": "9123 4567"})
    assert 'value="9123 4567"' in answer.content.decode()


def test_it_goes_on_where_the_counter_asked(agent):
    following = "/counter/{number}/"
    answer = agent.post("/members/add/", enrolment(next=following))
    assert answer.url == f"/counter/{Member.objects.get().number}/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "evil"])
def test_it_never_goes_to_another_site(agent, target):
    answer = agent.post("/members/add/", enrolment(next=target))
    assert answer.url == Member.objects.get().get_absolute_url()


def test_another_one_can_follow_at_once(agent):
    answer = agent.post("/members/add/", enrolment(another="1"))
    assert answer.url.startswith("/members/add/")


# Show -----------------------------------------------------------------------


def test_the_page_shows_figures_contact_and_what_happened(agent, member):
    make_rule()
    purchase = make_purchase(member, amount_minor=4200, store="Central")
    text = agent.get(page(member)).content.decode()
    for shown in ("92", "+852 9123 4567", "US$42.00", "+42", "Central"):
        assert shown in text
    assert str(purchase.public_id) in text


def test_the_timeline_pages_into_the_past(agent, member):
    make_rule()
    for day in range(40):
        make_purchase(member, at=NOON - timedelta(days=day))
    first = agent.get(page(member)).context["timeline"]
    older = agent.get(page(member), {"before": first.older_than.isoformat()})
    shown = {item.at for item in first.items}
    assert shown.isdisjoint(item.at for item in older.context["timeline"].items)
    assert len(older.context["timeline"].items) == 11


@pytest.mark.parametrize("before", ["x", "2026-13-45T00:00:00Z", "2026-01-01T00:00:00"])
def test_a_time_that_cannot_be_read_is_ignored(agent, member, before):
    assert agent.get(page(member), {"before": before}).status_code == 200


def test_the_timeline_shows_one_kind(agent, member):
    make_rule()
    make_purchase(member)
    items = agent.get(page(member), {"kind": "entry"}).context["timeline"].items
    assert {item.kind for item in items} == {"entry"}


def test_a_lower_case_number_finds_the_page(agent, member):
    url = reverse("members:member-detail", args=[member.number.lower()])
    assert agent.get(url).status_code == 200


def test_a_member_page_asks_little(agent, member, django_assert_max_num_queries):
    make_rule()
    for day in range(20):
        make_purchase(member, at=NOON - timedelta(days=day))
    with django_assert_max_num_queries(20):
        agent.get(page(member))


@pytest.mark.parametrize("slug", ["points", "transactions", "rewards"])
def test_the_tabs_of_points_work(agent, member, slug):
    make_rule()
    make_purchase(member)
    assert agent.get(page(member, "panel", slug)).status_code == 200


def test_a_tab_of_another_role_is_missing(clerk, agent, member):
    assert clerk.get(page(member, "panel", "points")).status_code == 404
    assert agent.get(page(member, "panel", "nonsense")).status_code == 404


# Change, close, consent, history ----------------------------------------------


def test_a_profile_is_changed_and_the_history_says_by_whom(agent, member):
    agent.post(
        page(member, "edit"),
        {"full_name": "陈小文", "email": "", "phone": "", "language": "zh-hans"},
    )
    member.refresh_from_db()
    assert (member.full_name, member.language) == ("陈小文", "zh-hans")
    text = agent.get(page(member, "history")).content.decode()
    for shown in ("陈大文", "陈小文", "chan@example.com", "agent"):
        assert shown in text


def test_the_history_masks_contact_data(auditor, agent, member):
    agent.post(page(member, "edit"), {"full_name": "x", "language": "en"})
    assert (
        "chan@example.com" not in auditor.get(page(member, "history")).content.decode()
    )


def test_a_taken_address_is_refused_and_changes_nothing(agent, member):
    other = make_member(name="Ada", email="ada@example.com")
    answer = agent.post(
        page(other, "edit"),
        {"full_name": "Changed", "email": "chan@example.com", "language": "en"},
    )
    other.refresh_from_db()
    assert (answer.status_code, other.full_name) == (422, "Ada")
    assert member.get_absolute_url() in answer.content.decode()


def test_a_membership_is_closed_after_a_question(agent, member):
    assert agent.get(page(member, "close")).status_code == 200
    member.refresh_from_db()
    assert member.is_open
    agent.post(page(member, "close"), {"reason": "asked to leave"})
    member.refresh_from_db()
    assert member.closed_reason == "asked to leave"
    text = agent.get(page(member)).content.decode()
    assert "asked to leave" in text


def test_closing_needs_a_reason(agent, member):
    assert agent.post(page(member, "close"), {"reason": " "}).status_code == 422
    member.refresh_from_db()
    assert member.is_open


def test_a_closed_membership_is_not_changed(agent, member):
    close_member(member=member, reason="x", at=NOON, actor=CLERK)
    answer = agent.post(page(member, "edit"), {"full_name": "y", "language": "en"})
    member.refresh_from_db()
    assert (answer.status_code, member.full_name) == (422, "陈大文")


def test_consent_is_given_and_taken_back(agent, member):
    agent.post(page(member, "consent"), {"purposes": ["survey"]})
    agent.post(page(member, "consent"), {"purposes": ["survey"]})
    assert Consent.objects.count() == 1
    agent.post(page(member, "consent"), {})
    assert [each.is_granted for each in agreements_of(member)] == [False, False]
    assert Consent.objects.count() == 2


# Who and how ----------------------------------------------------------------

EVERYBODY = {"clerk", "agent", "marketer", "manager", "auditor", "admin"}
PAGES = {
    "list": EVERYBODY,
    "add": {"clerk", "agent", "admin"},
    "detail": EVERYBODY,
    "history": EVERYBODY,
    "edit": {"agent", "admin"},
    "close": {"agent", "admin"},
    "consent": {"agent", "admin"},
}
ROLES = sorted(EVERYBODY)


def address(name, member):
    args = [] if name in {"list", "add"} else [member.number]
    return reverse(f"members:member-{name}", args=args)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_roles(request, member, role, name):
    client = request.getfixturevalue(role)
    expected = 200 if role in PAGES[name] else 403
    assert client.get(address(name, member)).status_code == expected


@pytest.mark.parametrize("name", PAGES)
def test_visitors_sign_in_first(visitor, member, name):
    url = address(name, member)
    answer = visitor.get(url)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("name", ["detail", "history", "edit", "close", "consent"])
def test_a_member_that_is_not_there_is_missing(admin, name):
    assert (
        admin.get(reverse(f"members:member-{name}", args=["NONE"])).status_code == 404
    )


@pytest.mark.parametrize("name", ["list", "detail", "history"])
def test_reading_pages_refuse_to_write(admin, member, name):
    url = reverse(
        f"members:member-{name}", args=[] if name == "list" else [member.number]
    )
    assert admin.post(url).status_code == 405


@pytest.mark.parametrize("name", ["edit", "close", "consent"])
def test_lesser_roles_change_nothing(manager, member, name):
    sent = {"full_name": "x", "language": "en", "reason": "x", "purposes": ["survey"]}
    assert manager.post(page(member, name), sent).status_code == 403
    member.refresh_from_db()
    assert (member.full_name, member.is_open) == ("陈大文", True)
    assert Consent.objects.count() == 0
