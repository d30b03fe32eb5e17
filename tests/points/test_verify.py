"""`verify` finds what must not be, and says where."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from loyalty_site.apiaccess.models import ApiKey, KeyedRequest
from loyalty_site.lib.ids import new_public_id
from points.models import Account, Lot
from points.selectors.proof import verify_books
from points.services.expiry import expire_points
from tests.factories import (
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    redeem,
    set_programme,
)
from tests.points.books import differences

pytestmark = pytest.mark.django_db


def acknowledge(**answer: str) -> KeyedRequest:
    key, _is_new = ApiKey.objects.get_or_create(
        name="till", defaults={"hash": "x", "scopes": [], "created_at": NOON}
    )
    return KeyedRequest.objects.create(
        api_key=key,
        key=answer["id"],
        request_hash="x",
        status=201,
        answer=answer,
        at=NOON,
    )


def test_what_was_acknowledged_and_is_there_is_no_difference():
    make_rule()
    member = make_member(balance=100)
    purchase = make_purchase(member)
    redemption = redeem(member, make_reward())
    acknowledge(id=str(purchase.public_id), source_id="r-1")
    acknowledge(id=str(redemption.public_id), reward="x", code=redemption.code)

    assert differences() == []


def test_what_was_acknowledged_and_is_gone_is_named():
    lost = acknowledge(id="6f1c", source_id="r-1")
    also = acknowledge(id="9a2b", reward="x", code="K7QX")
    nobody = str(new_public_id())
    third = acknowledge(id=nobody, source_id="r-2")

    assert differences() == [
        f"request {lost.pk}: found nothing, expected purchase 6f1c",
        f"request {also.pk}: found nothing, expected redemption 9a2b",
        f"request {third.pk}: found nothing, expected purchase {nobody}",
    ]


def test_a_lot_in_another_account_than_its_entry_is_named():
    member, other = make_member(balance=50), make_member()
    lot = Lot.objects.get(account=member.pk)
    Lot.objects.filter(pk=lot.pk).update(account=other.pk)

    assert (
        f"lot of entry {lot.entry_id}: found 50 in account {other.pk}, "
        f"expected 50 in account {member.pk}"
    ) in differences()


def test_an_account_that_names_another_expiry_than_its_lots_is_named():
    set_programme(expiry_months=1)
    early, never, late = make_member(balance=5), make_member(), make_member(balance=7)
    assert differences() == []
    stays = Lot.objects.get(account=late.pk).expires_at
    moved = stays + timedelta(seconds=1)
    Account.objects.filter(pk=early.pk).update(next_expiry_at=None)
    Account.objects.filter(pk=never.pk).update(next_expiry_at=stays)
    Account.objects.filter(pk=late.pk).update(next_expiry_at=moved)

    shown = f"{stays:%Y-%m-%d %H:%M:%S}+00"
    assert set(differences()) == {
        f"account {early.pk}: found never, expected {shown}",
        f"account {never.pk}: found {shown}, expected never",
        f"account {late.pk}: found {moved:%Y-%m-%d %H:%M:%S}+00, expected {shown}",
    }


def test_the_next_expiry_is_that_of_all_that_is_left_swept_or_not():
    set_programme(expiry_months=1)
    member = make_member()
    give_points(member, 5, at=NOON)
    give_points(member, 30, at=NOON + timedelta(days=10))
    account = Account.objects.filter(pk=member.pk)
    first, second = Lot.objects.order_by("pk").values_list("expires_at", flat=True)

    later = NOON + timedelta(days=35)
    redeem(member, make_reward(cost=1), at=later)
    assert account.get().next_expiry_at == first
    assert differences(later) == []

    expire_points(at=later)
    assert account.get().next_expiry_at == second
    redeem(member, make_reward(cost=29), at=later)
    assert account.get().next_expiry_at is None
    assert differences(later) == []


def test_the_command_fails_on_a_difference_and_names_the_row(capsys):
    member = make_member(balance=50)
    Account.objects.filter(pk=member.pk).update(earned=60)

    with pytest.raises(CommandError, match="1 differences"):
        call_command("verify", "--json", "--workers=1")

    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    wrong = [each for each in findings if each["differences"]]
    assert [each["name"] for each in wrong] == ["entries-make-the-account"]
    assert wrong[0]["rows"] == [
        f"account {member.pk}: found 50/0/60/0/0, expected 50/0/50/0/0"
    ]


@pytest.mark.django_db(transaction=True)
def test_checks_that_run_at_the_same_time_find_the_same():
    member = make_member(balance=50)
    Account.objects.filter(pk=member.pk).update(earned=60)

    alone = {each.name: each.rows for each in verify_books(at=NOON)}
    together = {each.name: each.rows for each in verify_books(at=NOON, workers=3)}

    assert together == alone
    assert alone["entries-make-the-account"]


def test_nobody_to_check_is_refused():
    with pytest.raises(CommandError, match="one worker"):
        call_command("verify", "--workers=0")
