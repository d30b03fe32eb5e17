"""Pages of staff: who sees which, and what their buttons do."""

import pytest
from django.urls import reverse

from surveys.content import read_content
from surveys.models import Case, Invitation, Survey, SurveyVersion, Wave
from surveys.selectors.surveys import editable_content
from tests.surveys.world import (
    answer_all,
    database_state,
    make_asked_member,
    make_invitation,
    make_survey,
)

pytestmark = pytest.mark.django_db
ROLES = ("counter", "agent", "marketer", "manager", "auditor", "admin")
READERS = {"agent", "marketer", "manager", "auditor", "admin"}
MARKETERS = {"marketer", "admin"}


@pytest.fixture
def world(db) -> dict[str, str]:
    """One answered invitation with a case; returns the address of each page."""
    answer_all(make_invitation(), score=3)
    case = Case.objects.get()
    assert case.response is not None
    return {
        "list": "/surveys/",
        "survey": "/surveys/nps/",
        "preview": "/surveys/nps/preview/1/",
        "wave": case.response.wave.get_absolute_url(),
        "responses": "/responses/",
        "response": case.response.get_absolute_url(),
        "cases": "/cases/",
        "case": case.get_absolute_url(),
        "add": "/surveys/add/",
        "edit": "/surveys/nps/edit/",
        "settings": "/surveys/nps/settings/",
        "send": "/surveys/nps/send/",
    }


MAY_OPEN = {
    **dict.fromkeys(
        ("list", "survey", "preview", "wave", "responses", "response", "cases", "case"),
        READERS,
    ),
    **dict.fromkeys(("add", "edit", "settings", "send"), MARKETERS),
}


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_to_the_roles_that_may(request, world, role):
    client = request.getfixturevalue({"counter": "clerk"}.get(role, role))
    before = {p: s for p, s in database_state().items() if "session" not in p}
    opened = {page for page, url in world.items() if client.get(url).status_code == 200}
    assert opened == {page for page, roles in MAY_OPEN.items() if role in roles}
    after = {p: s for p, s in database_state().items() if "session" not in p}
    assert before == after


def test_visitors_are_asked_to_sign_in(visitor, world):
    for url in world.values():
        assert visitor.get(url)["Location"].startswith("/accounts/login/")


def test_pages_of_what_is_not_there_are_not_found(admin):
    nothing = "01a201ab-40b4-786a-bb9f-a577040022c0"
    for url in ("/surveys/none/", f"/waves/{nothing}/", f"/cases/{nothing}/"):
        assert admin.get(url).status_code == 404


def test_the_survey_page_shows_questions_and_progress(marketer, world):
    page = marketer.get(world["survey"]).content.decode()
    assert "How likely are you to recommend Perennial" in page
    assert "100.0%" in page


def test_the_wave_page_is_also_a_fragment_that_stops(marketer, world):
    whole = marketer.get(world["wave"]).content.decode()
    part = marketer.get(world["wave"], headers={"HX-Request": "true"})
    assert part.status_code == 286
    assert "<html" not in part.content.decode()
    assert 'id="progress"' in whole


def send_form(client) -> dict[str, str]:
    return {"key": client.get("/surveys/nps/send/").context["form"]["key"].value()}


def test_send_now_asks_first_and_then_sends_once(marketer):
    make_survey()
    make_asked_member()
    form = send_form(marketer)
    assert b"Send to 1 member" in marketer.get("/surveys/nps/send/").content
    first = marketer.post("/surveys/nps/send/", form)
    second = marketer.post("/surveys/nps/send/", form)
    wave = Wave.objects.get()
    assert first["Location"] == second["Location"] == wave.get_absolute_url()
    assert wave.opened_by == "user:marketer"


def test_send_now_without_the_permission_writes_nothing(manager):
    make_survey()
    before = Wave.objects.count()
    assert manager.post("/surveys/nps/send/", {"key": "x"}).status_code == 403
    assert Wave.objects.count() == before


def test_stop_sending_cancels_the_wave(marketer):
    invitation = make_invitation(is_sent=False)
    url = reverse("surveys:wave-cancel", args=[invitation.wave.public_id])
    assert marketer.get(url).status_code == 405
    marketer.post(url)
    assert Invitation.objects.get().state == "cancelled"


def edit_form(client, **changes: str) -> dict[str, str]:
    form = client.get("/surveys/nps/edit/").context["form"]
    data = {name: form[name].value() for name in form.fields}
    sent = {k: v for k, v in data.items() if v is not False and v is not None}
    return {k: "on" if v is True else v for k, v in sent.items()} | changes


def test_editing_makes_a_draft_and_publishing_a_version(marketer):
    make_survey()
    changes = {"why-text-en": "Why?", "action": "save"}
    marketer.post("/surveys/nps/edit/", edit_form(marketer, **changes))
    draft = SurveyVersion.objects.get(published_at=None)
    assert read_content(draft.content).questions[1].text["en"] == "Why?"
    marketer.post("/surveys/nps/edit/", edit_form(marketer, action="publish"))
    draft.refresh_from_db()
    assert (draft.number, draft.published_by) == (2, "user:marketer")


