"""A year, day by day: people join, shop, redeem, are asked, move between tiers."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from loyalty_site.accounts.models import User
from loyalty_site.jobs.services import claim_period
from loyalty_site.lib.actors import Actor, member_actor, staff_actor, system_actor
from loyalty_site.lib.money import to_minor
from members.models import Identifier, Member
from members.services import Identity, close_member, enrol_member
from points.errors.posting import InsufficientPoints
from points.errors.rewards import OutOfStock
from points.models import Redemption, Reward
from points.services.challenges.awarding import evaluate_touched
from points.services.expiry import expire_points
from points.services.purchase_types import NewPurchase, PostedPurchase
from points.services.purchases import post_purchases
from points.services.redemptions import (
    fulfil_redemption,
    redeem_reward,
    reverse_redemption,
)
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from reports.demo import waves
from reports.demo.baskets import Basket
from reports.demo.challenges import start_challenges
from reports.demo.chance import between, happens, pick, weighted
from reports.demo.people import person_of
from reports.demo.programme import (
    CURRENCY,
    EXPIRY_MONTHS,
    LONGER_EXPIRY_AFTER,
    OFFERS,
    run_campaigns,
    set_expiry,
)

SOURCE = "complete-journey"
DAY = "demo.day"
TILL = system_actor("demo.till")
COUNTER = staff_actor("counter")
ONE_DAY = timedelta(days=1)
# Rewards of the last days are partly still waiting at the counter.
WAITING_FOR = timedelta(days=5)
# Somebody with enough points spends some at one visit in so many.
VISITS_PER_REDEMPTION = 15
CLOSES_AFTER_SILENCE = timedelta(days=120)


@dataclass
class Year:
    """What the simulation knows while it runs; `members` are by household rank."""

    baskets: Sequence[Basket]
    today: date
    zone: ZoneInfo
    agent: User | None
    members: dict[int, Member] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    replies: dict[date, list[waves.Reply]] = field(default_factory=dict)
    rewards: dict[str, Reward] = field(default_factory=dict)

    def instant(self, on: date, hour: int = 0) -> datetime:
        """Return an hour of a day in the programme's zone."""
        return datetime.combine(on, time(hour), tzinfo=self.zone)

    @property
    def first_day(self) -> date:
        """The day of the first basket."""
        return self.baskets[0].bought_at.astimezone(self.zone).date()


def live_through(year: Year, *, on_day: Callable[[int, int], None]) -> None:
    """Live every day from the first basket to yesterday, each in a transaction.

    Days that an interrupted run has lived are left out. `on_day` is told how many
    days are done, and of how many.
    """
    by_day: dict[date, list[Basket]] = defaultdict(list)
    for basket in year.baskets:
        by_day[basket.bought_at.astimezone(year.zone).date()].append(basket)
    last_visits = {each.rank: each.bought_at for each in year.baskets}
    _remember(year)
    days = (year.today - year.first_day).days
    for number in range(days):
        on = year.first_day + number * ONE_DAY
        with transaction.atomic():
            if claim_period(what=DAY, period=on.isoformat(), at=year.instant(on)):
                _open_day(year, on)
                _shop(year, by_day[on])
                _ask_and_answer(year, on)
                _close_day(year, on, last_visits)
        on_day(number + 1, days)


def _remember(year: Year) -> None:
    """Pick up where an interrupted run stopped: who has joined, and with what."""
    ranks = {each.household: each.rank for each in year.baskets}
    known = Identifier.objects.filter(system=SOURCE).select_related("member__account")
    for each in known:
        rank = ranks[each.value]
        year.members[rank] = each.member
        year.points[rank] = each.member.account.balance
    year.replies = waves.replies_to_come(zone=year.zone)
    year.rewards = {each.name: each for each in Reward.objects.all()}


def _open_day(year: Year, on: date) -> None:
    run_campaigns(on=on, first_day=year.first_day, today=year.today, zone=year.zone)
    start_challenges(on=on, today=year.today, zone=year.zone)
    if on == year.first_day + LONGER_EXPIRY_AFTER:
        set_expiry(months=EXPIRY_MONTHS)


def _shop(year: Year, baskets: Sequence[Basket]) -> None:
    if not baskets:
        return
    for basket in baskets:
        if basket.rank not in year.members:
            _enrol(year, basket)
    posted = post_purchases(
        purchases=[_purchase(basket, year.members[basket.rank]) for basket in baskets],
        at=baskets[-1].bought_at + timedelta(minutes=1),
        actor=TILL,
    )
    for basket, purchase in zip(baskets, posted, strict=True):
        _maybe_redeem(year, basket, purchase)


