"""The list of merges."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.actors import name_of_actor
from loyalty_site.lib.tables import InstantColumn, NumberColumn
from members.models import Member
from points.models import Merge
from points.tables.ledger import PlainTable, member_link

PILLS = {
    Merge.State.WAITING: "pill-warning",
    Merge.State.DONE: "pill-success",
    Merge.State.REFUSED: "",
    Merge.State.UNDONE: "",
}


class MergeTable(PlainTable):
    """Memberships that went into others."""

    asked_at = InstantColumn(_("Asked"))
    gone = tables.Column(_("Goes"), accessor="gone__member")
    kept = tables.Column(_("Stays"), accessor="kept__member")
    points = NumberColumn(_("Points"))
    asked_by = tables.Column(_("By"))
    state = tables.Column(_("State"))

    class Meta:
        caption = _("Merges")

    def render_asked_at(self, record: Merge) -> SafeString:
        """Return the instant as a link to the merge."""
        return format_html(
            '<a href="{}"><time datetime="{}">{}</time></a>',
            record.get_absolute_url(),
            record.asked_at.isoformat(),
            formats.daytime_dense(record.asked_at),
        )

    def render_gone(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_kept(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_asked_by(self, value: str) -> str:
        """Return who asked without the kind of actor."""
        return name_of_actor(value)

    def render_state(self, record: Merge) -> SafeString:
        """Return the state as a pill."""
        return format_html(
            '<span class="pill {}">{}</span>',
            PILLS.get(Merge.State(record.state), ""),
            record.get_state_display(),
        )
