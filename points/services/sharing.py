"""Which lots of a household are spent, and where they go when somebody leaves.

Pure arithmetic, no database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from points.errors.posting import InsufficientPoints
from points.models import Programme
from points.services.lot_moves import OpenLot

Leaving = Programme.HouseholdLeaving
NEVER = datetime.max.replace(tzinfo=UTC)


class SharedLot(NamedTuple):
    """What can be spent of a lot, whose account it is in, and who earned it.

    The owner is whoever had the points before the household moved them.
    """

    account_id: int
    owner_id: int
    lot: OpenLot


@dataclass(frozen=True)
class Step:
    """Points of a lot that go to another account of the household."""

    lot: SharedLot
    receiver_id: int


def burn_order(lots: Iterable[SharedLot], *, spender_id: int) -> list[SharedLot]:
    """Return the lots as they are spent: those that end first come first.

    Of lots that nothing else tells apart one's own come first, which moves nothing.
    """
    return sorted(
        lots,
        key=lambda each: (
            each.lot.priority,
            each.lot.expires_at or NEVER,
            each.lot.effective_at,
            each.account_id != spender_id,
            each.lot.lot_id,
        ),
    )


def draw(
    lots: Iterable[SharedLot], *, spender_id: int, points: int, owed: Mapping[int, int]
) -> list[SharedLot]:
    """Return what burn order over all lots takes from the others for the spender.

    `owed` is the debt of each: that of the spender is settled on the way, and what
    another one owes stays there. Raises InsufficientPoints where all of it is too little.
    """
    lots = list(lots)
    missing = points + owed.get(spender_id, 0)
    spare = _spare(lots, owed) | {spender_id: missing}
    drawn: list[SharedLot] = []
    for each in burn_order(lots, spender_id=spender_id):
        taken = min(each.lot.points, spare[each.account_id], missing)
        missing -= taken
        spare[each.account_id] -= taken
        if taken and each.account_id != spender_id:
            drawn.append(_part(each, taken))
    if missing > 0:
        raise InsufficientPoints(available=max(points - missing, 0), needed=points)
    return drawn


def steps_of_leaving(
    lots: Iterable[SharedLot],
    *,
    leaver_id: int,
    others: Sequence[int],
    rule: str,
    owed: Mapping[int, int],
) -> list[Step]:
    """Return what goes where when a member leaves; `others` stay, the oldest first.

    Own points: what is another's goes back, and what is the leaver's comes along.
    Stay: what is another's goes back, and the oldest gets the rest, but for what the
    leaver owes. Of lots whose owner is not there any more nothing is known.
    """
    if rule == Leaving.AS_IT_LIES or not others:
        return []
    ordered = burn_order(lots, spender_id=leaver_id)
    at_leaver = [each for each in ordered if each.account_id == leaver_id]
    back = [Step(each, each.owner_id) for each in at_leaver if each.owner_id in others]
    if rule == Leaving.OWN_POINTS:
        mine = [each for each in ordered if each.owner_id == leaver_id]
        along = [each for each in mine if each.account_id != leaver_id]
        return back + [Step(each, leaver_id) for each in along]
    own = [each for each in at_leaver if each.owner_id not in others]
    kept = max(owed.get(leaver_id, 0), 0)
    return back + [Step(each, others[0]) for each in _all_but(own, kept)]


def _all_but(lots: Sequence[SharedLot], kept: int) -> list[SharedLot]:
    """Return the lots in their order without the last `kept` points."""
    left = sum(each.lot.points for each in lots) - kept
    found: list[SharedLot] = []
    for each in lots:
        taken = min(each.lot.points, left)
        if taken <= 0:
            break
        left -= taken
        found.append(_part(each, taken))
    return found


def _spare(lots: Iterable[SharedLot], owed: Mapping[int, int]) -> dict[int, int]:
    """Return what each account could give: what it has beyond what it owes."""
    has = Counter[int]()
    for each in lots:
        has[each.account_id] += each.lot.points
    return {one: max(points - owed.get(one, 0), 0) for one, points in has.items()}


def _part(each: SharedLot, points: int) -> SharedLot:
    return each._replace(lot=each.lot._replace(points=points))
