"""Lists of the API by pages: one way everywhere, by cursors that only we can write."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from pydantic import BaseModel, Field

from loyalty_site.apiaccess.errors import CursorRefused
from loyalty_site.lib.keyset import keyset_page

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item", bound=BaseModel)
LARGEST_PAGE = 100
_OF_THE_PAGE = {"limit", "cursor"}


class PageQuery(BaseModel):
    """Which part of a list is asked for."""

    limit: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="How many at most.")
    ] = 50
    cursor: Annotated[
        str, Field(max_length=800, description="`next` of the page before.")
    ] = ""


class Page(BaseModel, Generic[Item]):
    """A part of a list; `next` is the cursor of the following one, null at the end."""

    items: list[Item]
    next: str | None


def page_of(
    request: HttpRequest,
    page: PageQuery,
    rows: QuerySet[Row],
    *,
    order_by: str,
    show: Callable[[list[Row]], list[Item]],
) -> tuple[list[Item], str | None]:
    """Return the items of the page and the cursor of the next; see `keyset_page`.

    A cursor holds for the list and the filters that it was given with: raises
    CursorRefused elsewhere, and for one that was edited.
    """
    signer = Signer(salt=f"api.cursor:{_what_is_listed(request)}")
    try:
        place = signer.unsign(page.cursor) if page.cursor else ""
    except BadSignature as error:
        raise CursorRefused from error
    found = keyset_page(rows, order_by=order_by, cursor=place, size=page.limit)
    following = signer.sign(found.following) if found.following else None
    return show(found.rows), following


def _what_is_listed(request: HttpRequest) -> str:
    filters = sorted(
        (name, value)
        for name, value in request.GET.items()
        if name not in _OF_THE_PAGE and value
    )
    return f"{request.path}?{filters}"
