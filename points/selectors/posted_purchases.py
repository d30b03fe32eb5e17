"""Purchases as they were posted: what the rules saw, and what was earned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from points import sql
from points.models import Purchase, PurchaseLine
from points.models.purchases import PurchaseQuerySet
from points.rules.conditions.who import FirstPurchase
from points.selectors.activity import with_points
from points.selectors.members_then import members_then
from points.selectors.programme import Rulebook
from points.services.purchase_types import MemberThen, NewLine, NewPurchase

# What a row of purchases keeps of what was reported.
KEPT = tuple(name for name in NewPurchase._fields if name != "lines")

# When it was posted: after all with a lower id; of its own batch, by time of purchase.
FIRST_WHEN_POSTED = """
SELECT x.id FROM points_purchase x
WHERE x.id = ANY(%(ids)s::bigint[]) AND NOT EXISTS (
  SELECT FROM points_purchase p
  WHERE p.member_id = x.member_id AND p.id <> x.id
    AND (p.voided_at IS NULL OR p.voided_at > x.posted_at)
    AND ((p.id < x.id AND p.occurred_at <= x.occurred_at)
      OR (p.id > x.id AND p.posted_at = x.posted_at AND p.occurred_at < x.occurred_at))
)
"""
LAST_MEMBER = """
SELECT member_id FROM points_purchase
WHERE member_id >= %(first)s AND occurred_at >= %(since)s AND occurred_at < %(until)s
  AND voided_at IS NULL
ORDER BY member_id OFFSET %(rows)s LIMIT 1
"""


@dataclass(frozen=True)
class PostedThen:
    """A purchase as the rules saw it when it was posted, and the points of its entry."""

    purchase: NewPurchase
    member: MemberThen
    points: int


@dataclass(frozen=True)
class Stretch:
    """Purchases of whole members, in order; `following` is where to go on, 0: the end."""

    rows: list[PostedThen]
    following: int


def count_between(*, since: datetime, until: datetime) -> int:
    """Return how many purchases count from `since` up to `until`."""
    return _between(since, until).count()


def stretch_from(
    first: int, rulebook: Rulebook, *, since: datetime, until: datetime, rows: int
) -> Stretch:
    """Return the purchases of the members from id `first` on, at least `rows` of them.

    Always all of a member: who has more than that makes the stretch longer.
    """
    span = {"first": first, "since": since, "until": until, "rows": rows}
    found = sql.run(LAST_MEMBER, span)
    mine = _between(since, until).filter(member_id__gte=first)
    if found:
        [(last,)] = found
        mine = mine.filter(member_id__lte=last)
    purchases = list(
        with_points(mine)
        .order_by("member_id", "occurred_at", "pk")
        .values_list("pk", "earned", *KEPT, named=False)
    )
    lines = _lines_of([row[0] for row in purchases])
    given = [
        NewPurchase(
            **dict(zip(KEPT, row[2:], strict=True)), lines=lines.get(row[0], ())
        )
        for row in purchases
    ]
    members = _members_when_posted([row[0] for row in purchases], given, rulebook)
    return Stretch(
        [
            PostedThen(purchase, member, row[1] or 0)
            for row, purchase, member in zip(purchases, given, members, strict=True)
        ],
        following=last + 1 if found else 0,
    )


def _between(since: datetime, until: datetime) -> PurchaseQuerySet:
    return Purchase.objects.valid().filter(
        occurred_at__gte=since, occurred_at__lt=until
    )


def _lines_of(ids: Sequence[int]) -> dict[int, tuple[NewLine, ...]]:
    found: dict[int, list[NewLine]] = {}
    rows = PurchaseLine.objects.filter(purchase__in=ids).order_by(
        "purchase", "position"
    )
    for purchase_id, *line in rows.values_list("purchase_id", *NewLine._fields):
        found.setdefault(purchase_id, []).append(NewLine(*line))
    return {purchase_id: tuple(lines) for purchase_id, lines in found.items()}


def _members_when_posted(
    ids: Sequence[int], purchases: Sequence[NewPurchase], rulebook: Rulebook
) -> list[MemberThen]:
    """Return what was true of the members; all of these purchases are posted."""
    others = rulebook.asks_for - {FirstPurchase.slug}
    members = members_then(purchases, replace(rulebook, asks_for=others))
    if FirstPurchase.slug not in rulebook.asks_for:
        return members
    rows = sql.run(FIRST_WHEN_POSTED, {"ids": list(ids)}, rows=len(ids))
    firsts = {purchase_id for (purchase_id,) in rows}
    return [
        member._replace(is_first=purchase_id in firsts)
        for purchase_id, member in zip(ids, members, strict=True)
    ]
