"""The pages of an import, from the upload to its reversal."""

import csv
import io
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from loyalty_site.jobs.models import Job
from points.models import Purchase, PurchaseImport
from tests.factories import make_rule
from tests.points.imports.files import (
    checked,
    everything_written,
    imported,
    known_member,
    run_to_end,
)

pytestmark = pytest.mark.django_db
NEW = "points:import-new"
FILE = "card,when,total\n0001,2026-06-01,5.00\n0001,2026-06-02,x\n"


def page(client, name: str, batch: PurchaseImport | None = None):
    args = [batch.public_id] if batch else []
    return client.get(reverse(f"points:import-{name}", args=args))


def send(client, content: str | bytes, *, key: str = "", **fields: str):
    if not key:
        shown = client.get(reverse(NEW)).content.decode()
        key = re.search(r'name="key" value="([^"]+)"', shown)[1]
    data = content.encode() if isinstance(content, str) else content
    fields = {"source": "shop", "key": key} | fields
    file = SimpleUploadedFile("june.csv", data)
    return client.post(reverse(NEW), {"file": file, **fields})


def test_from_the_upload_to_the_result(marketer):
    make_rule()
    known_member()
    assert send(marketer, FILE).status_code == 302
    batch = PurchaseImport.objects.get()

    columns = page(marketer, "map", batch).content.decode()
    assert "2026-06-02" in columns, "the first rows are shown"
    answer = marketer.post(
        reverse("points:import-map", args=[batch.public_id]),
        {"member": "card", "at": "when", "amount": "total", "date_order": "ymd"},
    )
    assert answer.url == batch.get_absolute_url()
    assert "Being read" in page(marketer, "detail", batch).content.decode()

    run_to_end(Job.objects.get())
    check = page(marketer, "detail", batch).content.decode()
    assert "Post 1 purchase" in check
    assert "This is not an amount" in check

    marketer.post(reverse("points:import-confirm", args=[batch.public_id]))
    run_to_end(Job.objects.latest("pk"))
    result = page(marketer, "detail", batch).content.decode()
    assert "Purchases posted" in result
    assert Purchase.objects.count() == 1

    marketer.post(
        reverse("points:import-reverse", args=[batch.public_id]), {"reason": "wrong"}
    )
    run_to_end(Job.objects.latest("pk"))
    assert (
        "5 points were taken back" in page(marketer, "detail", batch).content.decode()
    )
    assert "june.csv" in page(marketer, "list").content.decode()


def test_a_refused_upload_says_why_beside_the_field_and_writes_nothing(marketer):
    before = everything_written()
    answer = send(marketer, "会员,日期,金额\n".encode("gbk"))
    assert answer.status_code == 422
    assert "looks like GB 18030" in answer.content.decode()
    assert everything_written() == before


def test_an_empty_upload_is_explained(marketer):
    assert "The file is empty" in send(marketer, b"").content.decode()


@pytest.mark.parametrize("source", ["", "two words", "x" * 41, "<script>", "\0", "-a"])
def test_a_source_is_a_plain_name(marketer, source):
    assert send(marketer, FILE, source=source).status_code == 422
    assert not PurchaseImport.objects.exists()


def test_a_form_sent_twice_takes_the_file_once(marketer):
    shown = marketer.get(reverse(NEW)).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', shown)[1]
    first, second = send(marketer, FILE, key=key), send(marketer, FILE, key=key)
    assert first.url == second.url
    assert PurchaseImport.objects.count() == 1


def test_columns_that_do_not_fit_are_refused_in_the_form(marketer):
    send(marketer, FILE)
    batch = PurchaseImport.objects.get()
    address = reverse("points:import-map", args=[batch.public_id])
    fields = {"member": "card", "at": "when", "amount": "total", "date_order": "ymd"}
    for wrong in ({"amount": ""}, {"amount": "when"}, {"time_zone": "Mars/Olympus"}):
        answer = marketer.post(address, fields | wrong)
        assert answer.status_code == 422
    batch.refresh_from_db()
    assert (batch.state, Job.objects.count()) == ("uploaded", 0)


def test_confirming_twice_posts_once_and_says_so(marketer):
    known_member()
    batch = checked("member,at,amount\n0001,2026-06-01,5\n")
    address = reverse("points:import-confirm", args=[batch.public_id])
    marketer.post(address)
    answer = marketer.post(address, follow=True)
    assert "has moved on since the page was opened" in answer.content.decode()
    assert Job.objects.filter(kind="points.import-post").count() == 1


def test_the_bad_rows_come_as_a_file_that_can_be_mended_and_imported(marketer):
    known_member()
    batch = checked(
        'note,member,at,amount\n"a\nb",0001,2026-06-01,5\n'
        '=1+1,0001,2026-06-02,"1.234,50"\nx,+999,2026-06-02,5\n'
    )
    answer = page(marketer, "errors", batch)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Line", "Problem", "note", "member", "at", "amount"]
    assert rows[1][0] == "4"
    assert rows[1][2:] == ["'=1+1", "0001", "2026-06-02", "1.234,50"]
    assert rows[2][3] == "'+999", "no spreadsheet runs it, and it is read back"
    mended = text.replace('"1.234,50"', "1234.50")
    assert imported(mended).rows_posted == 1


def test_the_same_file_again_is_noticed(marketer):
    known_member()
    imported("member,at,amount\n0001,2026-06-01,5\n")
    batch = checked("member,at,amount\n0001,2026-06-01,5\n")
    shown = page(marketer, "detail", batch).content.decode()
    assert "This very file was" in shown
    assert "Every purchase of this file was posted before" in shown


def test_discarding_asks_first(marketer):
    send(marketer, FILE)
    batch = PurchaseImport.objects.get()
    assert "Keep it" in page(marketer, "discard", batch).content.decode()
    assert PurchaseImport.objects.exists()
    marketer.post(reverse("points:import-discard", args=[batch.public_id]))
    assert not PurchaseImport.objects.exists()


def test_values_of_the_file_are_shown_as_text(marketer):
    batch = checked("member,at,amount\n<script>alert(1)</script>,2026-06-01,5\n")
    shown = page(marketer, "detail", batch).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


NAMES = ["detail", "map", "confirm", "errors", "discard", "reverse"]


@pytest.mark.parametrize("role", ["clerk", "manager", "auditor"])
@pytest.mark.parametrize("name", ["list", "new", *NAMES])
def test_other_roles_are_refused(request, role, name):
    client = request.getfixturevalue(role)
    known_member()
    batch = checked("member,at,amount\n0001,2026-06-01,5\n")
    args = [batch.public_id] if name in NAMES else []
    address = reverse(f"points:import-{name}", args=args)
    assert {client.get(address).status_code, client.post(address).status_code} <= {
        403,
        405,
    }
    batch.refresh_from_db()
    assert batch.state == "checked"


@pytest.mark.parametrize("name", NAMES)
def test_an_import_that_does_not_exist_is_not_found(marketer, name):
    address = reverse(f"points:import-{name}", args=[uuid4()])
    method = marketer.post if name == "confirm" else marketer.get
    assert method(address).status_code == 404
