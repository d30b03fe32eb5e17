"""From the file to the ledger and back."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db.models import Sum

from members.models import Identifier, Member
from members.services import close_member
from points.models import Account, Entry, Purchase, PurchaseImport
from points.services.imports import discard_import, start_posting, start_reversal
from points.services.imports.states import ImportNotReady
from points.services.purchases import post_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_reward,
    make_rule,
    new_purchase,
    redeem,
    set_programme,
)
from tests.points.books import available, differences
from tests.points.imports.files import (
    CDNOW,
    CDNOW_COLUMNS,
    WITH_IDS,
    checked,
    confirmed,
    everything_written,
    imported,
    known_member,
    problems,
    right_now,
    run_to_end,
    upload,
)

pytestmark = pytest.mark.django_db
HEADER = "id,member,at,amount,store,units\n"


def reversed_whole(batch: PurchaseImport) -> PurchaseImport:
    batch.refresh_from_db()
    job = start_reversal(batch=batch, reason="a mistake", at=right_now(), actor=CLERK)
    assert run_to_end(job).state == "done", job.error
    batch.refresh_from_db()
    return batch


def test_the_cdnow_sample_is_imported_completely_and_once():
    make_rule()
    first = imported(CDNOW.read_bytes(), columns=CDNOW_COLUMNS, enrols_missing=True)
    assert (first.rows_total, first.rows_bad, first.rows_posted) == (6_919, 0, 6_919)
    assert (Member.objects.count(), first.members_enrolled) == (2_357, 2_357)
    total = Purchase.objects.aggregate(Sum("amount_minor"))["amount_minor__sum"]
    assert total == 24_409_194
    assert Purchase.objects.filter(amount_minor=0).exists()
    balances = dict(Account.objects.values_list("pk", "balance"))

    again = imported(CDNOW.read_bytes(), columns=CDNOW_COLUMNS, enrols_missing=True)
    assert (again.rows_posted, again.rows_known) == (0, 6_919)
    assert dict(Account.objects.values_list("pk", "balance")) == balances
    assert (Purchase.objects.count(), Member.objects.count()) == (6_919, 2_357)
    assert differences(right_now()) == []


def test_the_check_foretells_the_points_of_the_cdnow_sample():
    make_rule()
    batch = checked(CDNOW.read_bytes(), columns=CDNOW_COLUMNS, enrols_missing=True)
    foretold = batch.summary["points"]
    assert confirmed(batch).points_posted == foretold > 0


def test_a_reversed_import_leaves_no_points_and_clean_books():
    make_rule()
    batch = imported(CDNOW.read_bytes(), columns=CDNOW_COLUMNS, enrols_missing=True)
    batch = reversed_whole(batch)
    assert batch.summary["points_taken_back"] == batch.points_posted > 0
    assert Account.objects.aggregate(Sum("balance"))["balance__sum"] == 0
    assert not Purchase.objects.valid().exists()
    assert differences(right_now()) == []


def test_a_reversal_takes_what_is_left_and_makes_no_debt():
    make_rule()
    member = known_member()
    batch = imported("member,at,amount\n0001,2026-06-01,50\n")
    redeem(member, make_reward(cost=30))
    batch = reversed_whole(batch)
    assert batch.summary["points_taken_back"] == 20
    assert available(member) == 0
    assert differences(right_now()) == []


def test_a_reversal_needs_something_posted():
    known_member()
    batch = checked("member,at,amount\n0001,2026-06-01,50\n")
    with pytest.raises(ImportNotReady):
        start_reversal(batch=batch, reason="", at=NOON, actor=CLERK)


def test_exact_duplicates_in_a_file_without_ids_both_count_and_once_each():
    known_member()
    rows = "0001,2026-06-01,5.00\n" * 3 + "0001,2026-06-01,6.00\n"
    first = imported(f"member,at,amount\n{rows}")
    again = imported(f"member,at,amount\n{rows}")
    assert (first.rows_posted, again.rows_posted, again.rows_known) == (4, 0, 4)
    # The file has grown by one more of the same.
    more = imported(f"member,at,amount\n{rows}0001,2026-06-01,5.00\n")
    assert (more.rows_posted, more.rows_known) == (1, 4)


def test_ids_are_told_apart_by_source():
    known_member()
    known_member(source="till")
    file = "id,member,at,amount\nA1,0001,2026-06-01,5.00\n"
    imported(file)
    assert imported(file, source="till").rows_posted == 1


def test_the_same_id_and_content_twice_in_a_file_is_posted_once():
    known_member()
    row = "A1,0001,2026-06-01,5.00\n"
    batch = imported(f"id,member,at,amount\n{row}{row}")
    assert (batch.rows_posted, batch.rows_known, batch.rows_bad) == (1, 1, 0)


def test_the_same_id_with_another_amount_in_a_file_posts_neither():
    known_member()
    batch = checked(
        "id,member,at,amount\n"
        "A1,0001,2026-06-01,5.00\nA2,0001,2026-06-01,5.00\nA1,0001,2026-06-01,6.00\n"
    )
    assert problems(batch) == [(2, "id_conflict_in_file"), (4, "id_conflict_in_file")]
    assert confirmed(batch).rows_posted == 1


def test_an_id_posted_before_with_another_amount_is_refused():
    known_member()
    imported("id,member,at,amount\nA1,0001,2026-06-01,5.00\n")
    before = Purchase.objects.count(), Entry.objects.count()
    batch = checked("id,member,at,amount\nA1,0001,2026-06-01,6.00\n")
    assert problems(batch) == [(2, "id_conflict")]
    found = batch.rows.get().error[0]["params"]["found"]
    assert found == "5.00 USD, 2026-06-01 00:00 UTC"
    assert (Purchase.objects.count(), Entry.objects.count()) == before


@pytest.mark.parametrize(
    "file",
    [
        "id,member,at,amount\nA1,0001,2026-06-01,5.00\nA2,0001,2026-06-01,5.00\n",
        "member,at,amount\n" + "0001,2026-06-01,5.00\n" * 2,
    ],
    ids=["ids", "no ids"],
)
def test_a_reversed_file_can_be_imported_again_and_reversed_again(file):
    member = known_member()
    make_rule()
    for _time in range(2):
        batch = imported(file)
        assert (batch.rows_posted, batch.rows_bad) == (2, 0)
        assert imported(file).rows_posted == 0
        assert available(member, right_now()) == 10
        reversed_whole(batch)
        assert available(member, right_now()) == 0
    assert Purchase.objects.valid().count() == 0
    assert Purchase.objects.count() == 4
    assert differences(right_now()) == []


def test_a_corrected_amount_posts_after_the_reversal():
    member = known_member()
    make_rule()
    reversed_whole(imported("id,member,at,amount\nA1,0001,2026-06-01,500\n"))
    imported("id,member,at,amount\nA1,0001,2026-06-01,5.00\n")
    assert available(member, right_now()) == 5


def test_good_rows_are_posted_beside_bad_ones():
    known_member()
    batch = imported(
        "member,at,amount\n"
        "0001,2026-06-01,5.00\nnobody,2026-06-01,5.00\n0001,never,x\n0001,2026-06-02,0\n"
    )
    assert (batch.rows_total, batch.rows_bad, batch.rows_posted) == (4, 2, 2)
    assert problems(batch) == [
        (3, "member_unknown"),
        (4, "date_unreadable"),
        (4, "amount_unreadable"),
    ]
    assert batch.rows.count() == 2, "what was posted is no longer staged"


BAD_ROWS = {
    "unknown member": ("A1,nobody,2026-06-01,5,S,1", "member_unknown"),
    "no member": ("A1,,2026-06-01,5,S,1", "member_missing"),
    "no id": (",0001,2026-06-01,5,S,1", "id_missing"),
    "negative": ("A1,0001,2026-06-01,-5,S,1", "amount_negative"),
    "absurd": ("A1,0001,2026-06-01,99999999999999,S,1", "amount_too_large"),
    "decimals": ("A1,0001,2026-06-01,5.001,S,1", "amount_decimals"),
    "currency sign": ("A1,0001,2026-06-01,HK$5,S,1", "amount_sign"),
    "not a number": ("A1,0001,2026-06-01,NaN,S,1", "amount_unreadable"),
    "1e309": ("A1,0001,2026-06-01,1e309,S,1", "amount_unreadable"),
    "future": ("A1,0001,2999-01-01,5,S,1", "date_future"),
    "two ways": ("A1,0001,01/02/2026,5,S,1", "date_ambiguous"),
    "no such day": ("A1,0001,2026-02-30,5,S,1", "date_unreadable"),
    "units": ("A1,0001,2026-06-01,5,S,few", "units_unreadable"),
    "NUL": ("A\0,0001,2026-06-01,5,S,1", "control_character"),
    "store too long": (f"A1,0001,2026-06-01,5,{'S' * 41},1", "too_long"),
    "giant field": (f"{'x' * 100_000},0001,2026-06-01,5,S,1", "too_long"),
    "quoted giant": (f'"{"x" * 100_000}",0001,2026-06-01,5,S,1', "too_long"),
    "open quote": ('A1,"0001,2026-06-01,5,S,1', "quotes_broken"),
    "quote inside": ('"A"1,0001,2026-06-01,5,S,1', "quotes_broken"),
    "too few columns": ("A1,0001,2026-06-01,5", "columns_wrong"),
    "too many columns": ("A1,0001,2026-06-01,1,234.50,S,1", "columns_wrong"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_explained_and_writes_nothing(name):
    row, code = BAD_ROWS[name]
    known_member()
    columns = WITH_IDS | {"store": "store", "units": "units"}
    before = everything_written()
    batch = checked(f"{HEADER}{row}\n", columns=columns)
    assert problems(batch) == [(2, code)]
    confirmed(batch)
    after = everything_written()
    for table in ("Purchase", "Entry", "Member", "Identifier"):
        assert after[table] == before[table]


def test_another_currency_is_refused():
    known_member()
    columns = WITH_IDS | {"currency": "ccy"}
    batch = checked(
        "id,member,at,amount,ccy\nA1,0001,2026-06-01,5,usd\nA2,0001,2026-06-01,5,HKD\n",
        columns=columns,
    )
    assert problems(batch) == [(3, "currency_wrong")]


def test_old_purchases_are_taken_whatever_the_back_dating_window():
    set_programme(backdating_days=1)
    known_member()
    assert imported("member,at,amount\n0001,1997-01-01,5.00\n").rows_posted == 1


def test_dates_are_read_in_the_zone_of_the_programme_or_of_the_file():
    set_programme(time_zone="Asia/Hong_Kong")
    known_member()
    imported("member,at,amount\n0001,2026-06-01 08:00,1\n")
    imported("member,at,amount\n0001,2026-06-01 08:00,2\n", time_zone="Europe/London")
    times = Purchase.objects.order_by("amount_minor").values_list("occurred_at")
    assert [at for (at,) in times] == [
        datetime(2026, 6, 1, 0, 0, tzinfo=UTC),
        datetime(2026, 6, 1, 7, 0, tzinfo=UTC),
    ]


def test_members_are_found_by_what_the_source_calls_them_first():
    ours, card = known_member("777"), make_member()
    Identifier.objects.create(member=card, system=Identifier.CARD, value="777")
    other = make_member(phone="+85291234567", email="Dai@Example.com")
    Identifier.objects.create(member=other, system=Identifier.CARD, value="888")
    refs = ["777", "888", other.number, "+852 9123 4567", "dai@example.COM"]
    rows = "".join(f"{ref},2026-06-01,{n}\n" for n, ref in enumerate(refs))
    imported(f"member,at,amount\n{rows}")
    counted = Counter(Purchase.objects.values_list("member", flat=True))
    assert counted == {ours.pk: 1, other.pk: 4}


def test_numbers_of_another_system_can_be_named():
    member = known_member("42", source="crm")
    imported("member,at,amount\n42,2026-06-01,5\n", member_system="crm")
    assert Purchase.objects.get().member_id == member.pk


def test_a_closed_membership_takes_no_purchase():
    member = known_member()
    close_member(member=member, reason="asked", at=NOON, actor=CLERK)
    batch = checked("member,at,amount\n0001,2026-06-01,5\n", enrols_missing=True)
    assert problems(batch) == [(2, "member_closed")]


def test_the_unknown_are_enrolled_with_their_first_purchase():
    batch = imported(
        "member,at,amount\nnew,2026-06-02,5\nnew,2026-06-01,6\nnewer,2026-06-03,7\n",
        enrols_missing=True,
    )
    assert (batch.members_enrolled, batch.rows_posted) == (2, 3)
    member = Member.objects.get(identifiers__system="shop", identifiers__value="new")
    assert member.enrolled_at == datetime(2026, 6, 1, tzinfo=UTC)
    assert member.enrolled_via == "import"


def test_nobody_is_enrolled_before_the_import_is_confirmed():
    checked("member,at,amount\nnew,2026-06-02,5\n", enrols_missing=True)
    assert not Member.objects.exists()


def test_what_changed_since_the_check_turns_rows_bad_and_posts_the_rest():
    closing, staying = known_member("0001"), known_member("0002")
    batch = checked(
        "id,member,at,amount\n"
        "A1,0001,2026-06-01,5\nA2,0002,2026-06-01,5\nA3,0002,2026-06-01,5\n"
    )
    close_member(member=closing, reason="asked", at=NOON, actor=CLERK)
    till = new_purchase(staying, source="shop", source_id="A2", amount_minor=999)
    post_purchases(purchases=[till], at=NOON, actor=CLERK)
    batch = confirmed(batch)
    assert problems(batch) == [(2, "member_closed"), (3, "id_conflict")]
    assert (batch.rows_posted, batch.rows_bad, batch.rows_known) == (1, 2, 0)


def test_two_clicks_on_confirm_start_one_job():
    known_member()
    batch = checked("member,at,amount\n0001,2026-06-01,5\n")
    start_posting(batch=batch, at=NOON, actor=CLERK)
    with pytest.raises(ImportNotReady):
        start_posting(batch=batch, at=NOON, actor=CLERK)


def test_a_discarded_import_leaves_nothing(django_capture_on_commit_callbacks):
    before = everything_written()
    with django_capture_on_commit_callbacks(execute=True):
        batch = upload("member,at,amount\n0001,2026-06-01,5\n")
        discard_import(batch=batch)
    assert everything_written() == before


def test_a_posted_import_cannot_be_discarded():
    known_member()
    batch = imported("member,at,amount\n0001,2026-06-01,5\n")
    with pytest.raises(ImportNotReady):
        discard_import(batch=batch)


def test_backslashes_and_marks_of_copy_arrive_as_they_are():
    odd = r"a\b\N\t"
    imported(f"member,at,amount\n{odd},2026-06-01,5\n", enrols_missing=True)
    assert Identifier.objects.get().value == odd
