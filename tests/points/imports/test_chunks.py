"""Imports in many small chunks: the same result, from wherever they stopped."""

import pytest
from django.db import DatabaseError

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import (
    ATTEMPTS,
    ask_to_cancel,
    retry_job,
    run_chunk,
)
from members.models import Member
from points.models import Account, Purchase, PurchaseImport
from points.services.imports import checking, posting, reversal, start_posting
from points.services.imports.states import ImportNotReady
from tests.factories import CLERK, make_rule
from tests.points.books import differences
from tests.points.imports.files import (
    CDNOW,
    CDNOW_COLUMNS,
    checked,
    confirmed,
    right_now,
    run_to_end,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(checking, "READ_ROWS", 700)
    monkeypatch.setattr(posting, "POST_ROWS", 700)
    monkeypatch.setattr(reversal, "VOID_ROWS", 700)


def cdnow(**given: object):
    return checked(
        CDNOW.read_bytes(), columns=CDNOW_COLUMNS, enrols_missing=True, **given
    )


def check_again(batch: PurchaseImport) -> Job:
    return checking.start_check(
        batch=batch,
        columns=checking.ColumnMap.from_json(batch.mapping),
        at=right_now(),
        actor=CLERK,
    )


def test_small_chunks_come_to_the_same(small_chunks):
    make_rule()
    batch = confirmed(cdnow())
    assert (batch.rows_posted, batch.members_enrolled) == (6_919, 2_357)
    assert Account.objects.filter(balance__gt=0).exists()
    assert differences(right_now()) == []


def test_a_chunk_that_fails_is_rolled_back_whole_and_taken_again(
    small_chunks, monkeypatch
):
    batch = cdnow()
    job = start_posting(batch=batch, at=right_now(), actor=CLERK)
    assert run_chunk(job_id=job.pk, at=right_now())
    posted = Purchase.objects.count(), Member.objects.count()

    def fail(*_args: object, **_given: object) -> None:
        message = "the server went away"
        raise DatabaseError(message)

    with monkeypatch.context() as patch:
        patch.setattr(posting, "post_purchases", fail)
        assert not run_chunk(job_id=job.pk, at=right_now())
    assert (Purchase.objects.count(), Member.objects.count()) == posted

    type(job).objects.filter(pk=job.pk).update(lease_until=None)
    assert run_to_end(job).state == "done"
    batch.refresh_from_db()
    assert (batch.rows_posted, batch.members_enrolled) == (6_919, 2_357)


def test_a_cancelled_check_leaves_no_rows(small_chunks):
    batch = cdnow()
    job = check_again(batch)
    run_chunk(job_id=job.pk, at=right_now())
    ask_to_cancel(job=job)
    run_to_end(job)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("uploaded", 0)


def test_a_cancelled_posting_keeps_what_it_did_and_can_be_confirmed_again(small_chunks):
    batch = cdnow()
    job = start_posting(batch=batch, at=right_now(), actor=CLERK)
    run_chunk(job_id=job.pk, at=right_now())
    ask_to_cancel(job=job)
    run_to_end(job)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_posted) == ("checked", 700)
    batch = confirmed(batch)
    assert (batch.rows_posted, Purchase.objects.count()) == (6_919, 6_919)


def test_a_failed_check_that_is_tried_again_misses_no_row(small_chunks, monkeypatch):
    batch = cdnow()
    job = check_again(batch)
    run_chunk(job_id=job.pk, at=right_now())

    def fail(*_args: object, **_given: object) -> None:
        message = "the disk is full"
        raise DatabaseError(message)

    with monkeypatch.context() as patch:
        patch.setattr(checking, "copy_rows", fail)
        for _attempt in range(ATTEMPTS):
            run_chunk(job_id=job.pk, at=right_now())
            Job.objects.update(lease_until=None)
    batch.refresh_from_db()
    assert batch.state == "failed"
    with pytest.raises(ImportNotReady):
        start_posting(batch=batch, at=right_now(), actor=CLERK)
    retry_job(job=job)
    run_to_end(job)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_total) == ("checked", 6_919)


def test_an_old_job_that_is_tried_again_leaves_the_new_check_alone(small_chunks):
    batch = cdnow()
    old, new = batch.job, check_again(batch)
    run_to_end(new)
    Job.objects.filter(pk=old.pk).update(state="failed")
    retry_job(job=old)
    assert run_to_end(old).state == "failed"
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("checked", 6_919)


def test_a_part_that_is_posted_forbids_other_columns(small_chunks):
    batch = cdnow()
    job = start_posting(batch=batch, at=right_now(), actor=CLERK)
    run_chunk(job_id=job.pk, at=right_now())
    ask_to_cancel(job=job)
    run_to_end(job)
    batch.refresh_from_db()
    with pytest.raises(ImportNotReady):
        check_again(batch)


def test_a_file_that_disappeared_fails_with_a_sentence(
    small_chunks, settings, tmp_path
):
    batch = cdnow()
    settings.VAR_DIR = tmp_path / "elsewhere"
    job = check_again(batch)
    assert run_to_end(job).error == "The file is no longer here. Upload it again."
    batch.refresh_from_db()
    assert batch.state == "failed"
