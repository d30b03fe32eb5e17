"""Imports of refunds: checked first, then each refund once, whatever happens between."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import ask_to_cancel, retry_job, run_chunk
from points.imports.errors import ColumnsNotMapped, FileNotReadable
from points.imports.refund_rows import MOST_ROWS
from points.models import Refund, RefundImport, RefundImportRow
from points.services import refund_imports
from points.services.imports.states import ImportNotReady
from points.services.refund_imports import discard_refunds, start_check, start_posting
from tests.factories import CLERK, make_rule
from tests.points.books import differences, everything
from tests.points.imports.files import right_now, run_to_end
from tests.points.imports.refunds import (
    AT,
    HEADER,
    bought,
    posted,
    refunds_of,
    rows_of,
    sums,
    taken,
    weighed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule(db):
    make_rule()


def confirm(batch: RefundImport) -> Job:
    return start_posting(batch=batch, at=right_now(), actor=CLERK)


def kept_files() -> int:
    return len(list(Path(settings.VAR_DIR, "imports").glob("*")))


def test_a_check_says_what_would_happen_and_posts_nothing():
    bought(3)
    posted(rows_of(f"A0,R0,{AT},,,4.00"))
    before = everything()

    batch = weighed(
        rows_of(
            f"A0,R0,{AT},,,4.00",  # posted before
            f"A0,R1,{AT},,,",  # 6.00 are left
            "",
            f"A1,R2,{AT},,,10.01",  # more than there was
            f"A1,R0,{AT},,,1.00",  # the id of another refund
            f"A9,R9,{AT},,,",
            f"A2,R3,{AT},,,2.50",
        )
    )

    assert sums(batch) == ("checked", 2, 1, 3, 2, 8)
    assert (batch.rows_total, batch.job.rows_total) == (6, 6)
    assert [row.line for row in batch.rows.order_by("line")] == [5, 6, 7]
    assert (everything(), Refund.objects.count()) == (before, 1)


def test_a_bad_row_is_refused_while_the_others_post():
    bought(3)
    batch = posted(rows_of(f"A0,R0,{AT},,,", f"A9,R1,{AT},,,", f"A2,R2,{AT},,,"))
    assert sums(batch) == ("posted", 2, 0, 1, 2, 20)
    assert set(Refund.objects.values_list("source_id", flat=True)) == {"R0", "R2"}
    assert batch.rows.get().error[0]["code"] == "purchase_unknown"
    assert set(Refund.objects.values_list("actor", flat=True)) == {str(CLERK)}
    assert differences(right_now()) == []


def test_two_that_ask_for_more_than_there_was_are_good_alone_only():
    bought(1)
    file = rows_of(f"A0,R0,{AT},,,6.00", f"A0,R1,{AT},,,6.00")
    assert sums(weighed(file))[:5] == ("checked", 2, 0, 0, 2)
    batch = posted(file)
    assert sums(batch) == ("posted", 1, 0, 1, 1, 6)
    assert differences(right_now()) == []


def test_a_worker_that_dies_after_a_refund_before_its_commit_posts_it_once(monkeypatch):
    bought(4)
    batch = weighed(refunds_of(4))
    job = confirm(batch)
    post, count = refund_imports.post_refund, []

    def dies_after_the_third(*args, **given):
        found = post(*args, **given)
        count.append(found)
        if len(count) == 3:
            raise KeyboardInterrupt
        return found

    with monkeypatch.context() as patch:
        patch.setattr(refund_imports, "post_refund", dies_after_the_third)
        with pytest.raises(KeyboardInterrupt):
            run_to_end(job)
    assert Refund.objects.count() == 2, "each of them committed by itself"
    # Time passes: the lease of the dead worker runs out.
    Job.objects.filter(pk=job.pk).update(lease_until=None)
    run_to_end(job)
    assert sums(batch) == ("posted", 4, 0, 0, 4, 40)
    assert (Refund.objects.count(), differences(right_now())) == (4, [])


def test_a_cancelled_posting_goes_on_where_it_stopped():
    bought(4)
    batch = weighed(refunds_of(4))
    job = confirm(batch)
    for _refund in range(2):
        run_chunk(job_id=job.pk, at=right_now())
    ask_to_cancel(job=job)
    run_to_end(job)
    assert sums(batch) == ("stopped", 2, 0, 0, 2, 20)
    assert Refund.objects.count() == 2

    job = confirm(batch)
    assert job.rows_total == 2
    run_to_end(job)
    assert sums(batch) == ("posted", 4, 0, 0, 4, 40)
    assert Refund.objects.count() == 4


def test_a_job_that_failed_can_be_tried_again_unless_another_went_on():
    bought(2)
    batch = weighed(refunds_of(2))
    path = Path(settings.VAR_DIR, batch.file_path)
    content = path.read_bytes()
    first = confirm(batch)
    path.unlink()
    assert run_to_end(first).state == Job.State.FAILED
    assert sums(batch)[0] == "stopped"

    path.write_bytes(content)
    second = confirm(batch)
    retry_job(job=first)
    assert "moved on" in run_to_end(first).error
    assert sums(batch)[0] == "posting", "the job of now is not touched"
    run_to_end(second)
    assert (sums(batch)[0], Refund.objects.count()) == ("posted", 2)


def test_a_second_click_starts_no_second_job():
    bought(1)
    batch = weighed(refunds_of(1))
    confirm(batch)
    with pytest.raises(ImportNotReady):
        confirm(batch)
    assert Job.objects.filter(kind="points.refunds-post").count() == 1


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        ("订单号,退款单号\n".encode("gbk"), FileNotReadable),
        (b"", FileNotReadable),
        (b"purchase,amount\nA1,5\n", ColumnsNotMapped),
    ],
)
def test_a_file_that_cannot_be_read_writes_nothing(content, refused):
    before = everything()
    with pytest.raises(refused):
        taken(content)
    left = (RefundImport.objects.count(), Job.objects.count(), kept_files())
    assert left == (0, 0, 0)
    assert everything() == before


def test_a_column_that_is_the_same_in_every_row_is_no_id():
    bought(1)
    rows = [f"A0,same,{AT},1,," for _row in range(MOST_ROWS + 1)]
    batch = weighed(rows_of(*rows))
    assert sums(batch) == ("unchecked", 0, 0, 0, 0, 0)
    assert "line 2 on" in batch.job.error
    with pytest.raises(ImportNotReady):
        confirm(batch)
    start_check(batch=batch, at=right_now(), actor=CLERK)
    assert sums(batch)[0] == "checking"


def test_only_what_was_not_begun_is_discarded():
    bought(1)
    done = posted(refunds_of(1))
    with pytest.raises(ImportNotReady):
        discard_refunds(batch=done)
    waiting = weighed(refunds_of(2))
    assert RefundImportRow.objects.filter(batch=waiting).count() == 1
    discard_refunds(batch=waiting)
    assert RefundImport.objects.get() == done
    assert RefundImportRow.objects.count() == 0


def test_no_row_is_counted_twice():
    batch = weighed(rows_of(header=HEADER))
    assert sums(batch) == ("checked", 0, 0, 0, 0, 0)
    with pytest.raises(ImportNotReady):
        confirm(batch)
    with pytest.raises(IntegrityError, match="counts_no_row_twice"):
        RefundImport.objects.update(rows_new=1)
