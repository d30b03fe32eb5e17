"""Columns of the fulfilment desk."""

from datetime import datetime

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.actors import name_of_actor
from loyalty_site.lib.tables import Anything, InstantColumn, NumberColumn
from members.models import Member
from points.models import Hold, Redemption
from points.tables.ledger import PlainTable, member_link


class DeskTable(PlainTable):
    """Redemptions that wait to be handed over."""

    code = tables.Column(_("Code"))
    reward = tables.Column(_("Reward"))
    member = tables.Column(_("Member"), accessor="account__member")
    store = tables.Column(_("Store"))
    waits = tables.Column(_("Waits since"), accessor="at")

    class Meta:
        caption = _("To hand over")

    def __init__(self, rows: Anything, *, at: datetime) -> None:
        self.at = at
        super().__init__(rows)

    def render_code(self, record: Redemption) -> SafeString:
        """Return the code as a link to the page where it is handed over."""
        return format_html(
            '<a class="code nowrap" href="{}">{}</a>',
            record.get_absolute_url(),
            record.code,
        )

    def render_reward(self, record: Redemption) -> SafeString:
        """Return the reward's name, with its kind below."""
        return format_html(
            '{}<span class="cell-note">{}</span>',
            record.reward.local_name,
            record.reward.get_kind_display(),
        )

    def render_member(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_waits(self, record: Redemption) -> SafeString:
        """Return since when it waits, and whether that is too long."""
        late = (
            format_html(' <span class="pill pill-danger">{}</span>', _("Late"))
            if record.is_late(self.at)
            else ""
        )
        return format_html(
            '<time class="nowrap" datetime="{}">{}</time>{}',
            record.at.isoformat(),
            formats.daytime_dense(record.at),
            late,
        )


class ApprovalTable(PlainTable):
    """Rewards that wait for a second person."""

    reward = tables.Column(_("Reward"))
    member = tables.Column(_("Member"), accessor="account__member")
    points = NumberColumn(_("Points"))
    actor = tables.Column(_("Asked by"))
    placed_at = InstantColumn(_("Asked"))
    expires_at = InstantColumn(_("Held until"))

    class Meta:
        caption = _("Waiting for approval")

    def render_reward(self, record: Hold) -> SafeString:
        """Return the reward as a link to the decision."""
        name = record.reward.local_name if record.reward else ""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), name)

    def render_member(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_actor(self, value: str) -> str:
        """Return who asked without the kind of actor."""
        return name_of_actor(value)
