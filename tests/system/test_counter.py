"""The counter in a real browser: seconds and keys, double Enter, two tabs, no scripts."""

import time

import pytest
from playwright.sync_api import Page, expect

from points.models import Entry, PaymentTerms, PointsPayment, Purchase
from tests.factories import make_member, make_reward, make_rule
from tests.points.books import available, differences
from tests.points.imports.files import right_now

# A practised hand at a till types five keys a second.
SECONDS_PER_KEY = 0.2
PROMISED_SECONDS = 15


class Hand:
    """Types without thinking, and counts the keys."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.keys += 1


@pytest.fixture
def member(transactional_db):
    make_rule()
    PaymentTerms.objects.create(is_active=True, step_points=100, step_minor=100)
    return make_member(name="陈大文", phone="+85291234567", balance=1350)


def test_find_give_done_takes_seconds_and_no_mouse(open_as, member):
    page = open_as("counter", "/counter/")
    hand, started = Hand(page), time.monotonic()

    hand.type("91234567")
    hand.press("Enter")
    expect(page.locator(".customer-balance")).to_contain_text("1,350")
    hand.type("129.50")
    hand.press("Enter")
    expect(page.locator("main")).to_contain_text("129 points given for")

    machine_seconds = time.monotonic() - started
    assert hand.keys == len("91234567") + len("129.50") + 2
    assert machine_seconds + hand.keys * SECONDS_PER_KEY < PROMISED_SECONDS
    assert Purchase.objects.get().member_id == member.pk


def test_points_pay_by_keyboard_and_it_is_undone(open_as, look_at, member):
    page = open_as("counter", f"/counter/{member.number}/")
    hand = Hand(page)
    hand.type("120.50")
    offer = page.get_by_role("button", name="Use 1,300 points")
    expect(offer).to_be_visible()
    look_at(page, schemes=("light",))
    offer.press("Enter")
    expect(page.locator("main")).to_contain_text("is left to pay")
    assert available(member, right_now()) == 50 + 107

    page.get_by_role("link", name="Undo it").press("Enter")
    expect(page.get_by_role("button", name="Undo the purchase")).to_be_focused()
    look_at(page, schemes=("light",))
    hand.press("Enter")
    expect(page.locator(".customer-balance")).to_contain_text("1,350")
    assert differences(right_now()) == []


def test_enter_twice_posts_once_and_spends_nothing(open_as, member):
    page = open_as("counter", f"/counter/{member.number}/")
    page.keyboard.type("120.50")
    expect(page.get_by_role("button", name="Use 1,300 points")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("120 points given for")
    assert Purchase.objects.count() == 1
    assert not PointsPayment.objects.exists()


def test_two_tabs_are_two_purchases_and_neither_takes_the_others(open_as, member):
    one = open_as("counter", f"/counter/{member.number}/")
    other = one.context.new_page()
    other.goto(one.url)
    for page, amount in ((one, "10"), (other, "20")):
        page.locator("#id_amount").fill(amount)
        page.locator("#id_amount").press("Enter")
        expect(page.locator("main")).to_contain_text("points given for")
    earned = Entry.objects.filter(kind="earn").values_list("points", flat=True)
    assert sorted(earned) == [10, 20]


@pytest.fixture
def phone(browser, open_as):
    """A narrow screen without scripts, with the cookies of the counter."""
    cookies = open_as("counter", "/counter/").context.cookies()
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="en"
    )
    context.add_cookies(cookies)
    yield context.new_page()
    context.close()


def test_without_scripts_on_a_narrow_screen(phone, live_server, member):
    reward = make_reward(cost=30)
    phone.goto(f"{live_server.url}/counter/")
    phone.locator("#counter-q").fill(member.number)
    phone.locator("#counter-q").press("Enter")
    phone.locator("#id_amount").fill("120.50")
    phone.get_by_role("button", name="Show the points first").click()
    phone.get_by_role("button", name="Use 1,300 points").click()
    expect(phone.locator("main")).to_contain_text("is left to pay")
    phone.locator(".offers a", has_text=reward.name).click()
    box = phone.locator(".card").first.bounding_box()
    assert box["x"] + box["width"] <= 360
    phone.get_by_role("button", name="Redeem for 30 points").click()
    expect(phone.locator("main")).to_contain_text("not handed over yet")
    assert available(member, right_now()) == 50 + 107 - 30


def test_the_camera_finds_a_customer_by_the_card(open_as, look_at, context, member):
    context.grant_permissions(["camera"])
    page = open_as("counter", "/counter/")
    page.get_by_role("button", name="Scan").click()
    expect(page.locator(".customer-balance")).to_contain_text("1,350")
    look_at(page, schemes=("light",))


def test_without_leave_to_use_the_camera_the_number_is_typed(open_as, look_at, member):
    page = open_as("counter", "/counter/")
    page.get_by_role("button", name="Scan").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("type the number")
    look_at(page)
    page.keyboard.press("Escape")
    expect(page.locator("#counter-q")).to_be_focused()
    page.keyboard.type(member.number)
    page.keyboard.press("Enter")
    expect(page.locator(".customer-balance")).to_contain_text("1,350")
