"""The main paths of the product, walked through the real pages."""

import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core import mail
from playwright.sync_api import Page, expect

from loyalty_site.jobs.models import Job
from points.models import Purchase, PurchaseImport, Redemption
from points.tasks import send_portal_code
from surveys.models import Case
from surveys.services.sending import mark_sent
from tests.factories import make_member, make_reward, make_rule
from tests.points.imports.files import known_member, right_now, run_to_end
from tests.reports.factories import NOW, days, make_purchase, make_scores, refresh
from tests.surveys.world import make_asked_member, make_survey, make_wave, path_of

PHONE = {"width": 360, "height": 740}
FILE = b"card,when,total\n0001,2026-06-01,5.00\n0001,2026-06-02,x\n0001,2026-06-03,7\n"
# Long enough for a page that asks every two seconds.
SOON = 15_000


def says(page: Page, text: str) -> None:
    expect(page.locator("main")).to_contain_text(text, timeout=SOON)


def test_points_for_an_amount_by_keyboard_alone(open_as, look_at):
    make_rule()
    member = make_member(name="陈大文", balance=100)
    page = open_as("counter", "/counter/")
    look_at(page)

    page.keyboard.type("陈大文")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="陈大文").press("Enter")
    expect(page.locator(".customer-balance")).to_contain_text("100")
    page.keyboard.type("129.50")
    expect(page.locator("#quote")).to_contain_text("129 points for")
    look_at(page)

    sent = {
        name: page.locator(f"form.give-form [name={name}]").first.input_value()
        for name in ("csrfmiddlewaretoken", "key", "amount")
    }
    page.locator("#id_amount").press("Enter")
    says(page, "129 points given for")
    expect(page.locator(".customer-balance")).to_contain_text("229")

    again = page.request.post(page.url, form=sent, headers={"Referer": page.url})
    assert "was posted already, only once" in again.text()
    assert Purchase.objects.get().member_id == member.pk


def test_enrol_at_the_counter_and_redeem(open_as, look_at):
    make_rule()
    reward = make_reward(cost=30, pieces=1)
    page = open_as("counter", "/counter/")
    expect(page.locator("#counter-q")).to_be_focused()
    page.keyboard.type("王小明")
    page.keyboard.press("Enter")
    says(page, "Nobody is known as “王小明”")
    page.get_by_role("link", name="Enrol this customer").press("Enter")
    expect(page.locator("#id_full_name")).to_have_value("王小明")
    page.get_by_label("Phone").fill("9123 4567")
    look_at(page)
    page.get_by_role("button", name="Enrol the member").press("Enter")

    expect(page.locator(".customer-name")).to_contain_text("王小明")
    page.locator("#id_amount").fill("50")
    page.locator("#id_amount").press("Enter")
    expect(page.locator(".customer-balance")).to_contain_text("50")
    page.get_by_role("link", name=re.compile(f"Redeem.*{reward.name}")).press("Enter")
    look_at(page)
    page.get_by_role("button", name="Redeem for 30 points").press("Enter")
    redemption = shown_redemption(page)
    says(page, redemption.code)
    look_at(page)
    page.get_by_role("button", name="Hand over now").press("Enter")
    says(page, "Handed over on")
    page.get_by_role("link", name="Back to the customer").click()
    expect(page.locator(".customer-balance")).to_contain_text("20")
    says(page, "0 in stock")


def shown_redemption(page: Page) -> Redemption:
    page.wait_for_url("**/redemptions/**")
    return Redemption.objects.get(public_id=page.url.rstrip("/").rsplit("/", 1)[1])


def test_a_member_on_a_phone_redeems_and_sees_the_voucher(open_as, look_at):
    make_member(name="Chan Tai Man", email="chan@example.com", balance=100)
    reward = make_reward(cost=30)
    page = open_as(None, "/me/")
    page.set_viewport_size(PHONE)
    page.get_by_label("E-mail").fill("chan@example.com")
    look_at(page)
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/me/login/code/")
    look_at(page)
    page.get_by_label("Code").fill(mailed_code(page))
    page.get_by_role("button", name="Sign in").click()
    says(page, "100 points to spend")
    look_at(page)

    page.get_by_role("link", name="Rewards", exact=True).click()
    page.get_by_role("link", name=reward.name).click()
    look_at(page)
    page.get_by_role("button", name="Redeem for 30 points").click()
    page.wait_for_url("**/me/vouchers/**")
    says(page, Redemption.objects.get().code)
    expect(page.get_by_role("img", name="QR code of your voucher")).to_be_visible()
    look_at(page)
    page.get_by_role("link", name="Points", exact=True).click()
    says(page, "70 points to spend")


def mailed_code(page: Page) -> str:
    """Do the worker's part for what this browser asked, and read the mail."""
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    store = import_module(site.SESSION_ENGINE).SessionStore
    session = store(session_key=cookies[site.SESSION_COOKIE_NAME])
    send_portal_code(*session["portal_asked"])
    return re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))[0]


