"""Events that the program notices itself: joining, birthdays, answers, friends."""

from datetime import date, datetime, timedelta

from django.db import transaction

from loyalty_site.jobs.services import claim_period
from loyalty_site.lib.actors import Actor, system_actor
from loyalty_site.lib.periods import day_of, start_of_day
from members.models import Member
from points import sql
from points.models import Occasion
from points.rules.conditions.birthday import birthday_in
from points.rules.event_bonus import BIRTHDAY, ENROLLED, REFERRAL, SURVEY
from points.selectors.programme import current_rulebook
from points.services.member_events import NewEvent, record_events

SOURCE = "perennial"
ACTOR = system_actor("points.events")
CHUNK_MEMBERS = 2_000
# A day on which nothing ran is made up for.
DAYS_LOOKED_BACK = 3
JOINED = """
SELECT a.member_id, a.opened_at FROM points_account a
JOIN members_member m ON m.id = a.member_id AND m.closed_at IS NULL
WHERE a.opened_at >= %(since)s AND a.opened_at <= %(at)s AND NOT EXISTS (
  SELECT FROM points_occasion e
  WHERE e.source = %(source)s AND e.source_id = 'enrolled:' || a.member_id
)
ORDER BY a.member_id LIMIT %(limit)s
"""
BORN = """
SELECT m.id FROM members_member m
WHERE m.closed_at IS NULL AND m.enrolled_at <= %(at)s
  AND (extract(month FROM m.birth_on), extract(day FROM m.birth_on)) IN (
    (%(month)s, %(day)s), (%(month)s, %(leap)s)
  )
  AND NOT EXISTS (
    SELECT FROM points_occasion e
    WHERE e.source = %(source)s AND e.source_id = 'birthday:' || m.id || ':' || %(year)s
  )
ORDER BY m.id
"""


def record_enrolments(*, at: datetime) -> int:
    """Keep who joined since there is a rule for it, and return how many.

    Those who joined before the back-dating window are left out: an import enrols
    members years ago.
    """
    rulebook = current_rulebook()
    since = rulebook.events_since.get(ENROLLED)
    if since is None:
        return 0
    since = max(since, at - timedelta(days=rulebook.backdating_days))
    params = {"since": since, "at": at, "source": SOURCE, "limit": CHUNK_MEMBERS}
    joined = [
        NewEvent(member_id, ENROLLED, SOURCE, f"enrolled:{member_id}", opened_at)
        for member_id, opened_at in sql.run(JOINED, params)
    ]
    record_events(events=joined, at=at, actor=ACTOR)
    return len(joined)


def record_birthdays(*, at: datetime) -> int:
    """Keep the birthdays of today and the days before, once, and return how many."""
    rulebook = current_rulebook()
    if BIRTHDAY not in rulebook.events_since:
        return 0
    today = day_of(at, rulebook.zone)
    days = (today - timedelta(days=n) for n in reversed(range(DAYS_LOOKED_BACK)))
    return sum(_birthdays_on(day, at=at) for day in days)


def record_answered_survey(
    *, member: Member, source_id: str, at: datetime, actor: Actor
) -> None:
    """Keep that a survey was answered, where a rule is for it; safe to repeat.

    `source_id` is the invitation. Under the caller's transaction.
    """
    event = NewEvent(member.pk, SURVEY, SURVEY, source_id, at)
    _record_once(event, at=at, actor=actor)


def record_brought_friend(
    *, member_id: int, source_id: str, at: datetime, actor: Actor
) -> None:
    """Keep that a friend was brought who stays, where a rule is for it.

    `source_id` is the referral. Under the caller's transaction.
    """
    event = NewEvent(member_id, REFERRAL, REFERRAL, source_id, at)
    _record_once(event, at=at, actor=actor)


def _record_once(event: NewEvent, *, at: datetime, actor: Actor) -> None:
    if event.name not in current_rulebook().events_since:
        return
    known = Occasion.objects.filter(source=event.source, source_id=event.source_id)
    if not known.exists():
        record_events(events=[event], at=at, actor=actor)


@transaction.atomic
def _birthdays_on(day: date, *, at: datetime) -> int:
    rulebook = current_rulebook()
    morning = start_of_day(day, rulebook.zone)
    if morning < rulebook.events_since[BIRTHDAY] - timedelta(days=1):
        return 0
    if not claim_period(what="points.birthdays", period=day.isoformat(), at=at):
        return 0
    # Of 29 February it is the 28th in common years.
    is_leap_day_kept = birthday_in(day.year, date(2000, 2, 29)) == day
    found = sql.run(
        BORN,
        {
            "at": at,
            "month": day.month,
            "day": day.day,
            "leap": 29 if is_leap_day_kept else day.day,
            "source": SOURCE,
            "year": str(day.year),
        },
    )
    born = [
        NewEvent(each, BIRTHDAY, SOURCE, f"birthday:{each}:{day.year}", morning)
        for (each,) in found
    ]
    for first in range(0, len(born), CHUNK_MEMBERS):
        chunk = born[first : first + CHUNK_MEMBERS]
        record_events(events=chunk, at=at, actor=ACTOR)
    return len(born)
