"""What else a file may say: how it was paid, codes, and parts of the amount."""

import pytest
from django.urls import reverse

from points.imports.columns import TEMPLATE, guess_columns
from points.models import Purchase
from tests.factories import make_rule, set_programme
from tests.points.books import differences
from tests.points.imports.files import (
    checked,
    confirmed,
    imported,
    known_member,
    problems,
    right_now,
)

pytestmark = pytest.mark.django_db
HEADER = "id,member,at,amount,payment,codes,discount,tax,delivery,gift_card\n"


def file_of(*rows):
    lines = [f"A{n},0001,2026-06-01,{row}" for n, row in enumerate(rows, start=1)]
    return HEADER + "\n".join(lines) + "\n"


def test_rules_see_what_a_file_says_and_the_check_foretells_it():
    set_programme(earns_on_tax=False, earns_on_gift_card=False)
    make_rule()
    make_rule(kind="fixed", points=5, conditions={"payment": ["Visa"]})
    make_rule(kind="fixed", points=100, conditions={"codes": ["autumn"]})
    known_member()
    content = file_of(
        "20.00,visa,,,,,", '20.00,cash,"X, AUTUMN",1.00,2.00,0,5', "10.00,,,,,,"
    )
    batch = checked(content)
    assert batch.summary["points"] == 25 + 113 + 10
    assert confirmed(batch).points_posted == 25 + 113 + 10
    bought = Purchase.objects.get(source_id="A2")
    assert (bought.payment, bought.codes) == ("cash", ["X", "AUTUMN"])
    parts = (bought.discount_minor, bought.tax_minor, bought.delivery_minor)
    assert (*parts, bought.gift_card_minor) == (100, 200, 0, 500)
    assert Purchase.objects.get(source_id="A3").tax_minor is None
    assert differences(right_now()) == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("10.00,,,,10.01,,", "part_too_large"),
        ("10.00,,,,,,11", "part_too_large"),
        ("10.00,,,,-1,,", "amount_negative"),
        ("10.00,,,x,,,", "amount_unreadable"),
        (f"10.00,{'v' * 41},,,,,", "too_long"),
        (f"10.00,,{'v' * 81},,,,", "too_long"),
        (f'10.00,,"{",".join(str(n) for n in range(21))}",,,,', "too_many_codes"),
    ],
)
def test_what_does_not_fit_is_a_problem_of_its_row(row, code):
    known_member()
    batch = imported(file_of(row, "10.00,,,99,10,10,10"))
    assert problems(batch) == [(2, code)]
    assert Purchase.objects.count() == 1


def test_the_same_id_with_another_payment_is_refused():
    known_member()
    twice = file_of("5.00,visa,,,,,") + "A1,0001,2026-06-01,5.00,cash,,,,,\n"
    assert [code for _line, code in problems(checked(twice))] == [
        "id_conflict_in_file",
        "id_conflict_in_file",
    ]


def test_the_file_to_begin_with_is_read_as_it_is(marketer, clerk):
    answer = marketer.get(reverse("points:import-template"))
    text = b"".join(answer.streaming_content).decode()
    known_member("00042")
    batch = imported(text)
    assert (batch.rows_bad, batch.rows_posted) == (0, 1)
    assert batch.mapping["columns"] == {name: name for name in TEMPLATE[0]}
    assert clerk.get(reverse("points:import-template")).status_code == 403


def test_columns_are_guessed_by_what_they_are_called():
    header = ["store_code", "customer", "date", "total", "付款方式", "VAT", "shipping"]
    assert guess_columns(header) == {
        "store": "store_code",
        "member": "customer",
        "at": "date",
        "amount": "total",
        "payment": "付款方式",
        "tax": "VAT",
        "delivery": "shipping",
    }