def _enrol(year: Year, basket: Basket) -> None:
    """Enrol the household's person some minutes before their first basket."""
    at = basket.bought_at - timedelta(minutes=between(3, 9, "joins", basket.rank))
    person = person_of(basket.rank, born_before=year.today)
    year.members[basket.rank] = enrol_member(
        profile=person.profile,
        at=at,
        actor=COUNTER if person.via == "staff" else system_actor(person.via),
        via=person.via,
        identities=(
            Identity("card", person.card),
            Identity(SOURCE, basket.household),
        ),
        consents=person.consents,
    )


def _purchase(basket: Basket, member: Member) -> NewPurchase:
    return NewPurchase(
        member_id=member.pk,
        source=SOURCE,
        source_id=basket.number,
        amount_minor=to_minor(basket.amount, CURRENCY),
        occurred_at=basket.bought_at,
        store=basket.store,
        channel="store",
        units=Decimal(basket.units),
    )


def _maybe_redeem(year: Year, basket: Basket, posted: PostedPurchase) -> None:
    """Let the member look at the rewards after paying, and sometimes take one."""
    year.points[basket.rank] += posted.points
    within_reach = [
        (offer, offer.liking)
        for offer in OFFERS
        if offer.details.cost_points <= year.points[basket.rank]
    ]
    if not within_reach or between(1, VISITS_PER_REDEMPTION, basket.number) > 1:
        return
    offer = weighted(within_reach, "reward", basket.number)
    member = year.members[basket.rank]
    is_own = happens(30, "by phone", basket.number)
    try:
        redemption = redeem_reward(
            member=member,
            reward=year.rewards[offer.details.name],
            key=f"demo:{basket.number}",
            at=basket.bought_at + timedelta(minutes=2),
            actor=member_actor(member.number) if is_own else COUNTER,
        )
    except InsufficientPoints as refusal:
        # What expired meanwhile is not known here; the engine knows.
        year.points[basket.rank] = refusal.available
    except OutOfStock:
        return
    else:
        year.points[basket.rank] -= redemption.points
        _settle(year, basket, redemption, COUNTER)


def _settle(year: Year, basket: Basket, redemption: Redemption, counter: Actor) -> None:
    """Hand most rewards over soon, take back a few, leave the newest waiting."""
    settled_at = redemption.at + timedelta(minutes=between(1, 2_000, basket.number))
    is_recent = redemption.at >= year.instant(year.today - WAITING_FOR)
    if is_recent and happens(60, "waits", basket.number):
        return
    if settled_at >= year.instant(year.today):
        return
    if between(0, 39, "changes mind", basket.number) == 0:
        year.points[basket.rank] += redemption.points
        reverse_redemption(
            redemption=redemption,
            reason=pick(("Changed their mind.", "Wrong reward."), basket.number),
            at=settled_at,
            actor=counter,
        )
    else:
        fulfil_redemption(redemption=redemption, at=settled_at, actor=counter)


def _ask_and_answer(year: Year, on: date) -> None:
    month = waves.last_month(year.today)
    if on == month:
        waves.open_finished_wave(on=on, zone=year.zone)
        year.replies = waves.replies_to_come(zone=year.zone)
    for reply in year.replies.get(on, ()):
        waves.answer(reply)


def _close_day(year: Year, on: date, last_visits: dict[int, datetime]) -> None:
    """Do the work of the night: expire, tiers, challenges; close what stood silent."""
    night = year.instant(on + ONE_DAY)
    expire_points(at=night)
    recompute_touched_tiers(at=night)
    evaluate_touched(at=night)
    if (on + ONE_DAY).day == 1:
        recompute_all_tiers(at=night)
        _close_some(year, night, last_visits)


def _close_some(year: Year, at: datetime, last_visits: dict[int, datetime]) -> None:
    """Close the membership of some of those who have stayed away for long."""
    for rank, member in year.members.items():
        is_silent = last_visits[rank] < at - CLOSES_AFTER_SILENCE
        if is_silent and member.is_open and happens(15, "leaves", rank):
            year.members[rank] = close_member(
                member=member, reason="Moved away.", at=at, actor=COUNTER
            )
