"""The pages of an import of refunds, from the upload to the result."""

import csv
import io
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from loyalty_site.jobs.models import Job
from points.imports.refund_rows import FIELDS
from points.models import Refund, RefundImport
from tests.factories import make_rule
from tests.points.books import everything
from tests.points.imports.files import run_to_end
from tests.points.imports.refunds import (
    AT,
    bought,
    posted,
    refunds_of,
    rows_of,
    taken,
    weighed,
)

pytestmark = pytest.mark.django_db
NEW = "points:refund-import-new"
ONE = ["detail", "check", "confirm", "errors", "discard"]


def address(name: str, batch: RefundImport | None = None) -> str:
    args = [batch.public_id] if batch else []
    return reverse(f"points:refund-import-{name}", args=args)


def shown(client, name: str, batch: RefundImport | None = None) -> str:
    return client.get(address(name, batch)).content.decode()


def key_of(client) -> str:
    return re.search(r'name="key" value="([^"]+)"', shown(client, "new"))[1]


def send(client, content: str | bytes, **fields: str):
    data = content.encode() if isinstance(content, str) else content
    fields = {"source": "till", "date_order": "ymd", "time_zone": ""} | fields
    fields.setdefault("key", key_of(client))
    file = SimpleUploadedFile("june.csv", data)
    return client.post(address("new"), {"file": file, **fields})


def download(client, name: str, batch: RefundImport | None = None) -> str:
    answer = client.get(address(name, batch))
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_from_the_upload_to_the_result(admin):
    make_rule()
    bought(2)
    answer = send(admin, rows_of(f"A0,R0,{AT},,,4.00", f"A9,R1,{AT},,,"))
    batch = RefundImport.objects.get()
    assert answer.url == batch.get_absolute_url()
    assert "Being checked" in shown(admin, "detail", batch)

    run_to_end(batch.job)
    check = shown(admin, "detail", batch)
    assert "No purchase of this source has this id" in check
    assert "Column <code>refund_id</code>" in check
    assert "Imports of refunds" in check, "the menu leads there"
    confirm = shown(admin, "confirm", batch)
    assert "Refunds cannot be undone" in confirm
    assert "Post 1 refund<" in confirm
    assert not Refund.objects.exists(), "looking posts nothing"

    assert admin.post(address("confirm", batch)).url == batch.get_absolute_url()
    assert "Being posted" in shown(admin, "detail", batch)
    run_to_end(Job.objects.latest("pk"))
    result = shown(admin, "detail", batch)
    assert "Refunds posted" in result
    assert "Download as CSV" in result
    assert Refund.objects.get().actor == batch.created_by
    assert "june.csv" in shown(admin, "list")


