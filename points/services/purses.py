"""What somebody spends from: the own account, and those of a household beside it.

Points stay where they were earned until somebody spends. What a spending takes from the
others comes over first, lot by lot, so that it is an ordinary debit of one account then.
"""

from dataclasses import dataclass
from datetime import datetime

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.ids import new_public_id
from points.models import Entry, HouseholdMembership
from points.selectors.households import lots_shared_by, sharers_of
from points.services.lot_moves import Kinds, Route, move_along
from points.services.posting import LockedAccount, lock_accounts
from points.services.sharing import draw

SHARING = Kinds("household", Entry.Kind.HOUSEHOLD_OUT, Entry.Kind.HOUSEHOLD_IN)


@dataclass(frozen=True, slots=True)
class Purse:
    """The locked account of who spends, and those that share with it, locked as well."""

    account: LockedAccount
    others: tuple[LockedAccount, ...] = ()

    @property
    def ids(self) -> list[int]:
        """All of them."""
        return [self.account.member_id, *(each.member_id for each in self.others)]


def lock_purse(member_id: int, *, at: datetime) -> Purse:
    """Lock the accounts that the member may spend from, in id order.

    Who left while the locks were awaited is not in it, and who joined is not yet.
    """
    sharers = sharers_of(member_id, at=at)
    accounts = lock_accounts([member_id, *sharers])
    if len(accounts) > 1:
        sharers = sharers_of(member_id, at=at)
    others = [
        accounts[each] for each in sharers if each != member_id and each in accounts
    ]
    return Purse(accounts[member_id], tuple(others))


def fill_purse(
    purse: Purse, *, points: int, at: datetime, actor: Actor
) -> LockedAccount:
    """Let come over what burn order over all lots takes from the others for `points`.

    Returns the account as it is then; what it owed is settled. Raises InsufficientPoints
    where all of them have too few.
    """
    account = purse.account
    if not purse.others:
        return account
    owed = {each.member_id: each.debt for each in (account, *purse.others)}
    drawn = draw(
        lots_shared_by(purse.ids, at=at),
        spender_id=account.member_id,
        points=points,
        owed=owed,
    )
    if not drawn:
        return account
    document = f"household:{new_public_id()}"
    source_id = _household_of(account.member_id)
    moves = [
        (
            Route(each.account_id, account.member_id, document, source_id, SHARING),
            each.lot,
        )
        for each in drawn
    ]
    move_along(moves, at=at, actor=actor)
    return lock_accounts([account.member_id])[account.member_id]


def _household_of(member_id: int) -> str:
    mine = HouseholdMembership.objects.filter(account=member_id, left_at=None)
    return str(mine.values_list("household__public_id", flat=True).get())
