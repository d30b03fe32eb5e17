"""Celery doors of the points engine."""

from celery import shared_task
from django.utils import timezone

from points.mails import joining_code_message, sign_in_code_message
from points.selectors.portal import signed_up_member
from points.selectors.programme import current_programme
from points.services import (
    expiry,
    holds,
    lotteries,
    nightly,
    own_events,
    redemptions,
    referrals,
    reminder_mails,
    reminders,
    seal_files,
    sealing,
    tier_assignments,
    tier_drafts,
    tiers,
)
from points.services.challenges import awarding
from points.services.portal_codes import CodeRequest, make_code


@shared_task(name="points.recompute_touched_tiers")
def recompute_touched_tiers() -> None:
    """Move members whose counters changed, or for whom another time has begun."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    tier_drafts.apply_scheduled_drafts(at=now)
    tier_assignments.end_tiers_that_are_over(at=now)
    tiers.recompute_touched_tiers(at=now)


@shared_task(name="points.evaluate_challenges", time_limit=3600)
def evaluate_challenges() -> None:
    """Give what challenges give to the members whose facts changed."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    awarding.evaluate_touched(at=now)


@shared_task(name="points.start_nightly")
def start_nightly() -> None:
    """Start the night's work of the business day, once."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    zone = current_programme().zone
    nightly.start_nightly(on=now.astimezone(zone).date(), at=now)


@shared_task(name="points.record_own_events", time_limit=3600)
def record_own_events() -> None:
    """Keep who joined and whose birthday it is, for the rules that give for it."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    own_events.record_enrolments(at=now)
    own_events.record_birthdays(at=now)


@shared_task(name="points.expire_points", time_limit=3600)
def expire_points() -> None:
    """Write an entry for every lot that has expired."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    expiry.expire_points(at=now)


@shared_task(name="points.tidy_rewards", time_limit=600)
def tidy_rewards() -> None:
    """Write down which vouchers and holds are over, and freeze the lists of draws."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    redemptions.expire_vouchers(at=now)
    holds.expire_holds(at=now)
    lotteries.freeze_due_lists(at=now)


@shared_task(name="points.seal_ledger", time_limit=600)
def seal_ledger() -> None:
    """Seal what was committed, and keep the day's roots outside."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    sealing.seal_ledger(at=now)
    on = now.astimezone(current_programme().zone).date()
    seal_files.keep_roots(on=on)


@shared_task(name="points.settle_referrals", time_limit=3600)
def settle_referrals() -> None:
    """Pay for friends whose first purchase can no longer come back."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    referrals.settle_referrals(at=now)


@shared_task(name="points.queue_reminders", time_limit=3600)
def queue_reminders() -> None:
    """Queue what members are to be told of coming expiry, once a day."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    reminders.queue_reminders(at=now)


@shared_task(name="points.send_reminders")
def send_reminders() -> None:
    """Send one batch and, while there is more, ask for the next."""
    clock = timezone.now  # noqa: TID251 -- a task reads the clock
    if reminder_mails.send_due_reminders(clock=clock):
        send_reminders.delay()


@shared_task(
    name="points.send_portal_code",
    autoretry_for=(OSError,),
    retry_backoff=True,
    max_retries=2,
    time_limit=60,
)
def send_portal_code(email: str, nonce: str) -> None:
    """Mail a sign-in code, when a member has that address.

    Looking the member up here, not in the request, makes the request answer after the
    same time for known and unknown addresses.
    """
    member = signed_up_member(email)
    if member is None:
        return
    code = make_code(CodeRequest(email, nonce), member=member)
    sign_in_code_message(member=member, code=code, programme=current_programme()).send()


@shared_task(
    name="points.send_joining_code",
    autoretry_for=(OSError,),
    retry_backoff=True,
    max_retries=2,
    time_limit=60,
)
def send_joining_code(email: str, nonce: str, language: str) -> None:
    """Mail a code to whoever wants to join; to a member, the one to sign in with."""
    programme, member = current_programme(), signed_up_member(email)
    code = make_code(CodeRequest(email, nonce), member=member)
    if member is None:
        message = joining_code_message(
            email=email, language=language, code=code, programme=programme
        )
    else:
        message = sign_in_code_message(member=member, code=code, programme=programme)
    message.send()
