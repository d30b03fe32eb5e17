"""Ask the rules about purchases and write what they earn, part by part."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.behind import written_behind
from loyalty_site.lib.ids import new_public_id
from points import sql
from points.models import Entry
from points.rules.pipeline import Outcome, TierBenefit
from points.rules.tally import Tally
from points.selectors.outcomes import Earned, outcome_of
from points.selectors.programme import Rulebook
from points.services.campaign_budgets import record_grants, settle_budgets
from points.services.events import tell_purchases
from points.services.posting import Credit, post_credits
from points.services.purchase_statements import DOCUMENT, PURCHASES
from points.services.purchase_types import (
    MemberThen,
    NewPurchase,
    PostedPurchase,
    event_of,
)
from points.services.writing import Documents

# Small enough to be prepared while the part before is written.
PART_ROWS = 4_000
_BEFORE_CODES = NewPurchase._fields.index("codes")
Answers = list[PostedPurchase | None]


class _Prepared(NamedTuple):
    """What the rules came to for some purchases, in their order."""

    purchases: Sequence[NewPurchase]
    public_ids: list[UUID]
    earned: list[Earned]
    credits: list[Credit]
    documents: Documents


def post_earnings(
    purchases: Sequence[NewPurchase],
    members: Sequence[MemberThen],
    *,
    rulebook: Rulebook,
    at: datetime,
    actor: Actor,
    import_batch_id: int | None,
    tally: Tally | None = None,
) -> Answers:
    """Post purchases with what they earn, under the caller's locks; None where known.

    `members` is what was true of them at the purchases. Of many, each part is prepared while the
    database writes the one before.
    """
    prepare = partial(
        _prepared, rulebook=rulebook, import_batch_id=import_batch_id, tally=tally
    )
    write = partial(_write, at=at, actor=actor)
    if len(purchases) <= PART_ROWS:
        return write(prepare(purchases, members))
    parts = [slice(n, n + PART_ROWS) for n in range(0, len(purchases), PART_ROWS)]
    answers = written_behind(
        write, (prepare(purchases[part], members[part]) for part in parts)
    )
    return [answer for part in answers for answer in part]


def _prepared(
    purchases: Sequence[NewPurchase],
    members: Sequence[MemberThen],
    *,
    rulebook: Rulebook,
    import_batch_id: int | None,
    tally: Tally | None,
) -> _Prepared:
    """Ask the rules; the connection may be busy meanwhile."""
    public_ids = [new_public_id() for _ in purchases]
    earned = [
        outcome_of(
            event_of(purchase, member, rulebook.terms.basis),
            member_id=purchase.member_id,
            tier=member.tier,
            rulebook=rulebook,
            tally=tally
            if tally and tally.takes(purchase.source, purchase.source_id)
            else None,
            rise=member.rise,
        )
        for purchase, member in zip(purchases, members, strict=True)
    ]
    credits_ = [
        _credit(purchase, public_id, each.outcome, rulebook, tier=member.tier)
        for purchase, public_id, each, member in zip(
            purchases, public_ids, earned, members, strict=True
        )
    ]
    documents = _documents(purchases, public_ids, import_batch_id)
    return _Prepared(purchases, public_ids, earned, credits_, documents)


def _write(part: _Prepared, *, at: datetime, actor: Actor) -> Answers:
    spends = any(each.shares for each in part.earned)
    if spends:
        part = _within_budgets(part)
    movements = post_credits(
        part.credits,
        posted_at=at,
        actor=actor,
        are_locked=True,
        documents=part.documents,
    )
    if movements and movements[0].is_awaited:
        tell_purchases([each.document_id or 0 for each in movements], at=at)
    if spends:
        entry_ids = {movement.key: movement.entry_id for movement in movements}
        record_grants(
            (entry_ids.get(credit.key), each)
            for credit, each in zip(part.credits, part.earned, strict=True)
        )
    new_ids = {movement.key: movement.document_id for movement in movements}
    return [
        _answer(new_id, public_id, each.outcome)
        if (new_id := new_ids.get(credit.key))
        else None
        for credit, public_id, each in zip(
            part.credits, part.public_ids, part.earned, strict=True
        )
    ]


def _within_budgets(part: _Prepared) -> _Prepared:
    """Take off the credits what campaigns cannot give, under the locks of budgets."""
    earned = settle_budgets(part.purchases, part.earned)
    credits_ = [
        credit
        if each is before
        else credit._replace(
            points=each.outcome.points,
            qualifying=each.outcome.qualifying,
            trace=sql.as_json(each.outcome.trace),
        )
        for credit, before, each in zip(part.credits, part.earned, earned, strict=True)
    ]
    return part._replace(earned=earned, credits=credits_)


def _documents(
    purchases: Sequence[NewPurchase],
    public_ids: Sequence[UUID],
    import_batch_id: int | None,
) -> Documents:
    rows = [
        (n, public_id, *purchase[:_BEFORE_CODES], list(purchase.codes))
        for n, (purchase, public_id) in enumerate(
            zip(purchases, public_ids, strict=True)
        )
    ]
    return Documents(DOCUMENT, {"import_batch_id": import_batch_id}, {PURCHASES: rows})


def _answer(purchase_id: int, public_id: UUID, outcome: Outcome) -> PostedPurchase:
    return PostedPurchase(
        purchase_id,
        public_id,
        outcome.points,
        is_new=True,
        trace=outcome.trace,
        line_points=outcome.line_points,
    )


def _credit(
    purchase: NewPurchase,
    public_id: UUID,
    outcome: Outcome,
    rulebook: Rulebook,
    *,
    tier: TierBenefit | None,
) -> Credit:
    effective_at, expires_at = rulebook.dates_of(purchase.occurred_at, tier)
    return Credit(
        member_id=purchase.member_id,
        kind=Entry.Kind.EARN,
        points=outcome.points,
        qualifying=outcome.qualifying,
        occurred_at=purchase.occurred_at,
        key=earn_key(public_id),
        source="purchase",
        source_id=purchase.source_id,
        effective_at=effective_at,
        expires_at=expires_at,
        trace=sql.as_json(outcome.trace),
    )


def earn_key(public_id: UUID) -> str:
    """Return the key of the entry that says what the purchase earned."""
    return f"earn:{public_id}"
