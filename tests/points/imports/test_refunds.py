"""`manage.py import_refunds`: what a file brings back, and what it may not."""

import io
import json
from dataclasses import asdict
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command

from points.models import Entry, Purchase, Refund, RefundLine
from points.selectors.refunds import sold_lines
from points.services import refund_files
from points.services.purchase_types import NewLine
from points.services.refunds import LineBack, RefundWish, refund_purchase
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    purchase_of,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db
AT = "2026-06-15T12:00:00+00:00"
BASKET = (NewLine(1000, Decimal(3)), NewLine(2050, Decimal(1)))


@pytest.fixture(autouse=True)
def _at_noon():
    make_rule()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def send(tmp_path):
    """Send rows of a file, and return what the command answers as JSON."""

    def run(
        *rows, header="purchase,refund_id,refunded_at,line,quantity,amount", **given
    ):
        path, out, code = tmp_path / "refunds.csv", io.StringIO(), 0
        path.write_text("\n".join([header, *rows]) + "\n")
        options = [
            part for name, value in given.items() for part in (f"--{name}", value)
        ]
        command = ("import_refunds", str(path), "--source", "till", "--json")
        try:
            call_command(*command, *filter(None, options), stdout=out)
        except SystemExit as end:
            code = int(str(end.code))
        return json.loads(out.getvalue()) | {"exit": code}

    return run


def buy(member=None, *, source_id="A1", **given):
    posted = make_purchase(member or make_member(), source_id=source_id, **given)
    return purchase_of(posted)


def facts(refund):
    """Return what a refund came to, but for what names it."""
    names = {"amount_minor", "points", "due", "collected", "owed", "returned"}
    return {name: getattr(refund, name) for name in names}


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (",,", {}),
        (",,12.34", {"amount_minor": 1234}),
        (",,-12.34", {"amount_minor": 1234}),
        ("1,2,", {"lines": (LineBack(1, quantity=Decimal(2)),)}),
        ("1,,3.33", {"lines": (LineBack(1, amount_minor=333),)}),
        ("2,,", {"lines": (LineBack(2),)}),
    ],
)
def test_a_row_comes_to_what_the_api_comes_to(send, row, asked):
    by_file = buy(lines=BASKET, amount_minor=3050)
    by_api = buy(lines=BASKET, amount_minor=3050, source_id="A2")
    wish = RefundWish("till", "R2", NOON, **asked)
    wanted = refund_purchase(purchase=by_api, wish=wish, at=NOON, actor=CLERK).refund

    answer = send(f"A1,R1,{AT},{row}")

    assert (answer["exit"], answer["rows_new"]) == (0, 1)
    assert facts(by_file.refunds.get()) == facts(wanted)
    assert answer["points"] == wanted.points > 0
    assert [asdict(line) | {"id": 0} for line in sold_lines(by_file).values()] == [
        asdict(line) | {"id": 0} for line in sold_lines(by_api).values()
    ]
    assert differences() == []


def test_rows_of_one_refund_are_its_lines(send):
    buy(lines=BASKET, amount_minor=3050)
    answer = send(f"A1,R1,{AT},1,1,", f"A1,R1,{AT},2,,0.50")
    assert (answer["rows_new"], answer["refunds"]) == (2, 1)
    amounts = RefundLine.objects.order_by("line").values_list("amount_minor", flat=True)
    assert list(amounts) == [333, 50]


