"""Impact runs: drafts asked about past purchases, as a job; no points move."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor
from loyalty_site.lib.periods import day_of, start_of_day
from points import sql
from points.errors.rules import RulesChangedMeanwhile
from points.models import ImpactRun, RuleDraft
from points.selectors.impact import Tally, count_stretch, rulebook_with
from points.selectors.posted_purchases import count_between, stretch_from
from points.selectors.programme import STAMP, compile_rulebook, current_rulebook

KIND = "points.impact"
CHUNK_ROWS = 10_000


@transaction.atomic
def start_impact_run(
    *,
    drafts: Sequence[RuleDraft],
    days: int,
    keeps_dates: bool,
    at: datetime,
    actor: Actor,
) -> ImpactRun:
    """Start asking the drafts about the purchases of the last `days` days and today.

    They are asked as if they had been in force all the time; inside their own dates
    only where the run `keeps_dates`. The drafts are kept as they are now.
    """
    zone = current_rulebook().zone
    first_day = day_of(at, zone) - timedelta(days=days)
    run = ImpactRun.objects.create(
        subjects=[_subject(draft, keeps_dates=keeps_dates) for draft in drafts],
        since=start_of_day(first_day, zone),
        until=at,
        rules=_stamp(),
        result=Tally().as_json(),
        created_at=at,
        created_by=str(actor),
    )
    run.job = start_job(
        kind=KIND,
        title=(_("Impact of %(rules)s") % {"rules": run})[:200],
        params={"run": run.pk},
        at=at,
        actor=actor,
    )
    run.save(update_fields=["job"])
    return run


def impact_chunk(job: Job, _at: datetime) -> Step:
    """Ask about the purchases of the next members.

    Raises RulesChangedMeanwhile where other rules are in force than at the start.
    """
    run = ImpactRun.objects.get(pk=job.params["run"])
    if _stamp() != run.rules:
        raise RulesChangedMeanwhile
    before = compile_rulebook()
    after = rulebook_with(run.subjects, at=run.since)
    asks = before.asks_for | after.asks_for
    stretch = stretch_from(
        (job.cursor or {}).get("member", 0),
        replace(before, asks_for=asks),
        since=run.since,
        until=run.until,
        rows=CHUNK_ROWS,
    )
    tally = Tally(**run.result)
    count_stretch(tally, stretch.rows, before, after, since=run.since)
    run.result = tally.as_json()
    run.save(update_fields=["result"])
    return Step(
        cursor={"member": stretch.following},
        rows=len(stretch.rows),
        is_last=not stretch.following,
        rows_total=None
        if job.cursor
        else count_between(since=run.since, until=run.until),
        result_url=run.get_absolute_url(),
    )


IMPACT = JobKind(KIND, impact_chunk)


def _subject(draft: RuleDraft, *, keeps_dates: bool) -> dict[str, Any]:
    dates = {} if keeps_dates else {"starts_at": None, "ends_at": None}
    return {
        "rule": draft.rule_id,
        "name": draft.name,
        "kind": draft.kind,
        "content": draft.content | dates,
    }


def _stamp() -> str:
    [(stamp,)] = sql.run(f"SELECT {STAMP}")
    return str(stamp)
