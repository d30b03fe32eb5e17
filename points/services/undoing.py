"""Undo what was done last at the counter."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from loyalty_site.lib.actors import Actor
from members.models import Member
from points.errors.posting import NothingToUndo
from points.models import Redemption
from points.selectors.undoing import LastDone, last_done
from points.services.posting import lock_accounts
from points.services.redemptions import reverse_redemption
from points.services.voids import void_purchases

REASON = "Undone at the counter"


@transaction.atomic
def undo_last(
    *, member: Member, public_id: UUID, at: datetime, actor: Actor
) -> LastDone:
    """Void the purchase, or cancel the redemption, and return what was undone.

    Only the actor's own last one of the last quarter of an hour; raises NothingToUndo
    where `public_id` is another one, or was undone before.
    """
    lock_accounts([member.pk])
    last = last_done(member_id=member.pk, at=at, actor=actor)
    if last is None or last.public_id != public_id:
        raise NothingToUndo
    if last.purchase_id is not None:
        void_purchases(
            purchase_ids=[last.purchase_id], reason=REASON, at=at, actor=actor
        )
    if last.redemption_id is not None:
        redemption = Redemption.objects.get(pk=last.redemption_id)
        reverse_redemption(redemption=redemption, reason=REASON, at=at, actor=actor)
    return last
