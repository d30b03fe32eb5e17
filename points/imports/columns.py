"""Which column of the file holds what, and how its dates are written."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import TextChoices
from django.utils.translation import gettext as _, gettext_lazy

from points.imports.errors import ColumnsNotMapped


class DateOrder(TextChoices):
    """How a date with slashes or dots is read."""

    YEAR_FIRST = "ymd", gettext_lazy("Year first, such as 2026-11-22")
    DAY_FIRST = "dmy", gettext_lazy("Day first, such as 22/11/2026")
    MONTH_FIRST = "mdy", gettext_lazy("Month first, such as 11/22/2026")


FIELD_LABELS = {
    "member": gettext_lazy("Member"),
    "at": gettext_lazy("Date, or date and time"),
    "amount": gettext_lazy("Amount"),
    "id": gettext_lazy("Id of the purchase"),
    "store": gettext_lazy("Store"),
    "units": gettext_lazy("Units"),
    "currency": gettext_lazy("Currency"),
    "payment": gettext_lazy("Paid with"),
    "codes": gettext_lazy("Promotion codes"),
    "discount": gettext_lazy("Discount"),
    "tax": gettext_lazy("Tax"),
    "delivery": gettext_lazy("Delivery"),
    "gift_card": gettext_lazy("Paid with gift cards"),
}
# What they say goes into `more`: parts of the amount, and the rest.
PARTS = ("discount", "tax", "delivery", "gift_card")
REQUIRED = ("member", "at", "amount")
FIELDS = tuple(FIELD_LABELS)
# A file to begin with: every field by its own name, and one purchase.
TEMPLATE = (
    FIELDS,
    (
        *("00042", "2026-11-20 14:30", "129.50", "A1", "central", "3", "{currency}"),
        *("visa", "AUTUMN", "10.00", "9.50", "5.00", "20.00"),
    ),
)

TELLING = 3  # characters, for a word inside a longer name
# The first column whose name is, or else holds, one of these words.
_USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "member": (
        *("member", "member_id", "member_number", "customer_id", "customer", "card"),
        *(
            "household_id",
            "card_number",
            "loyalty",
            "会员",
            "會員",
            "客户",
            "客戶",
            "卡号",
        ),
    ),
    "at": (
        *(
            "at",
            "date",
            "occurred_at",
            "datetime",
            "timestamp",
            "ts",
            "time",
            "when",
            "day",
        ),
        *("日期", "时间", "時間"),
    ),
    "amount": (
        *("amount", "total", "sales_value", "value", "spend", "net", "price"),
        *("金额", "金額", "总额", "總額"),
    ),
    "id": (
        *("id", "purchase_id", "order_id", "transaction_id", "receipt", "basket_id"),
        *("order", "transaction", "basket", "invoice", "单号", "單號", "订单", "訂單"),
    ),
    "store": ("store", "store_id", "shop", "branch", "outlet", "门店", "門市", "店"),
    "units": ("units", "quantity", "qty", "items", "number_of", "数量", "數量", "件数"),
    "currency": ("currency", "ccy", "币种", "貨幣"),
    "payment": (
        *("payment", "payment_method", "paid_with", "tender"),
        *("支付方式", "付款方式"),
    ),
    "codes": (
        *("codes", "promo_codes", "promo_code", "coupon_code", "coupon"),
        *("优惠码", "優惠碼", "促销码"),
    ),
    "discount": ("discount", "折扣", "优惠金额"),
    "tax": ("tax", "vat", "gst", "税额", "稅額"),
    "delivery": ("delivery", "shipping", "freight", "运费", "運費"),
    "gift_card": ("gift_card", "giftcard", "gift_cards", "礼品卡", "禮品卡"),
}


@dataclass(frozen=True)
class ColumnMap:
    """The columns by field, and how values are read.

    An empty zone is the programme's; an empty member system is the file's source.
    """

    columns: Mapping[str, str]
    date_order: str = DateOrder.YEAR_FIRST
    time_zone: str = ""
    member_system: str = ""
    delimiter: str = ","
    header: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return what is stored with the import."""
        stored = asdict(self)
        stored["columns"] = dict(sorted(self.columns.items()))
        stored["header"] = list(self.header)
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the map that was stored."""
        return cls(**{**stored, "header": tuple(stored["header"])})

    def zone(self, *, programme_zone: str) -> ZoneInfo:
        """Return the zone of times without an offset; raises ColumnsNotMapped."""
        name = self.time_zone or programme_zone
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ColumnsNotMapped(
                _("“%(name)s” is not a time zone. Write it like Asia/Hong_Kong.")
                % {"name": name[:60]},
                field="time_zone",
            ) from error

    def positions(self) -> dict[str, int]:
        """Return the place of each mapped column in the header."""
        return {name: self.header.index(held) for name, held in self.columns.items()}


def parse_columns(text: str, *, fields: Sequence[str] = FIELDS) -> dict[str, str]:
    """Read `member=COLUMN,at=COLUMN,amount=COLUMN`; raises ColumnsNotMapped."""
    columns: dict[str, str] = {}
    for part in text.split(","):
        name, equals, column = part.partition("=")
        name = name.strip()
        if not equals or name not in fields or name in columns:
            raise ColumnsNotMapped(
                _(
                    "“%(part)s” is not understood. Write pairs such as member=COLUMN of: %(names)s."
                )
                % {"part": part.strip(), "names": ", ".join(fields)}
            )
        columns[name] = column.strip()
    return columns


def check_columns(
    columns: Mapping[str, str],
    header: Sequence[str],
    *,
    required: Sequence[str] = REQUIRED,
) -> None:
    """Refuse a map that misses a field or names a column that is not there."""
    missing = [name for name in required if not columns.get(name)]
    if missing:
        raise ColumnsNotMapped(
            _("Say which column holds the %(name)s.") % {"name": missing[0]},
            field=missing[0],
        )
    for name, column in columns.items():
        if column not in header:
            raise ColumnsNotMapped(
                _("Line 1 names no column “%(column)s”. It names: %(header)s.")
                % {"column": column, "header": ", ".join(header)},
                field=name,
            )
    held = list(columns.values())
    if doubled := next((name for name in held if held.count(name) > 1), None):
        raise ColumnsNotMapped(
            _("The column “%(column)s” cannot hold two things.") % {"column": doubled}
        )


def guess_columns(
    header: Sequence[str], *, usual: Mapping[str, Sequence[str]] = _USUAL_NAMES
) -> dict[str, str]:
    """Return the columns whose names tell what they hold."""
    free = {_plain(name): name for name in header if name}
    guessed: dict[str, str] = {}
    for is_found in (_is, _has):
        for field_name, words in usual.items():
            if field_name in guessed:
                continue
            if plain := is_found(words, free):
                guessed[field_name] = free.pop(plain)
    return guessed


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return folded.strip().replace(" ", "_").replace("-", "_")


def _is(words: Sequence[str], names: Mapping[str, str]) -> str:
    return next((word for word in words if word in names), "")


def _has(words: Sequence[str], names: Mapping[str, str]) -> str:
    telling = [word for word in words if len(word) >= TELLING or not word.isascii()]
    hits = (name for word in telling for name in names if word in name)
    return next(hits, "")
