"""The members' list: one page of it, or all of it for a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from loyalty_site.lib.keyset import Count, KeysetPage, count_up_to, fenced, keyset_page
from members.models import Member, MemberQuerySet
from members.panels import MemberColumns
from members.selectors.search import exact_matches, matching

SORTS = {
    "-joined": "-enrolled_at",
    "joined": "enrolled_at",
    "name": "full_name",
    "-name": "-full_name",
}
DEFAULT_SORT = "-joined"
EXPORT_ROWS = 2000


@dataclass(frozen=True)
class Listed:
    """A member, and what the further columns say by their slug."""

    member: Member
    more: Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list; `sort` is a key of SORTS.

    `columns` are what the filters say of the fields that are sorted by.
    """

    text: str = ""
    sort: str = DEFAULT_SORT
    cursor: str = ""
    is_narrowed: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """A page of the list, and how many members there are in all."""

    rows: list[Listed]
    count: Count
    page: KeysetPage[Member] = field(repr=False)


def list_members(
    members: MemberQuerySet,
    wanted: Wanted,
    *,
    columns: Sequence[MemberColumns],
    at: datetime,
) -> Listing:
    """Return a page of the members that hold the text, exact hits on top.

    Counts up to a limit only, so that it stays fast with millions of members.
    """
    exact = exact_matches(members, wanted.text) if wanted.text else []
    found = matching(members, wanted.text).exclude(pk__in=[each.pk for each in exact])
    count = count_up_to(found)
    order_by = SORTS.get(wanted.sort, SORTS[DEFAULT_SORT])
    column = "" if wanted.text else wanted.columns.get(order_by.removeprefix("-"), "")
    is_narrow = wanted.text or (wanted.is_narrowed and not column)
    page = keyset_page(
        fenced(found) if is_narrow and count.is_exact else found,
        order_by=order_by,
        column=column,
        cursor=wanted.cursor,
    )
    shown = page.rows if wanted.cursor else [*exact, *page.rows]
    return Listing(
        rows=listed(shown, columns=columns, at=at),
        count=Count(count.number + len(exact), count.is_exact),
        page=page,
    )


def listed(
    members: Sequence[Member], *, columns: Sequence[MemberColumns], at: datetime
) -> list[Listed]:
    """Return the members with their further columns, one look-up for each source."""
    ids = [member.pk for member in members]
    loaded = [each.load(ids, at) for each in columns] if ids else []
    return [
        Listed(
            member,
            {
                slug: value
                for source in loaded
                for slug, value in source.get(member.pk, {}).items()
            },
        )
        for member in members
    ]


def all_matching(members: MemberQuerySet, text: str) -> MemberQuerySet:
    """Return every member that holds the text, exact hits among them."""
    exact = [each.pk for each in exact_matches(members, text)] if text else []
    found = matching(members, text)
    return found | members.filter(pk__in=exact) if exact else found


def all_listed(
    members: MemberQuerySet,
    text: str,
    *,
    columns: Sequence[MemberColumns],
    at: datetime,
) -> Iterator[Listed]:
    """Yield every member that holds the text, by name, in constant memory."""
    ordered = (
        all_matching(members, text)
        .order_by("full_name", "pk")
        .iterator(chunk_size=EXPORT_ROWS)
    )
    while chunk := list(islice(ordered, EXPORT_ROWS)):
        yield from listed(chunk, columns=columns, at=at)
