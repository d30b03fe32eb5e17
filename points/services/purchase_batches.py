"""Many purchases in one call: the good ones are posted, the others say why not."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.errors import DomainError
from points.services.posting import lock_accounts
from points.services.purchase_types import NewPurchase, PostedPurchase
from points.services.purchases import post_purchase, post_till_purchases


@transaction.atomic
def post_purchase_batch(
    *, purchases: Sequence[NewPurchase], at: datetime, actor: Actor
) -> list[PostedPurchase | DomainError]:
    """Post what can be posted; return an answer or a refusal for each, in order.

    All are tried at once, as a batch is fast; only when one is refused they are posted
    one by one, under the same locks. A refused one writes nothing.
    """
    try:
        return list(post_till_purchases(purchases=purchases, at=at, actor=actor))
    except DomainError:
        # In the order of ids, as always: one by one they would be taken in any order.
        lock_accounts(purchase.member_id for purchase in purchases)
        return [_posted_or_refused(each, at, actor) for each in purchases]


def _posted_or_refused(
    purchase: NewPurchase, at: datetime, actor: Actor
) -> PostedPurchase | DomainError:
    try:
        return post_purchase(purchase=purchase, at=at, actor=actor)
    except DomainError as refusal:
        return refusal
