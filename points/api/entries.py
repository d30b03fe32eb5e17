"""The API of the ledger: what moved a member's points, and why."""

from typing import Annotated

from ninja import Query, Router
from pydantic import BaseModel

from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.paging import Page, PageQuery, page_of
from loyalty_site.apiaccess.schemas import READ_PROBLEMS, Instant
from points.api.reading import member_of
from points.api.schemas import QuoteStep, quote_steps
from points.models import Entry
from points.selectors.traces import Explanation, explain_all

router = Router(tags=["Points"])


class TraceOut(BaseModel):
    """Why an entry has its points; `exact` is before the one rounding."""

    exact: str
    rounding: str
    tier: str | None
    tier_factor: str | None
    steps: list[QuoteStep]


class EntryOut(BaseModel):
    """A movement of points, never changed; `points` are signed.

    Of points that came, `left` are not spent yet; they can be spent from `effective_at`
    until `expires_at`. `reverses` is the entry that this one takes back.
    """

    id: int
    kind: Entry.Kind
    points: int
    occurred_at: Instant
    posted_at: Instant
    source: str
    source_id: str
    reason: str
    reverses: int | None
    effective_at: Instant | None
    expires_at: Instant | None
    left: int | None
    trace: TraceOut | None


class EntryPage(Page[EntryOut]):
    """Entries of a member, the newest first."""


@router.get(
    "/{number}/entries",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: EntryPage, **READ_PROBLEMS},
    summary="List a member's entries",
    operation_id="list_entries",
)
def list_entries(
    request: ApiRequest,
    number: str,
    page: Query[PageQuery],
    *,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> EntryPage:
    """List what moved the member's points, the newest first, each with its reasons.

    `since` is inclusive, `until` is not. Texts are in the language asked for.
    """
    rows = Entry.objects.filter(account=member_of(number=number).pk)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if until is not None:
        rows = rows.filter(occurred_at__lt=until)
    items, following = page_of(
        request,
        page,
        rows.select_related("lot"),
        order_by="-occurred_at",
        show=_entries_out,
    )
    return EntryPage(items=items, next=following)


def _entries_out(entries: list[Entry]) -> list[EntryOut]:
    explanations = explain_all([entry.trace for entry in entries])
    return [
        _entry_out(entry, why) for entry, why in zip(entries, explanations, strict=True)
    ]


def _entry_out(entry: Entry, why: Explanation | None) -> EntryOut:
    lot = getattr(entry, "lot", None)
    return EntryOut(
        id=entry.pk,
        kind=Entry.Kind(entry.kind),
        points=entry.points,
        occurred_at=entry.occurred_at,
        posted_at=entry.posted_at,
        source=entry.source,
        source_id=entry.source_id,
        reason=entry.reason_text,
        reverses=entry.reverses_id,
        effective_at=lot.effective_at if lot else None,
        expires_at=lot.expires_at if lot else None,
        left=lot.remaining if lot else None,
        trace=None if why is None else _trace_out(why),
    )


def _trace_out(why: Explanation) -> TraceOut:
    return TraceOut(
        exact=why.exact,
        rounding=why.rounding,
        tier=why.tier_name or None,
        tier_factor=why.tier_factor or None,
        steps=quote_steps(why.steps),
    )
