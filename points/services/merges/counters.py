"""What counts toward a tier, carried to the membership that stays, and back."""

from datetime import datetime

from loyalty_site.lib.actors import Actor
from points import sql
from points.models import Entry
from points.services.lot_moves import SOURCE, Route
from points.services.posting import Credit, Debit, post_credits, post_debits
from points.services.tier_counters import IS_EVENT, MERGED_EVENT

# What lowered an activity counts when the activity did, so the sums are what is left.
COUNTED = """
SELECT qualifies_at, sum(qualifying)::bigint FROM points_entry
WHERE account_id = %(account_id)s AND qualifying <> 0
GROUP BY 1 HAVING sum(qualifying) <> 0 ORDER BY 1
"""
HAPPENED = f"""
SELECT e.id, e.occurred_at FROM points_entry e
WHERE e.account_id = %(account_id)s AND {IS_EVENT}
  AND NOT EXISTS (SELECT FROM points_entry r WHERE r.reverses_id = e.id)
ORDER BY e.id
"""  # noqa: S608 -- put together from constants
CARRIED = """
SELECT id, key, qualifying, qualifies_at FROM points_entry
WHERE account_id = %(account_id)s AND source_id = %(source_id)s AND points = 0
  AND kind = 'merge_in' ORDER BY id
"""


def carry_over(route: Route, *, at: datetime, actor: Actor) -> None:
    """Let the sender's activities count for the receiver, each when it happened."""
    rows: list[Credit] = []
    counted = sql.run(COUNTED, {"account_id": route.sender_id})
    for n, (when, qualifying) in enumerate(counted):
        key = f"{route.document}:counted:{n}"
        rows += [
            _counting(route.sender_id, Entry.Kind.MERGE_OUT, key, when, -qualifying),
            _counting(route.receiver_id, Entry.Kind.MERGE_IN, key, when, qualifying),
        ]
    for entry_id, when in sql.run(HAPPENED, {"account_id": route.sender_id}):
        key = f"{route.document}:event:{entry_id}"
        row = _counting(route.receiver_id, Entry.Kind.MERGE_IN, key, when, 0)
        rows.append(row._replace(source=MERGED_EVENT))
    if rows:
        rows = [row._replace(source_id=route.source_id) for row in rows]
        post_credits(rows, posted_at=at, actor=actor, are_locked=True)


def carry_back(route: Route, *, at: datetime, actor: Actor) -> None:
    """Undo `carry_over`; the sender is the membership that stayed."""
    values = {"account_id": route.sender_id, "source_id": route.source_id}
    carried = sql.run(CARRIED, values)
    debits = [
        Debit(
            member_id=route.sender_id,
            kind=Entry.Kind.MERGE_OUT,
            points=0,
            occurred_at=at,
            key=f"{route.document}:back:{entry_id}",
            source=SOURCE,
            source_id=route.source_id,
            own_entry_id=entry_id,
            lowers_qualifying=qualifying,
            qualifies_at=when,
        )
        for entry_id, _key, qualifying, when in carried
    ]
    credits_ = [
        _counting(
            route.receiver_id, Entry.Kind.MERGE_IN, f"{route.document}:{key}", when, q
        )._replace(source_id=route.source_id)
        for _id, key, q, when in carried
        if q
    ]
    if debits:
        post_debits(debits, posted_at=at, actor=actor, are_fresh=True)
    if credits_:
        post_credits(credits_, posted_at=at, actor=actor, are_locked=True)


def _counting(  # noqa: PLR0917 -- the columns of one row
    member_id: int, kind: str, key: str, when: datetime, qualifying: int
) -> Credit:
    return Credit(
        member_id=member_id,
        kind=kind,
        points=0,
        occurred_at=when,
        key=key,
        source=SOURCE,
        source_id="",
        qualifying=qualifying,
    )
