"""Post purchases and void them; what they earn follows from the rulebook."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.ids import new_public_id
from points import sql
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
    LockedAccount,
    lock_accounts,
    post_credits,
    post_debits,
)

# Tills run a little ahead of the server now and then.
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a basket; the amount is in minor units."""

    amount_minor: int
    quantity: Decimal = Decimal(1)
    sku: str = ""
    name: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class NewPurchase:
    """A purchase as a till, a shop or a file reports it; minor units, >= 0."""

    member_id: int
    source: str
    source_id: str
    amount_minor: int
    occurred_at: datetime
    store: str = ""
    channel: str = ""
    units: Decimal | None = None
    lines: tuple[NewLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PostedPurchase:
    """What became of a purchase; `is_new` is False where it had been posted before."""

    purchase_id: int
    public_id: UUID
    points: int
    is_new: bool
    trace: dict[str, Any]


INSERT = """
WITH given AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%(rows)s::json) AS g(
    n int, public_id uuid, member_id bigint, source text, source_id text,
    amount_minor bigint, occurred_at timestamptz, store text, channel text,
    units numeric)
)
INSERT INTO points_purchase (public_id, member_id, source, source_id, amount_minor,
  occurred_at, posted_at, store, channel, units, import_batch_id)
SELECT public_id, member_id, source, source_id, amount_minor, occurred_at,
  %(posted_at)s, store, channel, units, %(import_batch_id)s
FROM given ORDER BY n
ON CONFLICT (source, source_id) DO NOTHING
RETURNING id, public_id
"""

EXISTING = """
SELECT g.n, p.id, p.public_id, p.member_id, p.amount_minor, p.occurred_at,
       e.points, e.trace
FROM json_to_recordset(%(rows)s::json) AS g(n int, source text, source_id text)
JOIN points_purchase p ON p.source = g.source AND p.source_id = g.source_id
LEFT JOIN points_entry e ON e.account_id = p.member_id
  AND e.key = 'earn:' || p.source || ':' || p.source_id
"""

INSERT_LINES = """
INSERT INTO points_purchaseline
  (purchase_id, position, sku, name, category, quantity, amount_minor, points)
SELECT purchase_id, position, sku, name, category, quantity, amount_minor, points
FROM json_to_recordset(%(rows)s::json) AS l(
  purchase_id bigint, position int, sku text, name text, category text,
  quantity numeric, amount_minor bigint, points bigint)
"""

VOID = """
UPDATE points_purchase SET voided_at = %(at)s
WHERE id = ANY(%(ids)s::bigint[]) AND voided_at IS NULL
RETURNING member_id, 'earn:' || source || ':' || source_id, source_id
"""

EARNED = """
SELECT e.account_id, e.id, e.points, e.qualifying, e.qualifies_at, e.source_id
FROM points_entry e
JOIN json_to_recordset(%(keys)s::json) AS k(account_id bigint, key text)
  ON e.account_id = k.account_id AND e.key = k.key
"""


def post_purchase(
    *, purchase: NewPurchase, at: datetime, actor: Actor
) -> PostedPurchase:
    """Post one purchase of a till; see `post_purchases`.

    Raises TooLongAgo outside the back-dating window.
    """
    limit = timedelta(days=current_rulebook().backdating_days)
    if purchase.occurred_at < at - limit:
        raise TooLongAgo(occurred_at=purchase.occurred_at, days=limit.days)
    return post_purchases(purchases=[purchase], at=at, actor=actor)[0]


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
    for purchase in purchases:
        check_purchase(purchase, at)
    accounts = lock_accounts(purchase.member_id for purchase in purchases)
    rows = [_purchase_row(n, each) for n, each in enumerate(purchases)]
    values = {"posted_at": at, "import_batch_id": import_batch_id}
    inserted = {
        public_id: purchase_id
        for purchase_id, public_id in sql.run(
            INSERT, {"rows": sql.as_json(rows), **values}, rows=len(rows)
        )
    }
    answers: list[PostedPurchase | None] = [None] * len(rows)
    fresh = [n for n, row in enumerate(rows) if UUID(row["public_id"]) in inserted]
    _refuse_closed(purchases, fresh, accounts)
    rulebook = current_rulebook()
    outcomes = _evaluate(purchases, fresh, accounts, rulebook)
    for n, outcome in zip(fresh, outcomes, strict=True):
        public_id = UUID(rows[n]["public_id"])
        answers[n] = PostedPurchase(
            inserted[public_id],
            public_id,
            outcome.points,
            is_new=True,
            trace=outcome.trace,
        )
    post_credits(
        [
            _credit(purchases[n], outcome, rulebook)
            for n, outcome in zip(fresh, outcomes, strict=True)
        ],
        posted_at=at,
        actor=actor,
        are_locked=True,
    )
    _insert_lines(purchases, answers, fresh)
    if len(fresh) < len(rows):
        _answer_known(purchases, answers, skip=set(fresh))
    return [answer for answer in answers if answer is not None]


@transaction.atomic
def void_purchases(
    *, purchase_ids: Sequence[int], reason: str, at: datetime, actor: Actor
) -> int:
    """Void purchases and claw back what they earned; return how many were voided.

    Taken from the lot of the purchase itself first, then from the member's other
    spendable lots; what is no longer there is not taken and makes no debt: the entry's
    trace says how much was asked for. Qualifying points are lowered where they counted.
    """
    locked = _members_of(purchase_ids)
    accounts = lock_accounts(locked)
    voided = sql.run(VOID, {"ids": list(purchase_ids), "at": at}, rows=len(locked))
    keys = [
        {"account_id": member_id, "key": key} for member_id, key, _source_id in voided
    ]
    earned = sql.run(EARNED, {"keys": sql.as_json(keys)}, rows=len(keys))
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
                trace={"asked": points},
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


def _purchase_row(n: int, purchase: NewPurchase) -> dict[str, Any]:
    return {
        "n": n,
        "public_id": str(new_public_id()),
        "member_id": purchase.member_id,
        "source": purchase.source,
        "source_id": purchase.source_id,
        "amount_minor": purchase.amount_minor,
        "occurred_at": purchase.occurred_at,
        "store": purchase.store,
        "channel": purchase.channel,
        "units": purchase.units,
    }


def _answer_known(
    purchases: Sequence[NewPurchase],
    answers: list[PostedPurchase | None],
    *,
    skip: set[int],
) -> None:
    asked = [
        {"n": n, "source": each.source, "source_id": each.source_id}
        for n, each in enumerate(purchases)
        if n not in skip
    ]
    found = sql.run(EXISTING, {"rows": sql.as_json(asked)}, rows=len(asked))
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


def _refuse_closed(
    purchases: Sequence[NewPurchase],
    fresh: Sequence[int],
    accounts: dict[int, LockedAccount],
) -> None:
    if any(accounts[purchases[n].member_id].is_closed for n in fresh):
        raise MembershipClosed


def _evaluate(
    purchases: Sequence[NewPurchase],
    fresh: Sequence[int],
    accounts: dict[int, LockedAccount],
    rulebook: Rulebook,
) -> list[Outcome]:
    """Evaluate each new purchase with the tier held when it happened."""
    tiers = _tiers_then([purchases[n] for n in fresh], accounts, rulebook)
    return [
        evaluate(
            event_of(purchases[n]),
            versions=rulebook.versions,
            tier=tier,
            terms=rulebook.terms,
        )
        for n, tier in zip(fresh, tiers, strict=True)
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


def _credit(purchase: NewPurchase, outcome: Outcome, rulebook: Rulebook) -> Credit:
    return Credit(
        member_id=purchase.member_id,
        kind=Entry.Kind.EARN,
        points=outcome.points,
        qualifying=outcome.qualifying,
        occurred_at=purchase.occurred_at,
        key=f"earn:{purchase.source}:{purchase.source_id}",
        source="purchase",
        source_id=purchase.source_id,
        expires_at=rulebook.expires_at(purchase.occurred_at),
        trace=outcome.trace,
    )


def _insert_lines(
    purchases: Sequence[NewPurchase],
    answers: Sequence[PostedPurchase | None],
    fresh: Sequence[int],
) -> None:
    rows: list[dict[str, Any]] = []
    for n in fresh:
        lines, answer = purchases[n].lines, answers[n]
        if not lines or answer is None:
            continue
        shares = shares_of(answer.points, [line.amount_minor for line in lines])
        rows += [
            {
                "purchase_id": answer.purchase_id,
                "position": position,
                "sku": line.sku,
                "name": line.name,
                "category": line.category,
                "quantity": line.quantity,
                "amount_minor": line.amount_minor,
                "points": share,
            }
            for position, (line, share) in enumerate(
                zip(lines, shares, strict=True), start=1
            )
        ]
    if rows:
        sql.run(INSERT_LINES, {"rows": sql.as_json(rows)}, rows=len(rows))