@pytest.mark.parametrize(
    ("content", "fields", "said"),
    [
        ("订单号,退款单号\n".encode("gbk"), {}, "looks like GB 18030"),
        (b"", {}, "The file is empty"),
        (b"purchase,amount\nA1,5\n", {}, "no column like refund_id, refunded_at"),
        (refunds_of(1), {"time_zone": "Mars/Olympus"}, "is not a time zone"),
        (refunds_of(1), {"source": "two words"}, "Use letters, digits"),
        (refunds_of(1), {"date_order": "x"}, "Select a valid choice"),
        (refunds_of(1), {"key": "forged"}, "This form is not ours"),
    ],
)
def test_a_refused_upload_says_why_and_writes_nothing(admin, content, fields, said):
    before = everything()
    answer = send(admin, content, **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert (RefundImport.objects.count(), Job.objects.count()) == (0, 0)
    assert everything() == before


def test_a_form_sent_twice_takes_the_file_once(admin):
    key = key_of(admin)
    urls = {send(admin, refunds_of(1), key=key).url for _click in "12"}
    assert (len(urls), RefundImport.objects.count(), Job.objects.count()) == (1, 1, 1)


def test_a_second_click_on_confirm_starts_one_job_and_says_so(admin):
    make_rule()
    bought(1)
    batch = weighed(refunds_of(1))
    admin.post(address("confirm", batch))
    answer = admin.post(address("confirm", batch), follow=True)
    assert "has moved on since the page was opened" in answer.content.decode()
    assert Job.objects.filter(kind="points.refunds-post").count() == 1


def test_what_waits_to_be_confirmed_stands_on_the_home_page(admin, marketer):
    make_rule()
    bought(1)
    weighed(rows_of(f"A9,R9,{AT},,,"))
    label = "Imports of refunds to confirm"
    assert label not in admin.get("/").content.decode(), "there is nothing to post"
    weighed(refunds_of(1))
    assert label in admin.get("/").content.decode()
    assert label not in marketer.get("/").content.decode()


def test_what_cannot_be_posted_has_no_page_to_confirm(admin):
    done = weighed(rows_of(f"A9,R9,{AT},,,"))
    assert admin.get(address("confirm", done)).url == done.get_absolute_url()
    assert "No refund of this file can be posted" in shown(admin, "detail", done)
    admin.post(address("confirm", done))
    assert not Job.objects.filter(kind="points.refunds-post").exists()


def test_bad_rows_come_as_a_file_that_can_be_mended_and_imported(admin):
    make_rule()
    bought(2)
    header = "note,purchase,refund_id,refunded_at,amount"
    rows = [f'"a\nb",A0,R0,{AT},"4,0"', f"=1+1,A1,R1,{AT},2.00"]
    batch = posted(rows_of(*rows, header=header))
    text = download(admin, "errors", batch)
    [names, bad] = csv.reader(io.StringIO(text))
    assert names[:3] == ["Row in the file", "Problem", "note"]
    assert (bad[0], bad[-1]) == ("2", "4,0")

    mended = posted(text.replace("4,0", "4.00"))
    assert "line" not in mended.mapping["columns"], "no row is taken for a line"
    assert (mended.refunds, mended.rows_bad) == (1, 0)


def test_the_file_to_begin_with_is_read_as_it_is(admin):
    batch = weighed(download(admin, "template"))
    assert batch.mapping["columns"].keys() == set(FIELDS)
    codes = {each["code"] for row in batch.rows.all() for each in row.error}
    assert codes == {"purchase_unknown"}


def test_the_same_file_again_is_noticed(admin):
    make_rule()
    bought(1)
    posted(refunds_of(1))
    page = shown(admin, "detail", weighed(refunds_of(1)))
    assert "This very file was" in page
    assert "Every refund of this file was posted before" in page


def test_a_stopped_check_can_be_taken_up_or_thrown_away(admin):
    batch = taken(refunds_of(1))
    admin.post(reverse("jobs:job-cancel", args=[batch.job.public_id]))
    run_to_end(batch.job)
    assert "The check was stopped" in shown(admin, "detail", batch)
    admin.post(address("check", batch))
    run_to_end(Job.objects.latest("pk"))
    assert "Rows with errors" in shown(admin, "detail", batch)

    assert "Keep it" in shown(admin, "discard", batch)
    assert RefundImport.objects.exists()
    admin.post(address("discard", batch))
    assert not RefundImport.objects.exists()


@pytest.mark.parametrize("role", ["clerk", "marketer", "manager", "auditor"])
def test_other_roles_are_refused(request, role):
    make_rule()
    bought(1)
    batch = weighed(refunds_of(1))
    client = request.getfixturevalue(role)
    addresses = [address(name) for name in ("list", "new", "template")]
    addresses += [address(name, batch) for name in ONE]
    answers = {
        method(each).status_code
        for each in addresses
        for method in (client.get, client.post)
    }
    assert answers <= {403, 405}
    batch.refresh_from_db()
    assert (batch.state, RefundImport.objects.count()) == ("checked", 1)


@pytest.mark.parametrize("name", ONE)
def test_an_import_that_does_not_exist_is_not_found(admin, name):
    path = reverse(f"points:refund-import-{name}", args=[uuid4()])
    method = admin.post if name == "check" else admin.get
    assert method(path).status_code == 404
