"""kill -9 of a worker in the middle of an import: nothing lost, nothing twice."""

import pytest
from django.db.models import Sum

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import wake_after_commit
from members.models import Member
from points.models import Account, Lot, Purchase
from points.services.imports import start_posting
from tests.factories import CLERK, make_rule
from tests.peers import wait_until
from tests.points.books import differences
from tests.points.imports.files import checked, right_now

ROWS = 90_000
MEMBERS = 3_000


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing_and_repeats_nothing(start_worker):
    make_rule()
    file = "".join(
        f"C{n % MEMBERS},2026-01-{n % 28 + 1:02d},{n % 90 + 1}.00\n"
        for n in range(ROWS)
    )
    batch = checked(f"member,at,amount\n{file}", enrols_missing=True)
    worker = start_worker()
    job = start_posting(batch=batch, at=right_now(), actor=CLERK)

    def is_half_done() -> bool:
        job.refresh_from_db()
        return 0 < job.rows_done < ROWS

    wait_until(is_half_done, 300)
    worker.kill()
    job.refresh_from_db()
    done = job.rows_done
    assert 0 < done < ROWS
    # Only what was committed with the cursor is there.
    assert Purchase.objects.count() == done

    # Time passes: the dead worker's lease runs out, and beat finds the job.
    Job.objects.filter(pk=job.pk).update(lease_until=None)
    start_worker()
    wake_after_commit(job.pk)

    def is_finished() -> bool:
        job.refresh_from_db()
        return job.is_finished

    wait_until(is_finished, 300)
    batch.refresh_from_db()
    assert (job.state, batch.state, job.error) == ("done", "posted", "")
    assert (batch.rows_posted, batch.members_enrolled) == (ROWS, MEMBERS)
    assert (Purchase.objects.count(), Member.objects.count()) == (ROWS, MEMBERS)
    points = sum(n % 90 + 1 for n in range(ROWS))
    assert batch.points_posted == points
    assert Account.objects.aggregate(Sum("balance"))["balance__sum"] == points
    assert Lot.objects.aggregate(Sum("remaining"))["remaining__sum"] == points
    assert differences(right_now()) == []
