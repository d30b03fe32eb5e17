"""The list of transfers."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.actors import name_of_actor
from loyalty_site.lib.tables import InstantColumn, NumberColumn
from members.models import Member
from points.models import Transfer
from points.tables.ledger import PlainTable, member_link


class TransferTable(PlainTable):
    """Points from one member to another."""

    at = InstantColumn(_("When"))
    sender = tables.Column(_("Sender"), accessor="sender__member")
    receiver = tables.Column(_("Receiver"), accessor="receiver__member")
    points = NumberColumn(_("Points"))
    actor = tables.Column(_("By"))

    class Meta:
        caption = _("Transfers")

    def render_at(self, record: Transfer) -> SafeString:
        """Return the instant as a link to the transfer."""
        return format_html(
            '<a href="{}"><time datetime="{}">{}</time></a>',
            record.get_absolute_url(),
            record.at.isoformat(),
            formats.daytime_dense(record.at),
        )

    def render_sender(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_receiver(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_actor(self, value: str) -> str:
        """Return who did it without the kind of actor."""
        return name_of_actor(value)
