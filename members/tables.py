"""Columns of the members' list."""

from collections.abc import Sequence

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.actors import name_of_actor
from loyalty_site.lib.tables import (
    DASH,
    Anything,
    DayColumn,
    InstantColumn,
    NumberColumn,
    OrderedRows,
)
from members.models import Member, SegmentStay
from members.panels import Column, MemberColumns
from members.selectors.listing import Listed

KINDS: dict[str, type[tables.Column]] = {
    "text": tables.Column,
    "number": NumberColumn,
    "day": DayColumn,
}


class MemberTable(tables.Table):
    """Members, with contact data masked for those who may not see it."""

    name = tables.Column(
        _("Name"), accessor="member__full_name", empty_values=(), orderable=True
    )
    phone = tables.Column(
        _("Phone"), accessor="member__phone", orderable=False, default=DASH
    )
    joined = DayColumn(_("Joined"), accessor="member__enrolled_at", orderable=True)

    class Meta:
        caption = _("Members")
        sequence = ("name", "phone", "...", "joined")

    def __init__(
        self,
        rows: Sequence[Listed],
        *,
        columns: Sequence[MemberColumns],
        shows_contact: bool,
        sort: str,
    ) -> None:
        self.shows_contact = shows_contact
        super().__init__(
            OrderedRows(rows),
            order_by=sort,
            order_by_field="sort",
            extra_columns=[
                (each.slug, _column(each))
                for source in columns
                for each in source.columns
            ],
        )

    def render_name(self, record: Listed) -> SafeString:
        """Return the name as a link, with the number below."""
        member = record.member
        closed = (
            format_html(' <span class="pill">{}</span>', _("Closed"))
            if not member.is_open
            else ""
        )
        return format_html(
            '<a href="{}">{}</a>{}<span class="cell-note code">{}</span>',
            member.get_absolute_url(),
            member.full_name or _("No name"),
            closed,
            member.number,
        )

    def render_phone(self, value: Anything) -> SafeString:
        """Return the phone, masked where the role does not see it."""
        shown = formats.phone if self.shows_contact else formats.masked_phone
        return format_html('<span class="nowrap tabular">{}</span>', shown(value))


class StayTable(tables.Table):
    """Who is in a segment."""

    member = tables.Column(_("Member"))
    joined_at = InstantColumn(_("In it since"))
    joined_by = tables.Column(_("Added by"))

    class Meta:
        caption = _("Members of the segment")

    def __init__(self, rows: Sequence[SegmentStay]) -> None:
        super().__init__(OrderedRows(rows), orderable=False)

    def render_member(self, value: Member) -> SafeString:
        """Return the name as a link, with the number below."""
        return format_html(
            '<a href="{}">{}</a><span class="cell-note code">{}</span>',
            value.get_absolute_url(),
            value.full_name or _("No name"),
            value.number,
        )

    def render_joined_by(self, value: str) -> str:
        """Return who did it without the kind of actor."""
        return name_of_actor(value)


def _column(column: Column) -> tables.Column:
    return KINDS[column.kind](
        column.label, accessor=f"more__{column.slug}", orderable=False
    )


def contact_of(member: Member, *, shows_contact: bool) -> tuple[str, str]:
    """Return e-mail and phone as the reader may see them."""
    if shows_contact:
        return member.email, formats.phone(member.phone)
    return formats.masked_email(member.email), formats.masked_phone(member.phone)