def test_publishing_with_a_gap_is_refused_with_the_words_kept(marketer):
    make_survey()
    changes = {"why-text-zh-hant": "", "why-text-en": "Kept", "action": "publish"}
    response = marketer.post("/surveys/nps/edit/", edit_form(marketer, **changes))
    page = response.content.decode()
    assert response.status_code == 422
    assert "1 text is missing" in page
    assert "Kept" in page
    assert SurveyVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("action", "keys"),
    [
        ("add-scale", ["recommend", "why", "quality", "service", "q1"]),
        ("remove-why", ["recommend", "quality", "service"]),
        ("up-quality", ["recommend", "quality", "why", "service"]),
    ],
)
def test_buttons_change_the_list_of_questions(marketer, action, keys):
    survey = make_survey()
    marketer.post("/surveys/nps/edit/", edit_form(marketer, action=action))
    assert [q.key for q in editable_content(survey=survey).questions] == keys


def test_texts_for_an_old_list_of_questions_are_refused(marketer):
    make_survey()
    old = edit_form(marketer, action="save")
    marketer.post("/surveys/nps/edit/", edit_form(marketer, action="remove-why"))
    assert marketer.post("/surveys/nps/edit/", old).status_code == 422


def settings_form(client, url: str, **changes: object) -> dict[str, object]:
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {k: v for k, v in data.items() if v is not False and v is not None} | changes


def test_settings_are_saved_with_who_and_when(marketer):
    make_survey()
    url = "/surveys/nps/settings/"
    changes = {"rhythm": "monthly", "is_running": "on", "bonus_points": 80}
    marketer.post(url, settings_form(marketer, url, **changes))
    survey = Survey.objects.get()
    assert (survey.rhythm, survey.bonus_points) == ("monthly", 80)
    assert survey.running_since is not None


def test_a_link_that_ends_before_its_wave_is_refused(marketer):
    make_survey()
    url = "/surveys/nps/settings/"
    form = settings_form(marketer, url, open_days=40, link_days=30)
    response = marketer.post(url, form)
    assert (response.status_code, Survey.objects.get().open_days) == (422, 21)


def test_a_new_survey_is_a_draft(marketer):
    touchpoint = make_survey().touchpoint_id
    url = "/surveys/add/"
    form = settings_form(marketer, url, name="After a visit", touchpoint=touchpoint)
    response = marketer.post(url, form)
    survey = Survey.objects.get(slug="after-a-visit")
    assert response["Location"] == "/surveys/after-a-visit/edit/"
    assert not survey.versions.published().exists()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("?group=detractor", 1),
        ("?group=promoter", 0),
        ("?q=because", 1),
        ("?q=nobody", 0),
        ("?state=quarantined", 0),
        ("?wave=not-a-wave&group=x&cursor=zz", 1),
    ],
)
def test_responses_are_found(agent, world, query, count):
    table = agent.get("/responses/" + query).context["table"]
    assert len(table.rows) == count


def test_responses_are_found_by_member(agent, world):
    name = Case.objects.get().member.full_name
    assert len(agent.get("/responses/", {"q": name}).context["table"].rows) == 1


@pytest.mark.parametrize(
    ("show", "count"),
    [("", 1), ("mine", 0), ("overdue", 1), ("resolved", 0), ("all", 1), ("x", 1)],
)
def test_cases_are_found(agent, world, show, count):
    assert len(agent.get("/cases/", {"show": show}).context["table"].rows) == count


def test_an_agent_works_on_a_case(agent, world):
    page = agent.get(world["case"])
    owner = page.context["owner_form"].fields["owner"].queryset.get(username="agent")
    key = page.context["note_form"]["key"].value()
    agent.post(world["case"] + "owner/", {"owner": owner.pk})
    for _ in range(2):
        agent.post(world["case"] + "note/", {"key": key, "text": "Called back."})
    agent.post(world["case"] + "resolve/", {"resolution": "A new lamp."})
    case = Case.objects.get()
    assert (case.owner, case.state, case.resolution) == (
        owner,
        "resolved",
        "A new lamp.",
    )
    assert case.notes.count() == 1
    agent.post(world["case"] + "reopen/")
    case.refresh_from_db()
    assert case.state == "in_progress"


@pytest.mark.parametrize("action", ["owner/", "note/", "resolve/", "reopen/"])
def test_a_reader_changes_no_case(auditor, world, action):
    before = list(Case.objects.values())
    assert auditor.post(world["case"] + action, {}).status_code == 403
    assert list(Case.objects.values()) == before


def test_an_empty_resolution_is_refused(agent, world):
    response = agent.post(world["case"] + "resolve/", {"resolution": " "})
    assert (response.status_code, Case.objects.get().state) == (422, "open")


def test_the_members_page_shows_what_they_answered(agent, world):
    member = Case.objects.get().member
    page = agent.get(f"/members/{member.number}/surveys/").content.decode()
    assert "Detractor" in page
    timeline = agent.get(member.get_absolute_url()).content.decode()
    assert "Answered “Recommendation”" in timeline


def test_the_preview_may_be_framed_by_our_own_pages_only(marketer, world):
    policy = marketer.get(world["preview"])["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert (
        "frame-src 'self'" in marketer.get(world["survey"])["Content-Security-Policy"]
    )
    assert (
        "frame-ancestors 'none'" in marketer.get("/cases/")["Content-Security-Policy"]
    )


def test_the_preview_switches_its_language(marketer, world):
    page = marketer.get(world["preview"] + "?lang=zh-hant").content.decode()
    assert "你有多大可能向朋友或同事推薦" in page
    assert "/surveys/nps/preview/2/?lang=zh-hant" in page


def test_lists_ask_few_queries(admin, world, django_assert_max_num_queries):
    for page in ("list", "responses", "cases", "case", "wave", "survey"):
        admin.get(world[page])
        with django_assert_max_num_queries(16):
            admin.get(world[page])