@pytest.fixture
def phone(browser):
    """A telephone whose browser runs no scripts."""
    context = browser.new_context(
        viewport=PHONE, java_script_enabled=False, locale="en", is_mobile=True
    )
    yield context.new_page()
    context.close()


def test_a_survey_on_a_phone_without_javascript(phone, live_server, open_as):
    now = right_now()
    member = make_asked_member(name="李小龍", language="en")
    wave = make_wave(make_survey(), period=f"{now:%Y-%m}", at=now)
    invitation = wave.invitations.get(member=member)
    # Nobody answers within two seconds of the mail, so it came an hour ago.
    mark_sent(invitations=[invitation], at=now - timedelta(hours=1))

    page = phone
    page.goto(live_server.url + path_of(invitation))
    for step, answer in ((1, "3"), (2, "The queue was long."), (3, "2"), (4, "4")):
        expect(page.locator("#progress")).to_have_text(f"Question {step} of 4")
        fits(page)
        if step == 2:
            page.locator("#answer-first").fill(answer)
        else:
            page.locator(f"[name=answer][value='{answer}']").check()
        page.get_by_role("button", name="Send" if step == 4 else "Next").click()
    expect(page.locator("body")).to_contain_text("50 points were added")
    fits(page)

    case = Case.objects.get()
    assert (case.member, case.score) == (member, 3)
    staff = open_as("agent", "/cases/")
    staff.get_by_role("link", name="李小龍").first.click()
    says(staff, "The queue was long.")


def fits(page: Page) -> None:
    box = page.locator("form, .card").first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_import_check_post_and_reverse(open_as, look_at, settings, tmp_path: Path):
    settings.VAR_DIR = tmp_path
    make_rule()
    known_member()
    page = open_as("marketer", "/imports/new/")
    look_at(page)
    june = {"name": "june.csv", "mimeType": "text/csv", "buffer": FILE}
    page.locator("#id_file").set_input_files(june)
    page.get_by_label("Source").fill("shop")
    page.get_by_role("button", name="Upload and look at the columns").click()
    for name, column in {"member": "card", "at": "when", "amount": "total"}.items():
        page.locator(f"#id_{name}").select_option(column)
    look_at(page)
    page.get_by_role("button", name="Check every row").click()
    says(page, "june.csv")

    work(page, "Post 2 purchases")
    says(page, "This is not an amount")
    look_at(page)
    page.get_by_role("button", name="Post 2 purchases").click()
    work(page, "Purchases posted")
    look_at(page)
    assert PurchaseImport.objects.get().points_posted == 12

    page.get_by_role("link", name="Reverse the import").click()
    page.get_by_label("Reason").fill("A wrong file")
    look_at(page)
    page.get_by_role("button", name="Reverse 2 purchases").click()
    work(page, "12 points were taken back")
    look_at(page)


def work(page: Page, result: str) -> None:
    """Do the newest job as a worker would, and look again."""
    page.wait_for_selector("#progress")
    assert run_to_end(Job.objects.latest("pk")).state == Job.State.DONE
    says(page, result)


@pytest.fixture
def half_a_year(transactional_db):
    """Twelve members of September of whom seven came back, and a wave of answers."""
    make_rule()
    members = [make_member(at=NOW - days(75)) for _ in range(12)]
    for member in members:
        make_purchase(member, NOW - days(70), 1100)
    for member in members[:7]:
        make_purchase(member, NOW - days(40), 900)
    make_scores([10, 10, 9, 9, 9, 8, 7, 6, 3, 0], unanswered=3)
    refresh()


def test_reports_lead_to_the_members_they_count(half_a_year, open_as, look_at):
    page = open_as("manager", "/reports/?from=2026-10&to=2026-10")
    look_at(page)
    orders = page.locator("a.stat", has_text="Orders").first
    assert orders.locator(".stat-value").inner_text() == "7"
    orders.click()
    says(page, "7")
    assert rows_of(page) == 7
    look_at(page)

    page.goto(page.url.split("/reports/")[0] + "/reports/cohorts/")
    look_at(page)
    row = page.locator(".cohort-grid tbody tr").first
    cell = row.locator("td").nth(3)
    assert "7 of 12" in cell.get_attribute("title")
    cell.locator("a").click()
    says(page, "7 members.")
    assert rows_of(page) == 7

    page.goto(page.url.split("/reports/")[0] + "/reports/nps/?from=2026-10&to=2026-10")
    look_at(page)
    answers = page.locator("a.stat", has_text="Answers").first
    assert answers.locator(".stat-value").inner_text() == "10"
    answers.click()
    says(page, "10 answers.")
    assert rows_of(page) == 10


def rows_of(page: Page) -> int:
    return page.locator("main tbody tr").count()