def test_a_file_sent_twice_books_once(send):
    member = make_member()
    buy(member)
    rows = [f"A1,R1,{AT},,,4.00", f"A1,R2,{AT},,,"]
    assert send(*rows)["rows_new"] == 2
    before = everything()
    again = send(*rows)
    assert (again["exit"], again["rows_new"], again["rows_known"]) == (0, 0, 2)
    assert (everything(), available(member)) == (before, 0)


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        (f"A9,R9,{AT},,,", "purchase_unknown", "No purchase"),
        (f"A1,R9,{AT},,,10.01", "refused", "10.00"),
        (f"A1,R9,{AT},,,0", "refused", "othing"),
        (f"A1,R9,{AT},7,,", "refused", "no line 7"),
        (f"A1,R9,{AT},,2,", "line_alone", "line"),
        (f"A1,R9,{AT},x,,", "position_unreadable", "number"),
        (",R9,2026-06-15,,,", "purchase_missing", "purchase"),
        ("A1,R9,2026-06-16,,,", "refund_future", "future"),
        ("A1,R9,2026-06-01,,,", "refused", "comes later"),
        (f"A1,,{AT},,,", "id_missing", "id"),
        (f"A1,R9,{AT},,,4 euros", "amount_unreadable", "1234.50"),
    ],
)
def test_a_bad_row_says_why_and_the_others_post(send, row, code, said):
    buy()
    buy(source_id="A2")
    answer = send(row, f"A2,R2,{AT},,,")
    assert (answer["exit"], answer["rows_new"], answer["rows_bad"]) == (3, 1, 1)
    [bad] = answer["bad_rows"]
    assert (bad["line"], bad["code"]) == (2, code)
    assert said in bad["reason"]
    assert Refund.objects.get().purchase.source_id == "A2"
    assert differences() == []


def test_an_id_of_another_refund_is_refused(send):
    buy()
    send(f"A1,R1,{AT},,,1.00")
    before = everything()
    assert send(f"A1,R1,{AT},,,2.00")["bad_rows"][0]["code"] == "refused"
    assert everything() == before


def test_a_refund_is_posted_whole_or_not(send):
    buy(lines=BASKET, amount_minor=3050)
    before = everything()
    answer = send(f"A1,R1,{AT},1,1,", f"A1,R1,{AT},x,1,")
    assert [each["code"] for each in answer["bad_rows"]] == [
        "refund_beside",
        "position_unreadable",
    ]
    assert send(f"A1,R1,{AT},1,1,", f"A1,R1,{AT},,,1.00")["rows_bad"] == 2
    assert everything() == before


def test_a_dry_run_says_what_would_happen_and_writes_nothing(send):
    buy()
    before = everything()
    answer = send(f"A1,R1,{AT},,,", f"A9,R2,{AT},,,", **{"dry-run": ""})
    assert (answer["rows_new"], answer["rows_bad"], answer["points"]) == (1, 1, 10)
    assert (everything(), Refund.objects.count()) == (before, 0)


def test_what_was_interrupted_goes_on(send, monkeypatch):
    for number in range(4):
        buy(source_id=f"A{number}")
    rows = [f"A{number},R{number},{AT},,," for number in range(4)]
    post, posted = refund_files.refund_purchase, []

    def dies_at_the_third(**asked):
        if len(posted) == 2:
            raise KeyboardInterrupt
        posted.append(post(**asked))
        return posted[-1]

    with monkeypatch.context() as patch:
        patch.setattr(refund_files, "refund_purchase", dies_at_the_third)
        with pytest.raises(CommandError, match="again to go on"):
            send(*rows)
    answer = send(*rows)
    assert (answer["rows_new"], answer["rows_known"]) == (2, 2)
    assert Entry.objects.filter(kind="claw_back").count() == 4
    assert Purchase.objects.filter(refunds=None).count() == 0
    assert differences() == []


@pytest.mark.parametrize(
    "header",
    [
        "订单号,退款单号,退款时间,行号,数量,退款金额",
        "訂單號,退貨單號,退款時間,行號,數量,金額",
    ],
)
def test_chinese_headers_are_understood(send, header):
    buy()
    assert send(f"A1,R1,{AT},,,", header=header)["rows_new"] == 1


def test_a_file_without_the_columns_is_refused(send):
    with pytest.raises(CommandError, match="purchase"):
        send("1,2", header="a,b")
    with pytest.raises(CommandError, match="not understood"):
        send("A1,R1", header="a,b", map="member=a")
