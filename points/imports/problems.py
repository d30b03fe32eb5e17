"""What can be wrong with a row: codes that are stored, and the sentences they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHOWN_CHARACTERS = 80

_CURRENCY_SIGN = _("Leave out the currency sign: write it like 1234.50.")
_WHOLE_UNITS = _("Write the units as a number from 0 with at most 3 decimals.")

SENTENCES: Mapping[str, str | Promise] = {
    "amount_decimals": _("The currency has at most %(digits)s decimals."),
    "amount_missing": _("The amount is missing."),
    "amount_negative": _(
        "A purchase cannot be negative. Import returns as refunds instead."
    ),
    "amount_sign": _CURRENCY_SIGN,
    "amount_too_large": _(
        "The amount is too large for a purchase. Check the decimal point."
    ),
    "amount_unreadable": _("This is not an amount. Write it like 1234.50."),
    "columns_wrong": _(
        "The row has %(found)s columns, the header has %(expected)s. "
        "Put values that hold a separator in quotation marks."
    ),
    "control_character": _(
        "There is an invisible control character in the value. Remove it."
    ),
    "currency_wrong": _(
        "The programme counts in %(currency)s. Convert the amount first."
    ),
    "date_ambiguous": _(
        "Day and month cannot be told apart. Choose the order of the date, "
        "or write it like 2026-11-22."
    ),
    "date_future": _("The purchase lies in the future."),
    "date_missing": _("The date is missing."),
    "date_too_old": _("The date lies before 1970."),
    "date_unreadable": _(
        "This is not a date. Write it like 2026-11-22 or 2026-11-22 14:30."
    ),
    "id_conflict": _(
        "A purchase with this id was posted before, with other content: "
        "%(found)s. Correct the row or give it an id of its own."
    ),
    "id_conflict_in_file": _(
        "Line %(line)s has the same id with other content. "
        "Correct one of them; neither is posted."
    ),
    "id_missing": _("The id is missing."),
    "line_alone": _("A quantity needs the line that it is of."),
    "line_too_long": _("The line is longer than %(limit)s characters."),
    "member_closed": _("The membership is closed."),
    "member_missing": _("The member is missing."),
    "member_unknown": _(
        "No member is known by this. Correct it, or choose to enrol unknown members."
    ),
    "part_too_large": _("A part of the amount cannot be more than the amount."),
    "position_unreadable": _("Write the line as a number: 1 is the first."),
    "purchase_missing": _("The id of the purchase is missing."),
    "purchase_unknown": _("No purchase of this source has this id."),
    "quotes_broken": _(
        "A quotation mark is opened and not closed, or stands inside a value. "
        "Write it twice inside a quoted value."
    ),
    "refund_beside": _("Another row of the same refund cannot be posted."),
    "refund_future": _("The refund lies in the future."),
    "refund_mixed": _("Of several rows of one refund, each needs a line of its own."),
    "refused": "%(reason)s",
    "too_long": _("At most %(limit)s characters fit here."),
    "too_many_codes": _("At most %(limit)s codes fit in a row."),
    "units_unreadable": _WHOLE_UNITS,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a row; `column` is the header's name, empty for the row."""

    code: str
    column: str = ""
    value: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong and how to mend it, in the reader's language."""
        return str(SENTENCES[self.code]) % dict(self.params)

    def as_json(self) -> dict[str, Any]:
        """Return what is stored on the row: never the whole of a giant value."""
        shown = self.value.replace("\0", "\N{SYMBOL FOR NULL}")
        if len(shown) > SHOWN_CHARACTERS:
            shown = f"{shown[:SHOWN_CHARACTERS]}…"
        return {
            "code": self.code,
            "column": self.column,
            "value": shown,
            "params": dict(self.params),
        }


def problems_from_json(stored: list[dict[str, Any]] | None) -> list[Problem]:
    """Return the problems stored on a row."""
    return [Problem(**each) for each in stored or []]
