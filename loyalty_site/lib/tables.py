"""Parts of tables: rows that are in order already, and columns by what they hold."""

from typing import Any

import django_tables2 as tables
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.data import TableListData

from loyalty_site.lib import formats
from loyalty_site.lib.keyset import KeysetPage

Text = str | Promise
NUMERIC = {"th": {"class": "num"}, "td": {"class": "num"}}
DASH = "\N{EN DASH}"
Anything = Any  # what columns take and rows hold


class OrderedRows(TableListData):
    """Rows that the database has put in order; the table only says by what."""

    def order_by(self, aliases: Anything) -> None:
        """Leave the rows as they are."""


class NumberColumn(tables.Column):
    """Whole numbers, right-aligned, with separators."""

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **{"attrs": NUMERIC, "default": DASH} | kwargs)

    def render(self, value: int) -> str:
        """Return 1,234."""
        return formats.number(value)


class SignedColumn(NumberColumn):
    """Points that came or went."""

    def render(self, value: int) -> str:
        """Return the points with their sign."""
        return formats.signed(value)


class DayColumn(tables.Column):
    """Days, as 2026-11-22."""

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        attrs = {"td": {"class": "nowrap tabular"}}
        super().__init__(*args, **{"attrs": attrs, "default": DASH} | kwargs)

    def render(self, value: Anything) -> str:
        """Return the day in the programme's zone."""
        return formats.day_dense(value)


class InstantColumn(DayColumn):
    """Instants, as 2026-11-22 23:04 in a time element."""

    def render(self, value: Anything) -> SafeString:
        """Return the instant in the programme's zone."""
        return format_html(
            '<time datetime="{}">{}</time>',
            value.isoformat(),
            formats.daytime_dense(value),
        )


def page_links(request: HttpRequest, page: KeysetPage[Any]) -> dict[str, str]:
    """Return the variables of `components/_pager.html` for a page by key."""
    return {
        "newer_url": _with_cursor(request, page.previous),
        "older_url": _with_cursor(request, page.following),
    }


def _with_cursor(request: HttpRequest, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"
