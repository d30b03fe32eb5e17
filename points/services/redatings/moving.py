"""Count what a re-dating would move, and move it: the same chunks, with and without."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor
from points.models import Account, DateChange, Redating
from points.selectors.programme import current_programme
from points.services.lot_dates import LotDates, move_dates
from points.services.posting import lock_accounts
from points.services.redatings.dates import Moved, Policies
from points.services.redatings.states import (
    RedatingNotReady,
    State,
    actor_of,
    move,
    next_accounts,
    redating_of,
    stop,
)

NUMBERS = ("lots", "members", "points_later", "points_earlier", "points_at_once")


@transaction.atomic
def start_counting(
    *, reason: str, notice_days: int, at: datetime, actor: Actor
) -> Redating:
    """Start counting what the policies of now would move; no date changes.

    Raises RedatingNotReady while another re-dating is at work.
    """
    programme = current_programme()
    try:
        with transaction.atomic():
            redating = Redating.objects.create(
                expiry=programme.expiry,
                tier_expiry=programme.tier_expiry,
                notice_days=notice_days,
                reason=reason,
                created_at=at,
                created_by=str(actor),
            )
    except IntegrityError:
        raise RedatingNotReady from None
    return _with_job(
        redating,
        COUNT,
        title=_("Count what a re-dating would move"),
        at=at,
        actor=actor,
    )


@transaction.atomic
def start_moving(*, redating: Redating, at: datetime, actor: Actor) -> Redating:
    """Start moving what was counted. Raises RedatingNotReady, and does nothing then."""
    zeros = dict.fromkeys(NUMBERS, 0)
    try:
        with transaction.atomic():
            move(redating, out_of=[State.COUNTED], into=State.MOVING, **zeros)
    except IntegrityError:
        raise RedatingNotReady from None
    return _with_job(redating, MOVE, title=_("Re-date points"), at=at, actor=actor)


def count_chunk(job: Job, at: datetime) -> Step:
    """Count the next accounts."""
    return _chunk(job, at, moves=False)


def move_chunk(job: Job, at: datetime) -> Step:
    """Move the lots of the next accounts, under their locks."""
    return _chunk(job, at, moves=True)


def _chunk(job: Job, at: datetime, *, moves: bool) -> Step:
    redating = redating_of(job)
    after = int(job.cursor or 0)
    ids = next_accounts(after)
    if moves and ids:
        lock_accounts(ids)
    found = Policies(redating, current_programme().zone).moved(ids, at=at)
    if moves and found:
        _move(found, redating, at=at, actor=actor_of(job))
    _add_up(redating, found)
    if not ids:
        into = State.DONE if moves else State.COUNTED
        done = {"done_at": at} if moves else {}
        move(redating, out_of=Redating.WORKING, into=into, **done)
    return Step(
        cursor=ids[-1] if ids else after,
        rows=len(ids),
        is_last=not ids,
        result_url=redating.get_absolute_url(),
    )


def _move(
    found: Sequence[Moved], redating: Redating, *, at: datetime, actor: Actor
) -> None:
    move_dates(
        [LotDates(lot.lot_id, lot.effective_at, lot.new_expires_at) for lot in found],
        cause=DateChange.Cause.REDATED,
        redating_id=redating.pk,
        reason=redating.reason,
        at=at,
        actor=actor,
    )


def _add_up(redating: Redating, found: Sequence[Moved]) -> None:
    sooner = [lot for lot in found if not lot.is_later]
    Redating.objects.filter(pk=redating.pk).update(
        lots=F("lots") + len(found),
        members=F("members") + len({lot.account_id for lot in found}),
        points_later=F("points_later")
        + sum(lot.points for lot in found if lot.is_later),
        points_earlier=F("points_earlier") + sum(lot.points for lot in sooner),
        points_at_once=F("points_at_once")
        + sum(lot.points for lot in sooner if lot.is_at_once),
    )


def _with_job(
    redating: Redating, kind: JobKind, *, title: str, at: datetime, actor: Actor
) -> Redating:
    redating.job = start_job(
        kind=kind.slug,
        title=title,
        params={"redating": redating.pk},
        rows_total=Account.objects.count(),
        at=at,
        actor=actor,
    )
    redating.save(update_fields=["job"])
    return redating


COUNT = JobKind("points.redating-count", count_chunk, stop)
MOVE = JobKind("points.redating-move", move_chunk, stop)
