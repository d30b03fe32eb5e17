"""Columns of the points lists."""

from collections.abc import Mapping
from typing import ClassVar

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.actors import name_of_actor
from loyalty_site.lib.tables import (
    NUMERIC,
    Anything,
    InstantColumn,
    NumberColumn,
    OrderedRows,
    SignedColumn,
)
from members.models import Member
from points.filters import name_of_source
from points.models import Adjustment, Entry, Redemption, TierAssignment
from points.selectors.activity import PurchaseWithPoints

PILLS = {
    Redemption.State.CONFIRMED: "pill-warning",
    Redemption.State.FULFILLED: "pill-success",
    Redemption.State.CANCELLED: "",
    Redemption.State.EXPIRED: "",
    Redemption.State.REVERSED: "",
}


ADJUSTMENT_PILLS: Mapping[str, str] = {
    Adjustment.State.WAITING: "pill-warning",
    Adjustment.State.POSTED: "pill-success",
    Adjustment.State.REFUSED: "",
}
ASSIGNMENT_PILLS: Mapping[str, str] = {
    TierAssignment.State.WAITING: "pill-warning",
    TierAssignment.State.ACTIVE: "pill-success",
    TierAssignment.State.REFUSED: "pill-danger",
}


class PlainTable(tables.Table):
    """Rows in the order the database gave, by columns that cannot be sorted."""

    def __init__(self, rows: Anything, **kwargs: Anything) -> None:
        super().__init__(OrderedRows(list(rows)), orderable=False, **kwargs)


