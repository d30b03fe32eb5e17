"""Events of members that are no purchases: kept once, with what the rules give for them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.ids import new_public_id
from points import sql
from points.errors.events import EventConflict
from points.errors.posting import InTheFuture, MembershipClosed, TooLongAgo
from points.models import Entry, Occasion, RuleVersion
from points.rules.caps import NO_CAPS
from points.rules.pipeline import Outcome, count_outcome, evaluate
from points.rules.tally import Tally
from points.selectors.members_then import members_then
from points.selectors.programme import Rulebook, current_rulebook
from points.services.challenges.touching import touch_by_events
from points.services.posting import Credit, LockedAccount, lock_accounts, post_credits
from points.services.purchase_statements import ASKED
from points.services.purchase_types import MemberThen, NewPurchase, event_of
from points.services.purchases import CLOCK_TOLERANCE

LONGEST_REASON = 300
KNOWN = f"""
SELECT asked.n, e.public_id, e.member_id, e.name, e.occurred_at, e.points
FROM {ASKED}
JOIN points_occasion e ON e.source = asked.source AND e.source_id = asked.source_id
"""  # noqa: S608 -- put together from constants
# What a membership was given that was merged counts for the one that stayed.
GIVEN = """
SELECT coalesce(m.merged_into_id, m.id), v.rule_id, e.occurred_at
FROM points_occasion e JOIN members_member m ON m.id = e.member_id
CROSS JOIN LATERAL jsonb_array_elements(e.trace -> 'steps') AS step
JOIN points_ruleversion v ON v.id = (step ->> 0)::bigint
WHERE (m.id = ANY(%(ids)s::bigint[]) OR m.merged_into_id = ANY(%(ids)s::bigint[]))
  AND e.name = ANY(%(names)s)
  AND step ->> 2 IS NOT NULL
