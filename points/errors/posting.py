"""Refusals of the points engine: each says what is wrong and what would be right."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.errors import DomainError


class UnknownMember(DomainError):
    """No member is known by that reference."""

    code = "unknown_member"
    field = "member"
    status = 404

    def __init__(self, *, reference: str, field: str | None = None) -> None:
        super().__init__(
            _("No member is known as “%(reference)s”. Enrol the member first.")
            % {"reference": reference[:80]},
            field=field,
        )


class UnknownPurchase(DomainError):
    """No purchase is known by that reference."""

    code = "unknown_purchase"
    field = "purchase"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No purchase is known by this reference. Post it first."))


class UnknownRefund(DomainError):
    """No refund is known by that id."""

    code = "unknown_refund"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No refund is known by this id."))


class MembershipClosed(DomainError):
    """The membership is closed, so nothing is posted to it."""

    code = "member_closed"
    field = "member"

    def __init__(self) -> None:
        super().__init__(_("This membership is closed; nothing can be posted to it."))


class AmountNegative(DomainError):
    """A purchase has an amount of zero or more."""

    code = "amount_negative"
    field = "amount"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("The amount of a purchase is zero or more. Post a return as a refund.")
        )


class PartDoesNotFit(DomainError):
    """A part of a purchase is below zero, or larger than the purchase."""

    code = "part_does_not_fit"
    status = 422

    def __init__(self, *, part: str) -> None:
        super().__init__(
            _("A part of the amount is below zero or larger than the amount."),
            field=part,
        )


class LinesDoNotAddUp(DomainError):
    """The lines of a purchase come to another amount than the purchase."""

    code = "lines_do_not_add_up"
    field = "lines"
    status = 422

    def __init__(self, *, lines_minor: int, amount_minor: int) -> None:
        super().__init__(
            _("The lines come to %(lines)s, the purchase to %(amount)s minor units.")
            % {"lines": lines_minor, "amount": amount_minor}
        )


class InTheFuture(DomainError):
    """Something is said to have happened later than now."""

    code = "in_the_future"
    field = "occurred_at"
    status = 422

    def __init__(self, *, occurred_at: datetime) -> None:
        super().__init__(
            _("%(at)s is in the future. Check the date and its time zone.")
            % {"at": occurred_at.isoformat(timespec="minutes")}
        )


class TooLongAgo(DomainError):
    """A till posted something older than the back-dating window."""

    code = "too_long_ago"
    field = "occurred_at"
    status = 422

    def __init__(self, *, occurred_at: datetime, days: int) -> None:
        super().__init__(
            _(
                "%(at)s is more than %(days)s days ago. "
                "Import older purchases from a file."
            )
            % {"at": occurred_at.isoformat(timespec="minutes"), "days": days}
        )


class PurchaseConflict(DomainError):
    """The source posted this id before, with another content."""

    code = "purchase_conflict"
    field = "source_id"

    def __init__(self, *, source_id: str, amount_minor: int) -> None:
        super().__init__(
            _(
                "Purchase %(id)s was posted before with other content "
                "(%(amount)s minor units). Use another id, or correct the source."
            )
            % {"id": source_id, "amount": amount_minor}
        )


class NothingToUndo(DomainError):
    """It is undone already, is too long ago, or is not the last thing that was done."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__(_("This cannot be undone here any more."))


class KeyReused(DomainError):
    """A key that moved points before comes with another content."""

    code = "key_reused"
    field = "key"
    status = 422

    def __init__(self, *, key: str) -> None:
        super().__init__(
            _("The key %(key)s was used before for something else.") % {"key": key}
        )


class InsufficientPoints(DomainError):
    """More points are asked for than can be spent now."""

    code = "insufficient_points"
    field = "points"

    def __init__(self, *, available: int, needed: int) -> None:
        super().__init__(
            _("The member has %(available)s points available, %(needed)s are needed.")
            % {"available": available, "needed": needed}
        )
        self.available = available
        self.needed = needed


