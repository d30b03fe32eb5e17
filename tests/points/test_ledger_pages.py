"""Ledger, transactions and redemptions: lists, explanations, and what can be done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from points.models import Entry, Redemption
from points.models.purchases import Purchase
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    redeem,
)

pytestmark = pytest.mark.django_db
LEDGER, PURCHASES, REDEMPTIONS = "/points/ledger/", "/transactions/", "/redemptions/"


@pytest.fixture
def member():
    make_rule()
    return make_member(name="陈大文")


@pytest.fixture
def purchase(member):
    posted = make_purchase(member, amount_minor=12050, store="Central")
    return Purchase.objects.get(pk=posted.purchase_id)


@pytest.fixture
def redemption():
    return redeem(make_member(balance=100), make_reward(cost=30, pieces=5))


def rows(answer):
    return [row.record for row in answer.context["table"].rows]


# Ledger ---------------------------------------------------------------------


def test_the_ledger_filters(agent, member, purchase, redemption):
    assert {entry.kind for entry in rows(agent.get(LEDGER))} == {
        "earn",
        "bonus",
        "redeem",
    }
    kinds = {"kind": "redeem"}
    assert [entry.points for entry in rows(agent.get(LEDGER, kinds))] == [-30]
    mine = {"member": member.number.lower()}
    assert [entry.points for entry in rows(agent.get(LEDGER, mine))] == [120]
    assert rows(agent.get(LEDGER, {"since": "2026-06-16"})) == []
    assert rows(agent.get(LEDGER, {"until": "2014-12-31"})) == []
    assert len(rows(agent.get(LEDGER, {"source": "purchase"}))) == 1


def test_the_totals_of_a_member_agree(agent, member, purchase):
    totals = agent.get(LEDGER, {"member": member.number}).context["totals"]
    assert (totals.points_in, totals.points_out, totals.is_even) == (120, 0, True)


def test_the_totals_of_everybody_are_checked_on_demand(agent, purchase, redemption):
    assert agent.get(LEDGER).context["totals"] is None
    totals = agent.get(LEDGER, {"totals": "1"}).context["totals"]
    assert (totals.balance, totals.is_even) == (190, True)


def test_books_that_do_not_agree_are_said_to(agent, member, purchase):
    member.account.__class__.objects.filter(pk=member.pk).update(balance=7)
    text = agent.get(LEDGER, {"member": member.number}).content.decode()
    assert "They do not agree" in text


def test_an_entry_explains_itself(agent, marketer, member, purchase):
    entry = Entry.objects.get(account=member.pk)
    text = agent.get(entry.get_absolute_url()).content.decode()
    assert "1 point for every" in text
    assert "version 1" in text
    assert purchase.get_absolute_url() in text


def test_an_entry_names_rules_that_did_not_count(agent, member):
    make_rule(kind="multiplier", factor="2", ends_at=NOON)
    make_purchase(member)
    entry = Entry.objects.latest("pk")
    assert "had ended" in agent.get(entry.get_absolute_url()).content.decode()


def test_several_multipliers_say_what_they_come_to(agent, member):
    for factor in ("2", "1.5"):
        make_rule(kind="multiplier", factor=factor)
    make_purchase(member, amount_minor=1000)
    entry = Entry.objects.latest("pk")
    explanation = agent.get(entry.get_absolute_url()).context["explanation"]
    assert (explanation.together, explanation.points) == ("2.5", 25)


def test_a_debit_shows_the_lots_it_took(agent, redemption):
    page = agent.get(redemption.entry.get_absolute_url())
    assert [each.points for each in page.context["belongs"].taken] == [30]


# Transactions -----------------------------------------------------------------


def test_purchases_are_listed_with_their_points(agent, purchase):
    [row] = rows(agent.get(PURCHASES))
    assert (row.purchase, row.points) == (purchase, 120)


def test_purchases_are_found_by_receipt_member_store_and_state(agent, member, purchase):
    make_purchase(member, store="Airport", at=NOON - timedelta(days=3))
    for query in (
        {"q": purchase.source_id},
        {"store": "Central"},
        {"since": "2026-06-15"},
    ):
        assert [row.purchase for row in rows(agent.get(PURCHASES, query))] == [purchase]
    assert len(rows(agent.get(PURCHASES, {"q": member.number}))) == 2
    assert rows(agent.get(PURCHASES, {"state": "voided"})) == []


def test_a_purchase_shows_why_and_what_was_taken_back(agent, purchase):
    void_purchases(purchase_ids=[purchase.pk], reason="mistake", at=NOON, actor=CLERK)
    text = agent.get(purchase.get_absolute_url()).content.decode()
    for shown in ("Voided", "mistake", "+120", "120.50"):
        assert shown in text


# Redemptions ------------------------------------------------------------------


def test_a_code_opens_the_redemption_however_it_is_typed(clerk, redemption):
    typed = f" {redemption.code.replace('-', ' ').lower()} "
    answer = clerk.get(REDEMPTIONS, {"code": typed})
    assert answer.url == redemption.get_absolute_url()


def test_an_unknown_code_finds_nothing(clerk, redemption):
    answer = clerk.get(REDEMPTIONS, {"code": "2222-2222-2222"})
    assert (answer.status_code, rows(answer)) == (200, [])


def do(client, redemption, name, **sent):
    return client.post(
        reverse(f"points:redemption-{name}", args=[redemption.public_id]), sent
    )


def state(redemption):
    return Redemption.objects.get(pk=redemption.pk).state


def test_a_reward_is_handed_over_once(clerk, redemption):
    assert do(clerk, redemption, "fulfil").url == redemption.get_absolute_url()
    do(clerk, redemption, "fulfil")
    assert state(redemption) == "fulfilled"
    page = clerk.get(redemption.get_absolute_url()).content.decode()
    assert "already" in page


def test_a_redemption_is_reversed_after_a_question(agent, redemption):
    url = reverse("points:redemption-reverse", args=[redemption.public_id])
    assert agent.get(url).status_code == 200
    assert state(redemption) == "confirmed"
    do(agent, redemption, "reverse", reason="broken")
    assert state(redemption) == "cancelled"
    assert redemption.account.entries.latest("pk").reason == "broken"


def test_reversing_needs_a_reason(agent, redemption):
    assert do(agent, redemption, "reverse", reason="").status_code == 422
    assert state(redemption) == "confirmed"


def test_what_was_handed_over_is_reversed_once(agent, redemption):
    do(agent, redemption, "fulfil")
    do(agent, redemption, "reverse", reason="broken")
    assert state(redemption) == "reversed"
    assert do(agent, redemption, "reverse", reason="x").status_code == 422


@pytest.mark.parametrize("role", ["clerk", "marketer", "manager", "auditor"])
def test_lesser_roles_reverse_nothing(request, role, redemption):
    client = request.getfixturevalue(role)
    assert do(client, redemption, "reverse", reason="x").status_code == 403
    assert state(redemption) == "confirmed"


def test_handing_over_is_no_link(clerk, redemption):
    url = reverse("points:redemption-fulfil", args=[redemption.public_id])
    assert clerk.get(url).status_code == 405
    assert state(redemption) == "confirmed"


# Who and how ------------------------------------------------------------------


@pytest.mark.parametrize("role", ["agent", "marketer", "manager", "auditor", "admin"])
def test_readers_read(request, role, purchase, redemption):
    client = request.getfixturevalue(role)
    entry = Entry.objects.first()
    assert entry is not None
    for url in (
        LEDGER,
        PURCHASES,
        REDEMPTIONS,
        entry.get_absolute_url(),
        purchase.get_absolute_url(),
        redemption.get_absolute_url(),
    ):
        assert client.get(url).status_code == 200
        assert client.post(url).status_code == 405


def test_the_counter_sees_vouchers_only(clerk, purchase, redemption):
    assert clerk.get(REDEMPTIONS).status_code == 200
    for url in (LEDGER, PURCHASES, purchase.get_absolute_url()):
        assert clerk.get(url).status_code == 403


def test_visitors_sign_in_first(visitor, purchase, redemption):
    for url in (LEDGER, purchase.get_absolute_url(), redemption.get_absolute_url()):
        assert visitor.get(url).url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["purchase-detail", "redemption-detail"])
def test_what_is_not_there_is_missing(agent, name):
    gone = "01a201b2-7117-7b28-9d57-794a2a440139"
    assert agent.get(reverse(f"points:{name}", args=[gone])).status_code == 404
    assert agent.get("/points/ledger/999999/").status_code == 404


@pytest.mark.parametrize("url", [LEDGER, PURCHASES, REDEMPTIONS])
@pytest.mark.parametrize("n", [1, 25])
def test_queries_do_not_grow_with_the_list(
    agent, n, url, django_assert_max_num_queries
):
    for _each in range(n):
        make_purchase(make_member())
        redeem(make_member(balance=100), make_reward(cost=30))
    with django_assert_max_num_queries(10):
        agent.get(url)