class EntryTable(PlainTable):
    """Entries of the ledger."""

    occurred_at = InstantColumn(_("When"))
    member = tables.Column(_("Member"), accessor="account__member")
    kind = tables.Column(_("Kind"))
    reason = tables.Column(_("Source"), accessor="source", empty_values=())
    points = SignedColumn(_("Points"))
    actor = tables.Column(_("By"))

    class Meta:
        caption = _("Entries of the ledger")

    def render_occurred_at(self, record: Entry) -> SafeString:
        """Return the instant as a link to the explanation."""
        return format_html(
            '<a href="{}"><time datetime="{}">{}</time></a>',
            record.get_absolute_url(),
            record.occurred_at.isoformat(),
            formats.daytime_dense(record.occurred_at),
        )

    def render_member(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_kind(self, record: Entry) -> str:
        """Return the kind in words."""
        return record.get_kind_display()

    def render_reason(self, record: Entry) -> SafeString:
        """Return the source, with the reason below."""
        note = record.reason_text or record.source_id
        return format_html(
            '{}<span class="cell-note">{}</span>',
            name_of_source(record.source),
            shortened(note),
        )

    def render_actor(self, value: str) -> str:
        """Return who did it without the kind of actor."""
        return name_of_actor(value)


class PurchaseTable(PlainTable):
    """Purchases with what they earned."""

    occurred_at = InstantColumn(_("When"), accessor="purchase__occurred_at")
    member = tables.Column(_("Member"), accessor="purchase__member")
    source_id = tables.Column(_("Receipt"), accessor="purchase__source_id")
    store = tables.Column(_("Store"), accessor="purchase__store")
    amount = tables.Column(
        _("Amount"), accessor="purchase__amount_minor", attrs=NUMERIC
    )
    points = SignedColumn(_("Points"))

    class Meta:
        caption = _("Purchases")

    def __init__(self, rows: Anything, *, currency: str) -> None:
        self.currency = currency
        super().__init__(rows)

    def render_occurred_at(self, record: PurchaseWithPoints) -> SafeString:
        """Return the instant as a link to the purchase."""
        purchase = record.purchase
        voided = (
            format_html(' <span class="pill">{}</span>', _("Voided"))
            if purchase.voided_at
            else ""
        )
        return format_html(
            '<a href="{}"><time datetime="{}">{}</time></a>{}',
            purchase.get_absolute_url(),
            purchase.occurred_at.isoformat(),
            formats.daytime_dense(purchase.occurred_at),
            voided,
        )

    def render_member(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_source_id(self, record: PurchaseWithPoints) -> SafeString:
        """Return the id at the source, with the source below."""
        return format_html(
            '<span class="code">{}</span><span class="cell-note">{}</span>',
            shortened(record.purchase.source_id),
            record.purchase.source,
        )

    def render_amount(self, value: int) -> str:
        """Return the amount in the programme's currency."""
        return formats.money(value, self.currency)


class RedemptionTable(PlainTable):
    """Redemptions."""

    code = tables.Column(_("Code"))
    reward = tables.Column(_("Reward"))
    member = tables.Column(_("Member"), accessor="account__member")
    points = NumberColumn(_("Points"))
    at = InstantColumn(_("When"))
    state = tables.Column(_("State"))

    class Meta:
        caption = _("Redemptions")

    def render_code(self, record: Redemption) -> SafeString:
        """Return the code as a link to the redemption."""
        return format_html(
            '<a class="code nowrap" href="{}">{}</a>',
            record.get_absolute_url(),
            record.code,
        )

    def render_reward(self, record: Redemption) -> str:
        """Return the reward's name."""
        return record.reward.local_name

    def render_member(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_state(self, record: Redemption) -> SafeString:
        """Return the state as a pill."""
        return format_html(
            '<span class="pill {}">{}</span>',
            PILLS.get(Redemption.State(record.state), ""),
            record.get_state_display(),
        )


class AskedTable(PlainTable):
    """What somebody asked for, and another person may have to approve."""

    pills: ClassVar[Mapping[str, str]]

    asked_at = InstantColumn(_("Asked"))
    asked_by = tables.Column(_("By"))
    state = tables.Column(_("State"))

    def render_asked_at(self, record: Anything) -> SafeString:
        """Return the instant as a link to what was asked."""
        return format_html(
            '<a href="{}"><time datetime="{}">{}</time></a>',
            record.get_absolute_url(),
            record.asked_at.isoformat(),
            formats.daytime_dense(record.asked_at),
        )

    def render_asked_by(self, value: str) -> str:
        """Return who asked without the kind of actor."""
        return name_of_actor(value)

    def render_state(self, record: Anything) -> SafeString:
        """Return the state as a pill."""
        return format_html(
            '<span class="pill {}">{}</span>',
            self.pills.get(record.state, ""),
            record.get_state_display(),
        )


class AdjustmentTable(AskedTable):
    """Points given and taken by hand."""

    pills = ADJUSTMENT_PILLS

    member = tables.Column(_("Member"), accessor="account__member")
    reason = tables.Column(_("Reason"))
    points = SignedColumn(_("Points"))

    class Meta:
        caption = _("Adjustments")
        sequence = ("asked_at", "member", "reason", "points", "asked_by", "state")

    def render_member(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_reason(self, record: Adjustment) -> SafeString:
        """Return the reason, with the note below."""
        return format_html(
            '{}<span class="cell-note">{}</span>',
            record.get_reason_display(),
            shortened(record.note),
        )


class TierAssignmentTable(AskedTable):
    """Tiers by hand."""

    pills = ASSIGNMENT_PILLS

    member = tables.Column(_("Member"), accessor="account__member")
    tier = tables.Column(_("Tier"))
    ends_at = InstantColumn(_("Until"))

    class Meta:
        caption = _("Tiers by hand")
        sequence = ("asked_at", "member", "tier", "ends_at", "asked_by", "state")

    def render_member(self, value: Member) -> SafeString:
        """Return the member as a link."""
        return member_link(value)

    def render_tier(self, record: TierAssignment) -> SafeString:
        """Return the tier and how it is meant, with the reason below."""
        return format_html(
            '{} · {}<span class="cell-note">{}</span>',
            record.tier.local_name,
            record.get_kind_display(),
            shortened(record.reason),
        )


def member_link(member: Member) -> SafeString:
    """Return the member's name as a link, with the number below where it is another."""
    if member.display_name == member.number:
        return format_html(
            '<a class="code" href="{}">{}</a>', member.get_absolute_url(), member.number
        )
    return format_html(
        '<a href="{}">{}</a><span class="cell-note code">{}</span>',
        member.get_absolute_url(),
        member.display_name,
        member.number,
    )


def shortened(text: str, longest: int = 40) -> str:
    """Return the text, cut where it would break a table."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
