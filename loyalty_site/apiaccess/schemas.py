"""Shapes that the routers of all apps share: instants, amounts, references, problems."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Header
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
# Years outside leave no room for arithmetic with zones and expiry.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


def read_instant(value: object) -> datetime:
    """Read an RFC 3339 instant; raise ValueError with a sentence."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError(
            _(
                "Write an instant with its offset, like 2026-03-01T12:30:00+08:00. "
                "In an address the plus sign is %2B."
            )
        )
    try:
        instant = datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError(_("There is no such date or time.")) from error
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise ValueError(_("There is no such date or time."))
    return instant


def read_day(value: object) -> date:
    """Read an ISO 8601 day; raise ValueError with a sentence."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(_("Write a day like 1990-02-28."))
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_("There is no such day.")) from error
    if day.year < _FIRST_YEAR:
        raise ValueError(_("There is no such day."))
    return day


def read_quantity(value: object) -> Decimal:
    """Read a quantity from its decimal text; raise ValueError with a sentence."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError(_('Write a quantity as text, like "1" or "0.250".'))
    try:
        return Decimal(value).quantize(Decimal("0.001"))
    except InvalidOperation as error:
        raise ValueError(_("The quantity is too large.")) from error


Instant = Annotated[
    datetime,
    BeforeValidator(read_instant),
    PlainSerializer(lambda at: at.isoformat(), return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "examples": ["2026-03-01T12:30:00+08:00"],
        }
    ),
]
Day = Annotated[
    date,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["1990-02-28"]}),
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(read_quantity),
    WithJsonSchema(
        {"type": "string", "pattern": f"^{_DECIMAL.pattern}$", "examples": ["1"]}
    ),
]
AmountText = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"),
    Field(description="A decimal as text, never a binary float.", examples=["128.50"]),
]
Currency = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["HKD"])
]


def one_line(longest: int, *, shortest: int = 0) -> StringConstraints:
    """Return what a text of one line must be, after trimming."""
    return StringConstraints(
        strip_whitespace=True,
        min_length=shortest,
        max_length=longest,
        pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$",
    )


IdempotencyKey = Annotated[
    str,
    StringConstraints(pattern=r"^[\x21-\x7e]{1,120}$"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[\x21-\x7e]{1,120}$",
            "examples": ["till-7-2026-03-01-000123"],
        }
    ),
    Header(
        alias="Idempotency-Key",
        description="A random key of your own for each write; send it again to repeat.",
    ),
]


class Input(BaseModel):
    """A body: names that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class ExternalId(Input):
    """A value that another system knows the member by."""

    system: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
    value: Annotated[str, one_line(80, shortest=1)]


class MemberReference(Input):
    """One way to name a member; give exactly one."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"number": "M7Q2K9XW4BT"}]}
    )

    number: Annotated[str, one_line(20, shortest=1)] | None = None
    card: Annotated[str, one_line(80, shortest=1)] | None = None
    phone: Annotated[str, one_line(40, shortest=1)] | None = None
    email: Annotated[str, one_line(254, shortest=1)] | None = None
    identifier: ExternalId | None = None

    @model_validator(mode="after")
    def is_one(self) -> "MemberReference":
        """Refuse none and several, which might name two people."""
        if len(self.given) != 1:
            raise ValueError(
                _("Give exactly one of number, card, phone, email, identifier.")
            )
        return self

    @property
    def given(self) -> dict[str, Any]:
        """What was given, by name."""
        return {name: value for name, value in self if value is not None}

    def __str__(self) -> str:
        (value,) = self.given.values()
        return value.value if isinstance(value, ExternalId) else str(value)


class FieldProblem(BaseModel):
    """One field that does not fit."""

    field: str
    code: str
    detail: str


class Problem(BaseModel):
    """An RFC 9457 problem; `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None
    hint: str | None
    request_id: str
    errors: list[FieldProblem] | None = None


PROBLEMS: dict[int, type[Problem]] = {
    400: Problem,
    401: Problem,
    403: Problem,
    404: Problem,
    409: Problem,
    413: Problem,
    415: Problem,
    422: Problem,
    503: Problem,
}
READ_PROBLEMS = dict.fromkeys((400, 401, 403, 404, 422), Problem)