"""


class NewEvent(NamedTuple):
    """Something a member did, by the id that its source knows it by."""

    member_id: int
    name: str
    source: str
    source_id: str
    occurred_at: datetime


class PostedEvent(NamedTuple):
    """What became of an event; `is_new` is False where it had been told before."""

    public_id: UUID
    points: int
    is_new: bool


def record_event(*, event: NewEvent, at: datetime, actor: Actor) -> PostedEvent:
    """Keep one event that another system tells of; see `record_events`.

    Raises TooLongAgo outside the back-dating window.
    """
    days = current_rulebook().backdating_days
    if event.occurred_at < at - timedelta(days=days):
        raise TooLongAgo(occurred_at=event.occurred_at, days=days)
    return record_events(events=[event], at=at, actor=actor)[0]


@transaction.atomic
def record_events(
    *, events: Sequence[NewEvent], at: datetime, actor: Actor
) -> list[PostedEvent]:
    """Keep events, post what the rules give for them, and answer each, in order.

    Sources and ids are all different. One that is known moves nothing and gets the first
    answer; with another member, name or time it raises EventConflict. A refusal leaves
    all of them unwritten. The points are a bonus: no limit of the programme and no
    multiplier touches them, and they count toward no tier.
    """
    for event in events:
        if event.occurred_at > at + CLOCK_TOLERANCE:
            raise InTheFuture(occurred_at=event.occurred_at)
    accounts = lock_accounts(event.member_id for event in events)
    if not accounts:
        return []
    known = _known(events)
    fresh = [event for n, event in enumerate(events) if n not in known]
    if any(accounts[event.member_id].is_closed for event in fresh):
        raise MembershipClosed
    rulebook = current_rulebook(accounts[events[0].member_id].stamp)
    posted = iter(_post(fresh, rulebook, accounts, at=at, actor=actor))
    return [known.get(n) or next(posted) for n in range(len(events))]


def _known(events: Sequence[NewEvent]) -> dict[int, PostedEvent]:
    asked = [(n, each.source, each.source_id) for n, each in enumerate(events)]
    known: dict[int, PostedEvent] = {}
    for n, public_id, *said, points in sql.run(KNOWN, given={ASKED: asked}):
        event = events[n]
        if said != [event.member_id, event.name, event.occurred_at]:
            raise EventConflict(source_id=event.source_id)
        known[n] = PostedEvent(public_id, points, is_new=False)
    return known


def _post(
    events: Sequence[NewEvent],
    rulebook: Rulebook,
    accounts: Mapping[int, LockedAccount],
    *,
    at: datetime,
    actor: Actor,
) -> list[PostedEvent]:
    if not events:
        return []
    outcomes = _outcomes(events, rulebook)
    names = _names_of_rules(rulebook)
    ids = [new_public_id() for _ in events]
    credits_ = [
        _credit(
            event,
            public_id,
            outcome,
            reason=_reason(outcome, names),
            expires_at=rulebook.expires_at(
                event.occurred_at,
                rulebook.tier_of(accounts[event.member_id].tier_id),
            ),
        )
        for event, public_id, outcome in zip(events, ids, outcomes, strict=True)
        if outcome is not None and outcome.points
    ]
    movements = post_credits(credits_, posted_at=at, actor=actor, are_locked=True)
    entry_ids = {movement.key: movement.entry_id for movement in movements}
    Occasion.objects.bulk_create(
        Occasion(
            public_id=public_id,
            **event._asdict(),
            posted_at=at,
            actor=str(actor),
            points=outcome.points if outcome else 0,
            trace=outcome.trace if outcome else None,
            entry_id=entry_ids.get(event_key(public_id)),
        )
        for event, public_id, outcome in zip(events, ids, outcomes, strict=True)
    )
    touch_by_events(((each.member_id, each.name) for each in events), at=at)
    return [
        PostedEvent(public_id, outcome.points if outcome else 0, is_new=True)
        for public_id, outcome in zip(ids, outcomes, strict=True)
    ]


def _outcomes(events: Sequence[NewEvent], rulebook: Rulebook) -> list[Outcome | None]:
    """Ask the rules; None where none is for such an event."""
    if not any(event.name in rulebook.events_since for event in events):
        return [None for _event in events]
    as_purchases = [
        NewPurchase(each.member_id, each.source, each.source_id, 0, each.occurred_at)
        for each in events
    ]
    members = members_then(as_purchases, rulebook)
    tally = _tally(events, rulebook)
    return [
        _asked(event, purchase, member, rulebook=rulebook, tally=tally)
        if event.name in rulebook.events_since
        else None
        for event, purchase, member in zip(events, as_purchases, members, strict=True)
    ]


def _asked(
    event: NewEvent,
    purchase: NewPurchase,
    member: MemberThen,
    *,
    rulebook: Rulebook,
    tally: Tally,
) -> Outcome:
    asked = event_of(purchase, member)._replace(name=event.name)
    terms = replace(rulebook.terms, caps=NO_CAPS, balance_limit=None)
    outcome = evaluate(
        asked, versions=rulebook.events, tier=None, terms=terms, tally=tally
    )
    count_outcome(outcome, asked, tally, rulebook.events)
    return outcome


def _tally(events: Sequence[NewEvent], rulebook: Rulebook) -> Tally:
    """Return what rules that give once in a time have given."""
    tally = Tally(rulebook.zone)
    needs = {each.rule_id: each.need for each in rulebook.events if each.need}
    if needs:
        ids = sorted({event.member_id for event in events})
        names = sorted({event.name for event in events})
        rows = sql.run(GIVEN, {"ids": ids, "names": names}, rows=len(ids))
        for member_id, rule_id, occurred_at in rows:
            if need := needs.get(rule_id):
                day = _day(occurred_at, rulebook.zone)
                tally.add_gift(rule_id, need, member_id=member_id, day=day, had=1)
    return tally


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _credit(
    event: NewEvent,
    public_id: UUID,
    outcome: Outcome,
    *,
    reason: str,
    expires_at: datetime | None,
) -> Credit:
    return Credit(
        member_id=event.member_id,
        kind=Entry.Kind.BONUS,
        points=outcome.points,
        occurred_at=event.occurred_at,
        key=event_key(public_id),
        source="event",
        source_id=event.source_id,
        expires_at=expires_at,
        reason=reason,
        trace=sql.as_json(outcome.trace),
    )


def _names_of_rules(rulebook: Rulebook) -> dict[int, str]:
    """Return what members read: the names of the rules, by version."""
    ids = [version.id for version in rulebook.events]
    found = RuleVersion.objects.filter(pk__in=ids)
    return dict(found.values_list("pk", "rule__name")) if ids else {}


def _reason(outcome: Outcome, names: Mapping[int, str]) -> str:
    fired = [step[0] for step in outcome.trace["steps"] if step[2] is not None]
    return ", ".join(names[version_id] for version_id in fired)[:LONGEST_REASON]


def event_key(public_id: UUID) -> str:
    """Return the key of the entry that says what the event gave."""
    return f"event:{public_id}"
