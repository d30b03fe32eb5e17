"""The list of merges."""

from collections.abc import Mapping

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.tables import NumberColumn
from members.models import Member
from points.models import Merge
from points.tables.ledger import AskedTable, member_link

PILLS: Mapping[str, str] = {
    Merge.State.WAITING: "pill-warning",
    Merge.State.DONE: "pill-success",
    Merge.State.REFUSED: "",
    Merge.State.UNDONE: "",
}


class MergeTable(AskedTable):
    """Memberships that went into others."""

    pills = PILLS

    gone = tables.Column(_("Goes"), accessor="gone__member")
    kept = tables.Column(_("Stays"), accessor="kept__member")
    points = NumberColumn(_("Points"))

    class Meta:
        caption = _("Merges")
        sequence = ("asked_at", "gone", "kept", "points", "asked_by", "state")

    def render_gone(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_kept(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)
