"""The API that reads purchases."""

from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query, Router
from pydantic import BaseModel

from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.paging import Page, PageQuery, page_of
from loyalty_site.apiaccess.schemas import READ_PROBLEMS, Instant
from points.amounts import amount_text
from points.api.reading import member_of
from points.errors.posting import UnknownPurchase
from points.models import Purchase, PurchaseLine
from points.selectors.activity import with_points
from points.selectors.programme import current_rulebook

# The writes of `api.py` are on it too: one address is one view.
router = Router(tags=["Purchases"])


class LineOut(BaseModel):
    """A line of the basket, and what it earned."""

    position: int
    sku: str
    name: str
    category: str
    quantity: str
    amount: str
    points: int


class PurchaseShown(BaseModel):
    """A purchase; `points` are what it earned, before refunds."""

    id: UUID
    member: str
    source: str
    source_id: str
    amount: str
    currency: str
    occurred_at: Instant
    posted_at: Instant
    store: str
    channel: str
    points: int
    voided_at: Instant | None


class PurchaseWithLines(PurchaseShown):
    """A purchase with its basket."""

    lines: list[LineOut]


class PurchasePage(Page[PurchaseShown]):
    """Purchases, the newest first."""


@router.get(
    "",
    auth=BearerKey(ApiKey.Scope.PURCHASES_READ),
    response={200: PurchasePage, **READ_PROBLEMS},
    summary="List purchases",
    operation_id="list_purchases",
)
def list_purchases(
    request: ApiRequest,
    page: Query[PageQuery],
    *,
    member: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> PurchasePage:
    """List purchases, of a member or of all, the newest first.

    `since` is inclusive, `until` is not; both are about the time of purchase.
    """
    rows = Purchase.objects.all()
    if member:
        rows = rows.filter(member=member_of(number=member).pk)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if until is not None:
        rows = rows.filter(occurred_at__lt=until)
    items, following = page_of(
        request, page, _to_show(rows), order_by="-occurred_at", show=_listed
    )
    return PurchasePage(items=items, next=following)


@router.get(
    "/{uuid:public_id}",
    auth=BearerKey(ApiKey.Scope.PURCHASES_READ),
    response={200: PurchaseWithLines, **READ_PROBLEMS},
    summary="Read a purchase",
    operation_id="read_purchase",
)
def get_purchase(request: ApiRequest, public_id: UUID) -> PurchaseWithLines:
    """Return the purchase with its lines."""
    purchase = _to_show(Purchase.objects.filter(public_id=public_id)).first()
    if purchase is None:
        raise UnknownPurchase
    currency = current_rulebook().currency
    return PurchaseWithLines(
        **_facts(purchase, currency),
        lines=[
            _line_out(line, currency) for line in purchase.lines.order_by("position")
        ],
    )


def _to_show(purchases: QuerySet[Purchase]) -> QuerySet[Purchase, Any]:
    return with_points(purchases.select_related("member"))


def _listed(purchases: list[Any]) -> list[PurchaseShown]:
    currency = current_rulebook().currency
    return [PurchaseShown(**_facts(each, currency)) for each in purchases]


def _facts(purchase: Any, currency: str) -> dict[str, Any]:  # noqa: ANN401 -- with `earned`
    return {
        "id": purchase.public_id,
        "member": purchase.member.number,
        "source": purchase.source,
        "source_id": purchase.source_id,
        "amount": amount_text(purchase.amount_minor, currency),
        "currency": currency,
        "occurred_at": purchase.occurred_at,
        "posted_at": purchase.posted_at,
        "store": purchase.store,
        "channel": purchase.channel,
        "points": purchase.earned or 0,
        "voided_at": purchase.voided_at,
    }


def _line_out(line: PurchaseLine, currency: str) -> LineOut:
    return LineOut(
        position=line.position,
        sku=line.sku,
        name=line.name,
        category=line.category,
        quantity=f"{line.quantity.normalize():f}",
        amount=amount_text(line.amount_minor, currency),
        points=line.points,
    )
