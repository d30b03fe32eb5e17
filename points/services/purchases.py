"""Post purchases; what they earn follows from the rulebook."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from loyalty_site.lib.actors import Actor
from points import sql
from points.collector import collector_paused
from points.errors.posting import (
    AmountNegative,
    InTheFuture,
    LinesDoNotAddUp,
    MembershipClosed,
    PartDoesNotFit,
    PurchaseConflict,
    TooLongAgo,
)
from points.models import Programme, TierTerms
from points.rules.basis import UNKNOWN, Parts
from points.rules.tally import Tally
from points.selectors.lifting import with_lifts
from points.selectors.members_then import members_then
from points.selectors.programme import Rulebook, current_rulebook
from points.selectors.tallies import tally_for
from points.selectors.tier_history import tiers_at
from points.services.earning import earn_key, post_earnings
from points.services.lot_dates import Activity, extend_lots
from points.services.posting import LockedAccount, lock_accounts
from points.services.purchase_statements import ASKED, EXISTING, INSERT_LINES, LINES
from points.services.purchase_types import (
    MemberThen,
    NewPurchase,
    PostedPurchase,
    parts_of,
)

# Tills run a little ahead of the server now and then.
CLOCK_TOLERANCE = timedelta(minutes=5)


@transaction.atomic
def post_purchase(
    *, purchase: NewPurchase, at: datetime, actor: Actor
) -> PostedPurchase:
    """Post one purchase of a till; see `post_purchases`.

    Raises TooLongAgo outside the back-dating window.
    """
    return post_within(purchase=purchase, at=at, actor=actor)


def post_within(*, purchase: NewPurchase, at: datetime, actor: Actor) -> PostedPurchase:
    """Do what `post_purchase` does, in a transaction that a refusal must end.

    Without a savepoint, which would be two more messages to the server.
    """
    return _post([purchase], at=at, actor=actor, is_from_till=True)[0]


@transaction.atomic
def post_till_purchases(
    *, purchases: Sequence[NewPurchase], at: datetime, actor: Actor
) -> list[PostedPurchase]:
    """Post purchases of tills, all or none; see `post_purchases`.

    Raises TooLongAgo outside the back-dating window.
    """
    return _post(purchases, at=at, actor=actor, is_from_till=True)


@transaction.atomic
def post_purchases(
    *,
    purchases: Sequence[NewPurchase],
    at: datetime,
    actor: Actor,
    import_batch_id: int | None = None,
) -> list[PostedPurchase]:
    """Post purchases and what they earn; return an answer for each, in order.

    A purchase whose (source, source id) is known moves nothing and gets the first
    answer; with another member, amount or time it raises PurchaseConflict. Any refusal
    leaves the whole batch unwritten. Every new purchase gets one entry, of 0 points
    where it earned none, which keeps the explanation.
    """
    return _post(purchases, at=at, actor=actor, import_batch_id=import_batch_id)


@collector_paused()
def _post(
    purchases: Sequence[NewPurchase],
    *,
    at: datetime,
    actor: Actor,
    import_batch_id: int | None = None,
    is_from_till: bool = False,
) -> list[PostedPurchase]:
    for purchase in purchases:
        check_purchase(purchase, at)
    accounts = lock_accounts(purchase.member_id for purchase in purchases)
    if not accounts:
        return []
    rulebook = current_rulebook(accounts[purchases[0].member_id].stamp)
    if is_from_till:
        _refuse_old(purchases, at, days=rulebook.backdating_days)
    tier_ids = _tier_ids_then(purchases, accounts)
    members = members_then(purchases, rulebook, tier_ids)
    if rulebook.lifting != TierTerms.Lifting.BEFORE:
        members = with_lifts(purchases, members, tier_ids, rulebook)
    answers = post_earnings(
        purchases,
        members,
        rulebook=rulebook,
        at=at,
        actor=actor,
        import_batch_id=import_batch_id,
        tally=_tally(purchases, accounts, rulebook),
    )
    _refuse_closed(purchases, answers, accounts)
    _insert_lines(purchases, answers)
    if Programme.Activity.PURCHASE in rulebook.sliding_by:
        activities = _activities(purchases, members, answers)
        extend_lots(activities, rulebook=rulebook, at=at, actor=actor)
    return _with_known(purchases, answers)


def _activities(
    purchases: Sequence[NewPurchase],
    members: Sequence[MemberThen],
    answers: Sequence[PostedPurchase | None],
) -> list[Activity]:
    """Return the purchases that are new, as activities of their members."""
    return [
        Activity(
            purchase.member_id,
            earn_key(answer.public_id),
            purchase.occurred_at,
            member.tier,
        )
        for purchase, member, answer in zip(purchases, members, answers, strict=True)
        if answer is not None
    ]


def _tally(
    purchases: Sequence[NewPurchase],
    accounts: dict[int, LockedAccount],
    rulebook: Rulebook,
) -> Tally | None:
    balances = {each.member_id: each.balance for each in accounts.values()}
    return tally_for(purchases, rulebook, balances)


def check_purchase(purchase: NewPurchase, at: datetime) -> None:
    """Refuse a negative amount, a time to come, and what does not add up."""
    if purchase.amount_minor < 0:
        raise AmountNegative
    _check_parts(parts_of(purchase), purchase.amount_minor)
    if purchase.occurred_at > at + CLOCK_TOLERANCE:
        raise InTheFuture(occurred_at=purchase.occurred_at)
    if purchase.lines:
        total = sum(line.amount_minor for line in purchase.lines)
        if total != purchase.amount_minor:
            raise LinesDoNotAddUp(lines_minor=total, amount_minor=purchase.amount_minor)


def _check_parts(parts: Parts, amount_minor: int) -> None:
    """Refuse parts below zero, and parts larger than the whole; a discount may be."""
    if parts == UNKNOWN:
        return
    for name, part in parts._asdict().items():
        most = None if name == "discount_minor" else amount_minor
        if part is not None and (part < 0 or (most is not None and part > most)):
            raise PartDoesNotFit(part=name.removesuffix("_minor"))


def _refuse_old(purchases: Sequence[NewPurchase], at: datetime, *, days: int) -> None:
    for purchase in purchases:
        if purchase.occurred_at < at - timedelta(days=days):
            raise TooLongAgo(occurred_at=purchase.occurred_at, days=days)


def _with_known(
    purchases: Sequence[NewPurchase], answers: list[PostedPurchase | None]
) -> list[PostedPurchase]:
    """Return all answers, those of known purchases too; refuse what contradicts them."""
    asked = [
        (n, purchases[n].source, purchases[n].source_id)
        for n, answer in enumerate(answers)
        if answer is None
    ]
    found = sql.run(EXISTING, given={ASKED: asked}) if asked else []
    for n, purchase_id, public_id, member_id, amount, occurred_at, points, why in found:
        given = purchases[n]
        if (member_id, amount, occurred_at) != (
            given.member_id,
            given.amount_minor,
            given.occurred_at,
        ):
            raise PurchaseConflict(source_id=given.source_id, amount_minor=amount)
        answers[n] = PostedPurchase(
            purchase_id, public_id, points, is_new=False, trace=why
        )
    return [answer for answer in answers if answer is not None]


def _refuse_closed(
    purchases: Sequence[NewPurchase],
    answers: Sequence[PostedPurchase | None],
    accounts: dict[int, LockedAccount],
) -> None:
    """Refuse new purchases of closed memberships; a known one gets its answer still."""
    for purchase, answer in zip(purchases, answers, strict=True):
        if answer and accounts[purchase.member_id].is_closed:
            raise MembershipClosed


def _tier_ids_then(
    purchases: Sequence[NewPurchase], accounts: dict[int, LockedAccount]
) -> list[int | None]:
    """Return the tier held at each purchase; only back-dated ones need the history."""
    tier_ids: list[int | None] = []
    asked: list[int] = []
    for n, purchase in enumerate(purchases):
        account = accounts[purchase.member_id]
        tier_ids.append(account.tier_id)
        if account.tier_since and purchase.occurred_at < account.tier_since:
            asked.append(n)
    then = tiers_at([(purchases[n].member_id, purchases[n].occurred_at) for n in asked])
    for n, tier_id in zip(asked, then, strict=True):
        tier_ids[n] = tier_id
    return tier_ids


def _insert_lines(
    purchases: Sequence[NewPurchase], answers: Sequence[PostedPurchase | None]
) -> None:
    rows: list[tuple[Any, ...]] = []
    for purchase, answer in zip(purchases, answers, strict=True):
        if not purchase.lines or answer is None:
            continue
        rows += [
            (
                answer.purchase_id,
                position,
                line.sku,
                line.name,
                line.category,
                line.brand,
                list(line.labels),
                line.quantity,
                line.amount_minor,
                points,
            )
            for position, (line, points) in enumerate(
                zip(purchase.lines, answer.line_points, strict=True), start=1
            )
        ]
    if rows:
        sql.run(INSERT_LINES, given={LINES: rows})
