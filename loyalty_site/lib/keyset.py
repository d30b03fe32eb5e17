"""Pages of lists that are too long to count or to skip through, by key."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet

T = TypeVar("T", bound=Model)
Anything = Any  # a value of any field
Column = Any  # any field of a model

PAGE_ROWS = 25
COUNT_LIMIT = 5_000


@dataclass(frozen=True)
class KeysetPage(Generic[T]):
    """Rows in the order asked for, and the cursors of the pages on either side.

    `previous` and `following` are empty where there is no such page.
    """

    rows: list[T]
    previous: str
    following: str


@dataclass(frozen=True)
class Count:
    """How many rows there are, or at least are where `is_exact` is False."""

    number: int
    is_exact: bool


@dataclass(frozen=True)
class _Cursor:
    is_forward: bool
    value: Any
    pk: int


def keyset_page(
    rows: QuerySet[T],
    *,
    order_by: str,
    column: str = "",
    cursor: str = "",
    size: int = PAGE_ROWS,
) -> KeysetPage[T]:
    """Return the page of `rows` at `cursor`, ordered by that field and then the id.

    `order_by` is a field that is never null, with a minus for descending; `column` is
    where the database finds the same value elsewhere, for the sake of an index. A cursor
    that cannot be read gives the first page: it may come from an edited address.
    """
    name = order_by.removeprefix("-")
    is_descending = order_by.startswith("-")
    place = _read(rows, name, cursor)
    is_forward = place is None or place.is_forward
    found, column = rows, column or name
    if place is not None:
        found = rows.filter(_beyond(column, place, below=is_descending == is_forward))
    sign = "-" if is_descending == is_forward else ""
    ordered = found.order_by(*dict.fromkeys([f"{sign}{column}", f"{sign}pk"]))
    page = list(ordered[: size + 1])
    has_more = len(page) > size
    page = page[:size]
    if not is_forward:
        page.reverse()
    has_previous = has_more if not is_forward else place is not None
    has_following = has_more if is_forward else place is not None
    return KeysetPage(
        page,
        previous=_write(page[:1], name, is_forward=False) if has_previous else "",
        following=_write(page[-1:], name, is_forward=True) if has_following else "",
    )


def count_up_to(rows: QuerySet[T], limit: int = COUNT_LIMIT) -> Count:
    """Count the rows, but stop looking after `limit` of them."""
    number = rows.order_by()[: limit + 1].count()
    return Count(min(number, limit), number <= limit)


def fenced(rows: QuerySet[T], limit: int = COUNT_LIMIT) -> QuerySet[T]:
    """Return the same rows, found first and sorted afterwards.

    For filters with at most `limit` hits: without the fence the planner may walk the
    sorted index of a million rows to find three.
    """
    ids = rows.order_by().values("pk")[: limit + 1]
    found: QuerySet[T] = rows.model._default_manager.filter(pk__in=ids)  # noqa: SLF001 -- public in Django
    return found


def _beyond(name: str, place: _Cursor, *, below: bool) -> Q:
    way = "lt" if below else "gt"
    if name in {"id", "pk"}:
        return Q(**{f"pk__{way}": place.pk})
    # The first condition alone can use the index; the second is exact about ties.
    return Q(**{f"{name}__{way}e": place.value}) & (
        Q(**{f"{name}__{way}": place.value}) | Q(**{f"pk__{way}": place.pk})
    )


def _write(rows: Sequence[Model], name: str, *, is_forward: bool) -> str:
    if not rows:
        return ""
    value = rows[0].serializable_value(name)
    text = json.dumps([int(is_forward), value, rows[0].pk], default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(rows: QuerySet[T], name: str, cursor: str) -> _Cursor | None:
    if not cursor or len(cursor) > 600:  # noqa: PLR2004 -- far longer than a name
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        is_forward, value, pk = json.loads(base64.urlsafe_b64decode(padded))
        # The fields of a model are public, whatever the underscore says.
        field = rows.model._meta.get_field("id" if name == "pk" else name)  # noqa: SLF001
        if not isinstance(pk, int) or abs(pk) >= 1 << 63:
            return None
        return _Cursor(bool(is_forward), _as_python(field, value), pk)
    except (
        binascii.Error,
        FieldDoesNotExist,
        TypeError,
        ValidationError,
        ValueError,
    ):
        return None


def _as_python(field: Column, value: Anything) -> Anything:
    if isinstance(value, str) and "\x00" in value:
        message = "No text of PostgreSQL holds a NUL."
        raise ValueError(message)
    return field.to_python(value)