class PurchaseVoided(DomainError):
    """Nothing comes back of a purchase that does not count."""

    code = "purchase_voided"

    def __init__(self) -> None:
        super().__init__(_("This purchase is voided; there is nothing to refund."))


class NothingToRefund(DomainError):
    """The whole amount came back already, or nothing is asked for."""

    code = "nothing_to_refund"
    field = "amount"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("There is nothing to refund. Enter an amount above zero."))


class RefundTooLarge(DomainError):
    """More comes back than is left of the purchase or of its line."""

    code = "refund_too_large"
    field = "amount"
    status = 422

    def __init__(self, *, left_minor: int, currency: str) -> None:
        super().__init__(
            _("At most %(left)s can be refunded.")
            % {"left": formats.money(left_minor, currency)}
        )


class RefundTooEarly(DomainError):
    """A refund is said to have happened before its purchase."""

    code = "refund_too_early"
    field = "occurred_at"
    status = 422

    def __init__(self, *, purchased_at: datetime) -> None:
        super().__init__(
            _("The purchase was at %(at)s; a refund comes later.")
            % {"at": purchased_at.isoformat(timespec="minutes")}
        )


class UnknownLine(DomainError):
    """The purchase has no line at that position."""

    code = "unknown_line"
    field = "lines"
    status = 422

    def __init__(self, *, position: int) -> None:
        super().__init__(
            _("The purchase has no line %(position)s, or it is named twice.")
            % {"position": position}
        )


class OwnAdjustment(DomainError):
    """Nobody approves what they asked for themselves."""

    code = "own_adjustment"

    def __init__(self) -> None:
        super().__init__(
            _("You asked for this yourself. Another person has to approve it.")
        )


class AdjustmentDecided(DomainError):
    """The adjustment was posted or refused before."""

    code = "adjustment_decided"

    def __init__(self, *, state: str) -> None:
        super().__init__(_("This adjustment is already: %(state)s.") % {"state": state})


class NameTaken(DomainError):
    """Another rule, reward or tier has the name."""

    code = "name_taken"
    field = "name"

    def __init__(self, *, name: str, field: str | None = None) -> None:
        super().__init__(
            _("“%(name)s” is taken. Choose another one.") % {"name": name}, field=field
        )


class ParametersRefused(DomainError):
    """The parameters do not fit the kind of the rule."""

    code = "parameters_refused"
    status = 422

    def __init__(self, *, sentences: list[str]) -> None:
        super().__init__(
            _("The rule cannot work like this: %(reasons)s")
            % {"reasons": formats.sentences(*sentences)}
        )


class RuleKindFixed(DomainError):
    """A rule stays of its kind; another kind is another rule."""

    code = "rule_kind_fixed"

    def __init__(self) -> None:
        super().__init__(_("A rule stays of its kind. Add another rule instead."))


class StockTooLow(DomainError):
    """Fewer pieces are left than are taken out of the stock."""

    code = "stock_too_low"
    field = "pieces"

    def __init__(self, *, pieces: int) -> None:
        super().__init__(
            _("Meanwhile only %(pieces)s pieces are left. Look again and correct it.")
            % {"pieces": pieces}
        )


class CurrencyFixed(DomainError):
    """Amounts are stored in the currency, so it stays once there are purchases."""

    code = "currency_fixed"
    field = "currency"

    def __init__(self, *, currency: str) -> None:
        super().__init__(
            _("There are purchases in %(currency)s, so the currency stays.")
            % {"currency": currency}
        )


class UnknownAdjustment(DomainError):
    """No adjustment is known by that id."""

    code = "unknown_adjustment"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No adjustment is known by this id."))


class NoPointsAsked(DomainError):
    """An adjustment of 0 points moves nothing."""

    code = "no_points_asked"
    field = "points"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Write points to give, or with a minus points to take."))


class NoteNeeded(DomainError):
    """The reason of an adjustment alone says nothing."""

    code = "note_needed"
    field = "note"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Say in a few words why."))
