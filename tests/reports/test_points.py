"""The books tie to the ledger, closed months stay, every figure has its members."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum

from points.models import Account, Entry, Lot
from points.selectors.balances import balance_of
from points.services.expiry import expire_points
from points.services.posting import Credit, post_credits
from points.services.purchases import post_purchases
from points.services.redemptions import reverse_redemption
from points.services.refunds import RefundWish, refund_purchase
from points.services.transfers import Gift, transfer_points
from reports.models import BookCube, MemberBook, MemberVintage, VintageCube
from reports.presentation import points as page
from reports.selectors import books as selectors
from reports.services.rollups import check_everything
from reports.statistics.books import Group, left_after
from tests.factories import (
    CLERK,
    give_points,
    make_member,
    make_reward,
    make_rule,
    new_purchase,
    redeem,
    set_programme,
)
from tests.points.books import differences
from tests.reports.factories import (
    NOW,
    behind,
    days,
    make_purchase,
    refresh,
    result_of,
    void,
)

NOVEMBER = date(2026, 11, 1)
HONG_KONG = ZoneInfo("Asia/Hong_Kong")
END_OF_OCTOBER = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _programme(db):
    set_programme(
        time_zone="Asia/Hong_Kong", expiry_months=2, pending_days=10, currency="HKD"
    )
    make_rule()


@pytest.fixture
def world(db):
    """Five months of purchases, gifts, redemptions, a reversal, a void, and expiry."""
    reward = make_reward(cost=5)
    members = [make_member() for _ in range(4)]
    purchases = []
    for day in range(130, 20, -9):
        member = members[day % 4]
        purchases.append(make_purchase(member, NOW - days(day), 100 * day))
        give_points(member, 6, at=NOW - days(day - 1))
        redemption = redeem(member, reward, at=NOW - days(day - 1))
    expire_points(at=NOW - days(21))
    reverse_redemption(
        redemption=redemption, reason="wrong", at=NOW - days(20), actor=CLERK
    )
    void(purchases[-1])
    refresh()
    return members


def months_by_hand():
    moved = {}
    for entry in Entry.objects.exclude(points=0):
        local = entry.posted_at.astimezone(HONG_KONG)
        key = (local.date().replace(day=1), entry.kind)
        moved[key] = moved.get(key, 0) + entry.points
    return moved


def test_the_books_are_the_ledger_by_month_of_posting(world):
    cube = {
        (row.month, row.line): row.points_in - row.points_out
        for row in BookCube.objects.exclude(line__contains=".")
    }
    assert cube == months_by_hand()
    held = Account.objects.aggregate(held=Sum("balance"))["held"]
    result = result_of("points", **{"from": "2026-07", "to": "2026-11"})
    assert (result.closing_now, result.balance, result.difference) == (held, held, 0)
    assert result.period.closing == result.left.in_lots == held
    assert result.period.total(Group.EXPIRED) < 0
    assert check_everything(at=NOW) == 0
    assert differences(NOW) == []


def test_vintages_hold_what_the_lots_hold(world):
    names = ("issued", "taken_back", "redeemed", "expired", "other")
    sums = VintageCube.objects.aggregate(**{name: Sum(name) for name in names})
    lots = Lot.objects.aggregate(points=Sum("points"), left=Sum("remaining"))
    assert sums["issued"] == lots["points"]
    assert sum(sums.values()) == lots["left"]


def test_what_is_outstanding_at_a_months_end_is_what_members_hold_then(db):
    members = [make_member() for _ in range(3)]
    for day in (120, 80, 50, 24):
        for index, member in enumerate(members):
            make_purchase(member, NOW - days(day), 1000 + 100 * index * day)
    # No sweep has run: what is over by the end of October is still in the lots.
    then = [balance_of(member_id=m.pk, at=END_OF_OCTOBER) for m in members]
    refresh(END_OF_OCTOBER + days(0.1))
    found = result_of("points", to="2026-10").left
    assert found.active == sum(each.available for each in then) > 0
    assert found.pending == sum(each.pending for each in then) > 0
    assert found.over == found.in_lots - found.points > 0


def test_a_closed_month_stays_whatever_is_posted_later(world):
    before = result_of("points", to="2026-10").months
    member = world[0]
    late = new_purchase(member, at=NOW - days(40), amount_minor=70_000)
    post_purchases(purchases=[late], at=NOW, actor=CLERK)
    expire_points(at=NOW)
    redeem(member, make_reward(cost=3), at=NOW)
    refresh()
    result = result_of("points", to="2026-11")
    assert result.months[:-1] == before
    assert result.months[-1].moved.total(Group.ISSUED) >= 700
    assert check_everything(at=NOW) == 0


def test_a_kind_that_nobody_knows_is_in_the_books_by_its_name(world):
    credit = Credit(world[0].pk, "lottery", 40, NOW, "l-1", "tests", "l-1")
    post_credits([credit], posted_at=NOW, actor=CLERK)
    refresh()
    result = result_of("points", to="2026-11")
    assert result.period.total(Group.OTHER) == 40
    [step] = [step for step in page.page_of(result)["steps"] if step.label == "lottery"]
    assert [row.value for row in behind(step.url).rows] == [40]
    assert differences(NOW) == []


def test_a_lot_that_gets_another_end_is_read_anew(world):
    left = result_of("points", to="2026-11").left
    lot = Lot.objects.filter(remaining__gt=0).first()
    Lot.objects.filter(pk=lot.pk).update(expires_at=None)
    refresh()
    now = result_of("points", to="2026-11").left
    assert now.by_expiry[-1].points == lot.remaining
    assert now.points == left.points
    assert check_everything(at=NOW) == 0


def test_what_members_owe_is_between_the_lots_and_the_closing(world):
    set_programme(refund_policy="allow_debt", pending_days=0)
    member = make_member()
    purchase = make_purchase(member, NOW - days(2), 90_00)
    redeem(member, make_reward(cost=70), at=NOW - days(1))
    wish = RefundWish("till", "r-1", NOW, amount_minor=90_00)
    refund_purchase(purchase=purchase, wish=wish, at=NOW, actor=CLERK)
    refresh()
    result = result_of("points", to="2026-11")
    assert (result.owed, result.debt, result.difference) == (70, 70, 0)
    assert result.period.closing == result.left.in_lots - 70
    assert differences(NOW) == []


def test_points_that_change_hands_keep_their_month_of_issue(world):
    def issued():
        left = left_after(selectors.books().vintages, [NOVEMBER])[NOVEMBER]
        points = Counter()
        for each in left:
            points[each.issued_month, each.origin] += each.points
        return points

    before, sender, receiver = issued(), world[0], make_member()
    points = balance_of(member_id=sender.pk, at=NOW).available
    gift = Gift(sender, receiver, points, "A present")
    transfer_points(gift=gift, key="t-1", at=NOW, actor=CLERK)
    refresh()
    assert issued() == before
    assert MemberVintage.objects.filter(member=receiver, other__gt=0).exists()
    result = result_of("points", to="2026-11")
    assert result.period.total(Group.OTHER) == 0
    assert check_everything(at=NOW) == 0
    assert differences(NOW) == []


def urls_of(shown):
    yield from (step.url for step in shown["steps"] if step.url)
    for _title, _slug, lines in shown["aged"]:
        yield from (cell.url for line in lines for cell in line.cells if cell.url)


@pytest.mark.parametrize("last", ["2026-10", "2026-11"])
def test_every_figure_has_exactly_its_members_behind_it(world, last):
    shown = page.page_of(result_of("points", **{"from": "2026-07", "to": last}))
    urls = list(urls_of(shown))
    assert len(urls) > 8
    for url in urls:
        found = behind(url)
        assert found.total == sum(row.value for row in found.rows), url
        assert found.total, url


def test_books_that_do_not_tie_say_by_how_much(world, manager):
    MemberBook.objects.filter(line="account.balance").update(points_in=0)
    BookCube.objects.filter(line="account.balance").update(points_in=7)
    result = result_of("points")
    text = manager.get("/reports/points/").content.decode()
    assert "The books do not tie to the ledger" in text
    assert f"+{result.closing_now - 7:,}" in text


def test_verify_names_the_member_whose_books_are_wrong(world):
    row = MemberBook.objects.filter(line="earn").first()
    MemberBook.objects.filter(pk=row.pk).update(points_in=row.points_in + 5)
    balance = Account.objects.get(pk=row.member_id).balance
    wrong = f"account {row.member_id}: found {balance + 5}, expected {balance}"
    assert wrong in differences(NOW)


def test_a_member_with_a_note_is_left_to_the_next_refresh(world):
    give_points(world[0], 50, at=NOW)
    assert differences(NOW) == []
