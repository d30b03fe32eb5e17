"""Post purchases and void them; what they earn follows from the rulebook."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.ids import new_public_id
from points import sql
from points.collector import collector_paused
from points.errors import (
    AmountNegative,
    InTheFuture,
    LinesDoNotAddUp,
    MembershipClosed,
    PurchaseConflict,
    TooLongAgo,
)
from points.models import Entry
from points.rules.base import EarningEvent
from points.rules.pipeline import Outcome, TierBenefit, evaluate, shares_of
from points.selectors.programme import Rulebook, current_rulebook
from points.selectors.tier_history import tiers_at
from points.services.posting import (
    Credit,
    Debit,
    Documents,
    LockedAccount,
    lock_accounts,
    post_credits,
    post_debits,
)
from points.services.purchase_statements import (
    ASKED,
    DOCUMENT,
    EARNED,
    EXISTING,
    INSERT_LINES,
    LINES,
    PURCHASES,
    VOID,
)
from points.services.statements import KEYS

# Tills run a little ahead of the server now and then.
CLOCK_TOLERANCE = timedelta(minutes=5)


class NewLine(NamedTuple):
    """A line of a basket; the amount is in minor units."""

    amount_minor: int
    quantity: Decimal = Decimal(1)
    sku: str = ""
    name: str = ""
    category: str = ""


class NewPurchase(NamedTuple):
    """A purchase as a till, a shop or a file reports it; minor units, >= 0.

    But for the lines, the fields are those of `PURCHASES`, in its order.
    """

    member_id: int
    source: str
    source_id: str
    amount_minor: int
    occurred_at: datetime
    store: str = ""
    channel: str = ""
    units: Decimal | None = None
    lines: tuple[NewLine, ...] = ()


_BEFORE_LINES = NewPurchase._fields.index("lines")


class PostedPurchase(NamedTuple):
    """What became of a purchase; `is_new` is False where it had been posted before."""

    purchase_id: int
    public_id: UUID
    points: int
    is_new: bool
    trace: dict[str, Any]


def post_purchase(
    *, purchase: NewPurchase, at: datetime, actor: Actor
) -> PostedPurchase:
    """Post one purchase of a till; see `post_purchases`.

    Raises TooLongAgo outside the back-dating window.
    """
    return _post([purchase], at=at, actor=actor, is_from_till=True)[0]


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
@transaction.atomic
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
    outcomes = _evaluate(purchases, accounts, rulebook)
    public_ids = [new_public_id() for _ in purchases]
    movements = post_credits(
        [
            _credit(purchase, public_id, outcome, rulebook)
            for purchase, public_id, outcome in zip(
                purchases, public_ids, outcomes, strict=True
            )
        ],
        posted_at=at,
        actor=actor,
        are_locked=True,
        documents=_documents(purchases, public_ids, import_batch_id),
    )
    new_ids = {movement.key: movement.document_id for movement in movements}
    answers: list[PostedPurchase | None] = []
    for public_id, outcome in zip(public_ids, outcomes, strict=True):
        new_id = new_ids.get(_earn_key(public_id))
        answers.append(_answer(new_id, public_id, outcome) if new_id else None)
    _refuse_closed(purchases, answers, accounts)
    _insert_lines(purchases, answers)
    return _with_known(purchases, answers)


@transaction.atomic
def void_purchases(
    *,
    purchase_ids: Sequence[int],
    reason: str,
    at: datetime,
    actor: Actor,
    releases_ids: bool = False,
) -> int:
    """Void purchases and claw back what they earned; return how many were voided.

    With `releases_ids` the same ids of the source can be posted again, as if these had
    never come; else they keep answering for the voided purchase.

    Taken from the lot of the purchase itself first, then from the member's other
    spendable lots; what is no longer there is not taken and makes no debt: the entry's
    trace says how much was asked for. Qualifying points are lowered where they counted.
    """
    locked = _members_of(purchase_ids)
    accounts = lock_accounts(locked)
    voided = sql.run(
        VOID,
        {"ids": list(purchase_ids), "at": at, "is_released": releases_ids},
        rows=len(purchase_ids),
    )
    earned = sql.run(EARNED, given={KEYS: voided})
    post_debits(
        [
            Debit(
                member_id=account_id,
                kind=Entry.Kind.CLAW_BACK,
                points=points,
                occurred_at=at,
                key=f"void:{entry_id}",
                source="void",
                source_id=source_id,
                own_entry_id=entry_id,
                lowers_qualifying=qualifying,
                qualifies_at=qualifies_at,
                reason=reason,
                trace=sql.as_json({"asked": points}),
            )
            for account_id, entry_id, points, qualifying, qualifies_at, source_id in earned
            if points or qualifying
        ],
        posted_at=at,
        actor=actor,
        accounts=accounts,
    )
    return len(voided)


def _members_of(purchase_ids: Sequence[int]) -> set[int]:
    rows = sql.run(
        "SELECT DISTINCT member_id FROM points_purchase WHERE id = ANY(%(ids)s::bigint[])",
        {"ids": list(purchase_ids)},
        rows=len(purchase_ids),
    )
    return {member_id for (member_id,) in rows}


def check_purchase(purchase: NewPurchase, at: datetime) -> None:
    """Refuse a negative amount, a time to come, and lines that do not add up."""
    if purchase.amount_minor < 0:
        raise AmountNegative
    if purchase.occurred_at > at + CLOCK_TOLERANCE:
        raise InTheFuture(occurred_at=purchase.occurred_at)
    if purchase.lines:
        total = sum(line.amount_minor for line in purchase.lines)
        if total != purchase.amount_minor:
            raise LinesDoNotAddUp(lines_minor=total, amount_minor=purchase.amount_minor)


def _refuse_old(purchases: Sequence[NewPurchase], at: datetime, *, days: int) -> None:
    for purchase in purchases:
        if purchase.occurred_at < at - timedelta(days=days):
            raise TooLongAgo(occurred_at=purchase.occurred_at, days=days)


def _documents(
    purchases: Sequence[NewPurchase],
    public_ids: Sequence[UUID],
    import_batch_id: int | None,
) -> Documents:
    rows = [
        (n, public_id, *purchase[:_BEFORE_LINES])
        for n, (purchase, public_id) in enumerate(
            zip(purchases, public_ids, strict=True)
        )
    ]
    return Documents(DOCUMENT, {"import_batch_id": import_batch_id}, {PURCHASES: rows})


def _answer(purchase_id: int, public_id: UUID, outcome: Outcome) -> PostedPurchase:
    return PostedPurchase(
        purchase_id, public_id, outcome.points, is_new=True, trace=outcome.trace
    )


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
            purchase_id, public_id, points, is_new=False, trace=json.loads(why)
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


def _evaluate(
    purchases: Sequence[NewPurchase],
    accounts: dict[int, LockedAccount],
    rulebook: Rulebook,
) -> list[Outcome]:
    """Evaluate each purchase with the tier held when it happened."""
    return [
        evaluate(
            event_of(purchase),
            versions=rulebook.versions,
            tier=tier,
            terms=rulebook.terms,
        )
        for purchase, tier in zip(
            purchases, _tiers_then(purchases, accounts, rulebook), strict=True
        )
    ]


def _tiers_then(
    purchases: Sequence[NewPurchase],
    accounts: dict[int, LockedAccount],
    rulebook: Rulebook,
) -> list[TierBenefit | None]:
    """Return the tiers; only back-dated purchases need the history."""
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
    return [rulebook.tiers.get(each) if each else None for each in tier_ids]


def event_of(purchase: NewPurchase) -> EarningEvent:
    """Return what the rules see of a purchase."""
    return EarningEvent(
        amount_minor=purchase.amount_minor,
        occurred_at=purchase.occurred_at,
        store=purchase.store,
        channel=purchase.channel,
    )


def _credit(
    purchase: NewPurchase, public_id: UUID, outcome: Outcome, rulebook: Rulebook
) -> Credit:
    return Credit(
        member_id=purchase.member_id,
        kind=Entry.Kind.EARN,
        points=outcome.points,
        qualifying=outcome.qualifying,
        occurred_at=purchase.occurred_at,
        key=_earn_key(public_id),
        source="purchase",
        source_id=purchase.source_id,
        expires_at=rulebook.expires_at(purchase.occurred_at),
        trace=sql.as_json(outcome.trace),
    )


def _earn_key(public_id: UUID) -> str:
    return f"earn:{public_id}"


def _insert_lines(
    purchases: Sequence[NewPurchase], answers: Sequence[PostedPurchase | None]
) -> None:
    rows: list[tuple[Any, ...]] = []
    for purchase, answer in zip(purchases, answers, strict=True):
        if not purchase.lines or answer is None:
            continue
        amounts = [line.amount_minor for line in purchase.lines]
        rows += [
            (
                answer.purchase_id,
                position,
                line.sku,
                line.name,
                line.category,
                line.quantity,
                line.amount_minor,
                share,
            )
            for position, (line, share) in enumerate(
                zip(purchase.lines, shares_of(answer.points, amounts), strict=True),
                start=1,
            )
        ]
    if rows:
        sql.run(INSERT_LINES, given={LINES: rows})
