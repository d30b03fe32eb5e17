"""kill -9 of a worker among refunds, and two who confirm at the same moment."""

import pytest
from django.db.models import Sum

from loyalty_site.jobs.models import Job
from points.models import Entry, Refund, RefundImport
from points.services import refund_imports
from points.services.refund_imports import start_posting
from tests.factories import CLERK, make_rule
from tests.peers import wait_until
from tests.points.books import differences
from tests.points.imports.files import right_now, run_to_end
from tests.points.imports.refunds import bought, refunds_of, sums, weighed
from tests.races import Meeting, at_once

pytestmark = pytest.mark.django_db(transaction=True)
REFUNDS = 60


def test_a_killed_worker_loses_no_refund_and_posts_none_twice(start_worker):
    make_rule()
    bought(REFUNDS)
    batch = weighed(refunds_of(REFUNDS))
    worker = start_worker()
    job = start_posting(batch=batch, at=right_now(), actor=CLERK)

    def is_begun() -> bool:
        job.refresh_from_db()
        return job.rows_done > 0

    wait_until(is_begun, 300)
    worker.kill()
    job.refresh_from_db()
    done = job.rows_done
    assert 0 < done < REFUNDS
    # Only what was committed with the cursor is there.
    assert Refund.objects.count() == done

    # Time passes, and the dead worker's lease runs out.
    Job.objects.filter(pk=job.pk).update(lease_until=None)
    job = run_to_end(job)
    taken_back = Entry.objects.filter(kind="claw_back")
    assert (job.state, job.error) == ("done", "")
    assert sums(batch) == ("posted", REFUNDS, 0, 0, REFUNDS, 10 * REFUNDS)
    assert Refund.objects.count() == taken_back.count() == REFUNDS
    assert taken_back.aggregate(Sum("points"))["points__sum"] == -10 * REFUNDS
    assert differences(right_now()) == []


def two_confirm() -> tuple[dict[str, int], int]:
    make_rule()
    bought(1)
    batch = weighed(refunds_of(1))
    confirm = [lambda: start_posting(batch=batch, at=right_now(), actor=CLERK)] * 2
    ends = at_once(*confirm)
    return ends, Job.objects.filter(kind=refund_imports.POST.slug).count()


def test_two_who_confirm_at_once_start_one_job():
    assert two_confirm() == ({"done": 1, "ImportNotReady": 1}, 1)


def test_without_the_lock_they_start_two(monkeypatch):
    def read(batch, **_states):
        return RefundImport.objects.get(pk=batch.pk)

    monkeypatch.setattr(refund_imports, "_claimed", read)
    Meeting(monkeypatch, clients=2).after(refund_imports, "_claimed")
    assert two_confirm() == ({"done": 2}, 2)
