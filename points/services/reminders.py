"""Queue the reminders of the day: a row for each member, day and lead time, once."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import transaction

from loyalty_site.jobs.services import claim_period
from loyalty_site.lib.periods import day_of, start_of_day
from members.models import Consent
from points import sql
from points.selectors.programme import current_programme
from points.sql import Given

WHAT = "points.reminders"
# Nobody wants to be told at midnight.
MORNING = time(9)

# A day belongs to the shortest lead time that it is within: a reminder that is late
# does not come together with the next one.
LEADS = Given("leads", "days int, more_than int")
QUEUE = f"""
INSERT INTO points_expiryreminder (public_id, account_id, last_on, lead_days, state,
  points, queued_at, due_at, attempts, error)
SELECT gen_random_uuid(), d.account_id, d.last_on, leads.days, 'queued', 0, %(at)s,
  %(due_at)s, 0, ''
FROM (
  SELECT DISTINCT account_id,
    ((expires_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date AS last_on
  FROM points_lot
  WHERE is_open AND expires_at > %(at)s AND expires_at <= %(until)s
    AND effective_at < expires_at
) d
JOIN {LEADS} ON d.last_on - %(today)s::date <= leads.days
  AND d.last_on - %(today)s::date > leads.more_than
JOIN members_member m ON m.id = d.account_id AND m.closed_at IS NULL AND m.email <> ''
WHERE (
  SELECT c.is_granted FROM members_consent c
  WHERE c.member_id = m.id AND c.purpose = %(purpose)s AND c.channel = %(channel)s
  ORDER BY c.at DESC, c.id DESC LIMIT 1)
ORDER BY d.account_id, d.last_on
ON CONFLICT (account_id, last_on, lead_days) DO NOTHING
RETURNING id
"""  # noqa: S608 -- put together from constants


@transaction.atomic
def queue_reminders(*, at: datetime) -> int:
    """Queue what members are to be told today; return how many, 0 the second time.

    Only members with an address who agreed to mails. Nothing without lead times.
    """
    programme = current_programme()
    zone = programme.zone
    today = day_of(at, zone)
    leads = sorted(programme.reminder_leads)
    if not leads or not claim_period(what=WHAT, period=today.isoformat(), at=at):
        return 0
    queued = sql.run(
        QUEUE,
        {
            "at": at,
            "due_at": _morning(today, zone),
            "zone": programme.time_zone,
            "today": today,
            "until": start_of_day(today + timedelta(days=leads[-1] + 1), zone),
            "purpose": str(Consent.Purpose.MARKETING),
            "channel": str(Consent.Channel.EMAIL),
        },
        {LEADS: [(days, shorter) for shorter, days in pairwise([-1, *leads])]},
    )
    return len(queued)


def _morning(today: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(today, MORNING, tzinfo=zone)
