"""The API of many purchases in one call."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import ValidationError

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import PROBLEMS, IdempotencyKey
from loyalty_site.lib.errors import DomainError
from members.references import Found, members_by_number
from points.amounts import amount_text
from points.api.batch_schemas import (
    BatchIn,
    BatchOut,
    BatchResult,
    RowProblem,
    Sent,
    Status,
)
from points.api.reading import read_purchase
from points.api.schemas import NewPurchaseIn, PurchaseOut
from points.selectors.programme import current_rulebook
from points.services.purchase_batches import post_purchase_batch
from points.services.purchase_types import NewPurchase, PostedPurchase

router = Router(tags=["Purchases"])
Row = tuple[NewPurchaseIn, Found, NewPurchase]


@router.post(
    "/batch",
    auth=BearerKey(ApiKey.Scope.PURCHASES_WRITE),
    response={200: BatchOut, **PROBLEMS},
    summary="Post up to 500 purchases",
    operation_id="post_purchases",
)
def post_batch(
    request: ApiRequest, body: BatchIn, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Post purchases of any members; each has its own result, in the order sent.

    A bad one is `refused` with its reason and the others are posted; one that was posted
    before is `known`. Mend the refused ones and send them with a new key.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def post() -> Answer:
        read = _read(body.purchases)
        rows = {n: row for n, row in enumerate(read) if not isinstance(row, RowProblem)}
        posted = post_purchase_batch(
            purchases=[purchase for _body, _member, purchase in rows.values()],
            at=now,
            actor=request.auth.actor,
        )
        outcomes = dict(zip(rows, posted, strict=True))
        results = [
            _refused(n, row)
            if isinstance(row, RowProblem)
            else _result(n, row, outcomes[n])
            for n, row in enumerate(read)
        ]
        counts = {
            status: sum(each.status == status for each in results)
            for status in ("posted", "known", "refused")
        }
        answer = BatchOut(results=results, **counts)
        return Answer(200, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=post)


def _read(purchases: Sequence[NewPurchaseIn | Sent]) -> list[Row | RowProblem]:
    bodies = [_body(each) for each in purchases]
    numbers = {
        body.member.number.upper()
        for body in bodies
        if isinstance(body, NewPurchaseIn) and body.member.number
    }
    members, currency = members_by_number(numbers), current_rulebook().currency
    return [
        body if isinstance(body, RowProblem) else _row(body, members, currency)
        for body in bodies
    ]


def _body(sent: NewPurchaseIn | Sent) -> NewPurchaseIn | RowProblem:
    if isinstance(sent, NewPurchaseIn):
        return sent
    try:
        return NewPurchaseIn.model_validate(sent)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return RowProblem(
            code="not_valid",
            detail=str(first["msg"]).removeprefix("Value error, ")[:300],
            field=".".join(str(part)[:40] for part in first["loc"]) or None,
        )


def _row(
    body: NewPurchaseIn, members: Mapping[str, Found], currency: str
) -> Row | RowProblem:
    try:
        known = members.get((body.member.number or "").upper())
        member, purchase = read_purchase(
            body, source_id=body.source_id, member=known, currency=currency
        )
    except DomainError as refusal:
        return _problem(refusal)
    return body, member, purchase


def _result(n: int, row: Row, outcome: PostedPurchase | DomainError) -> BatchResult:
    if isinstance(outcome, DomainError):
        return _refused(n, _problem(outcome))
    body, member, purchase = row
    answer = PurchaseOut(
        id=outcome.public_id,
        member=member.number,
        source=body.source,
        source_id=body.source_id,
        amount=amount_text(purchase.amount_minor, body.currency),
        currency=body.currency,
        occurred_at=body.occurred_at,
        points=outcome.points,
        is_new=outcome.is_new,
    )
    status: Status = "posted" if outcome.is_new else "known"
    return BatchResult(index=n, status=status, purchase=answer)


def _refused(n: int, problem: RowProblem) -> BatchResult:
    return BatchResult(index=n, status="refused", problem=problem)


def _problem(refusal: DomainError) -> RowProblem:
    return RowProblem(code=refusal.code, detail=str(refusal), field=refusal.field)
