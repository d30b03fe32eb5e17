"""What the API is sent, read into the terms of the services."""

from loyalty_site.apiaccess.schemas import MemberReference
from members.references import Found, find_member
from points.amounts import minor_of, programme_currency
from points.api.schemas import QuotedPurchaseIn
from points.errors.posting import UnknownMember
from points.services.purchase_types import NewLine, NewPurchase


def read_purchase(
    body: QuotedPurchaseIn,
    *,
    source_id: str,
    member: Found | None = None,
    currency: str = "",
) -> tuple[Found, NewPurchase]:
    """Return the member and the purchase in the terms of the service.

    `member` and the programme's `currency` are given where they were looked up already.
    Raises WrongCurrency, AmountNotReadable naming the field, UnknownMember.
    """
    currency = programme_currency(body.currency, known=currency)
    amount_minor = minor_of(body.amount, currency, field="amount")
    lines = tuple(
        NewLine(
            amount_minor=minor_of(line.amount, currency, field=f"lines.{n}.amount"),
            quantity=line.quantity,
            sku=line.sku,
            name=line.name,
            category=line.category,
            brand=line.brand,
            labels=tuple(line.labels),
        )
        for n, line in enumerate(body.lines)
    )
    member = member or member_named(body.member)
    return member, NewPurchase(
        member_id=member.pk,
        source=body.source,
        source_id=source_id,
        amount_minor=amount_minor,
        occurred_at=body.occurred_at,
        store=body.store,
        channel=body.channel,
        units=body.units,
        payment=body.payment,
        **_parts(body, currency),
        codes=tuple(body.codes),
        lines=lines,
    )


def _parts(body: QuotedPurchaseIn, currency: str) -> dict[str, int]:
    """Return the parts of the amount that are told, in minor units."""
    return {
        f"{name}_minor": minor_of(text, currency, field=name)
        for name in ("discount", "tax", "delivery", "gift_card", "points_paid")
        if (text := getattr(body, name)) is not None
    }


def member_named(reference: MemberReference, *, field: str | None = None) -> Found:
    """Return the member of a reference, or raise UnknownMember about the `field`."""
    given = {
        name: getattr(reference, name) or ""
        for name in ("number", "card", "phone", "email")
    }
    if reference.identifier is not None:
        given |= reference.identifier.model_dump()
    member = find_member(**given)
    if member is None:
        raise UnknownMember(reference=str(reference), field=field)
    return member


def member_of(*, number: str) -> Found:
    """Return the member of an address, or raise UnknownMember."""
    is_sane = number.isascii() and number.isprintable()
    if not is_sane or (member := find_member(number=number)) is None:
        raise UnknownMember(reference=number)
    return member
