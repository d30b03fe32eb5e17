"""Load the demo through the services, in order of time; it can be interrupted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from loyalty_site.accounts.models import User
from loyalty_site.jobs.models import PeriodicRun
from loyalty_site.jobs.services import claim_period
from loyalty_site.lib.periods import day_of
from members.models import Member
from points.services.tiers import recompute_all_tiers
from reports.demo import waves
from reports.demo.baskets import read_baskets
from reports.demo.history import Year, live_through
from reports.demo.people import person_of
from reports.demo.programme import ZONE, name_shops, set_up_programme
from reports.services.rollups import refresh_rollups

HOUSEHOLDS = 500
# What has been done, each once, so that a second run does the rest.
BEGUN, SET_UP, TIDY_UP, WHOLE = (
    "demo.begun",
    "demo.set_up",
    "demo.tidy_up",
    "demo.whole",
)
ONCE = "once"


@dataclass(frozen=True)
class Loaded:
    """What the demo came to."""

    members: int
    purchases: int
    first_day: date
    last_day: date
    invitations_queued: int


def is_loaded() -> bool:
    """Whether the demo is in this database, whole."""
    return PeriodicRun.objects.filter(what=WHOLE).exists()


def is_begun() -> bool:
    """Whether a load of the demo has begun here, be it finished or not."""
    return PeriodicRun.objects.filter(what=BEGUN).exists()


def load_demo(
    *, households: int, now: datetime, on_day: Callable[[int, int], None]
) -> Loaded:
    """Load the demo as of `now` and return what it came to.

    Each day commits by itself; an interrupted load goes on with the next day, as of
    the instant it began at.
    """
    now = _begin(now)
    zone = ZoneInfo(ZONE)
    today = day_of(now, zone)
    baskets = read_baskets(today=today, zone=zone, households=households)
    first_at = baskets[0].bought_at
    year = Year(
        baskets=baskets,
        today=today,
        zone=zone,
        agent=User.objects.filter(username="agent").first(),
    )
    with transaction.atomic():
        if claim_period(what=SET_UP, period=ONCE, at=now):
            set_up_programme(at=first_at - timedelta(days=1))
            name_shops({basket.store for basket in baskets})
    live_through(year, on_day=on_day)
    with transaction.atomic():
        if claim_period(what=TIDY_UP, period=ONCE, at=now):
            recompute_all_tiers(at=year.instant(today))
            _tidy_up(year, now)
    wave = waves.open_running_wave(on=today, at=now)
    while not refresh_rollups(at=now).is_complete:
        pass
    claim_period(what=WHOLE, period=ONCE, at=now)
    return Loaded(
        members=len(year.members),
        purchases=len(baskets),
        first_day=day_of(first_at, zone),
        last_day=today - timedelta(days=1),
        invitations_queued=wave.members_invited,
    )


def _begin(now: datetime) -> datetime:
    """Return the instant that this load began at, perhaps in an earlier run."""
    claim_period(what=BEGUN, period=ONCE, at=now)
    return PeriodicRun.objects.get(what=BEGUN).started_at


def _tidy_up(year: Year, now: datetime) -> None:
    """Bring the finished wave to its end and find new people to ask."""
    waves.close_finished_wave(at=now)
    waves.follow_up_cases(at=now, agent=year.agent)
    open_ids = set(Member.objects.active().values_list("pk", flat=True))
    waves.ask_for_consent(
        members=[
            member
            for rank, member in year.members.items()
            if member.pk in open_ids
            and person_of(rank, born_before=year.today).agrees_later
        ],
        at=now - timedelta(days=3),
    )
