"""The API of statements: opening balance, lines, closing balance."""

from datetime import date, timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import BaseModel

from loyalty_site.apiaccess.errors import ParameterRefused
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import READ_PROBLEMS, Day, Instant
from loyalty_site.lib.periods import Period
from members.models import Member
from points.api.reading import member_of
from points.forms.statements import MOST_DAYS
from points.selectors.programme import current_programme
from points.selectors.statement import statement_of

router = Router(tags=["Points"])


class StatementLineOut(BaseModel):
    """One movement, and the balance after it; `title` and `why` are in the language asked for."""

    posted_at: Instant
    occurred_at: Instant
    title: str
    why: str
    points: int
    balance: int


class StatementOut(BaseModel):
    """What was posted on days of the programme's time zone, both inclusive.

    `opening` + `came` + `went` = `closing`. Of more than 2,000 lines the first ones are there and
    `is_cut` is true; the sums are of all.
    """

    member: str
    start: Day
    end: Day
    opening: int
    came: int
    went: int
    closing: int
    lines: list[StatementLineOut]
    is_cut: bool


@router.get(
    "/{number}/statement",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: StatementOut, **READ_PROBLEMS},
    summary="Read a member's statement",
    operation_id="read_statement",
)
def get_statement(
    request: ApiRequest,
    number: str,
    start: Annotated[Day, Query()],
    end: Annotated[Day, Query()],
) -> StatementOut:
    """Return the statement from `start` through `end`, at most 366 days."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    period = _period(start, end)
    member = Member.objects.get(pk=member_of(number=number).pk)
    found = statement_of(member, period, zone=current_programme().zone, at=now)
    return StatementOut(
        member=member.number,
        start=start,
        end=end,
        opening=found.opening,
        came=found.came,
        went=found.went,
        closing=found.closing,
        lines=[StatementLineOut(**vars(line)) for line in found.lines],
        is_cut=found.is_cut,
    )


def _period(start: date, end: date) -> Period:
    if end < start:
        raise ParameterRefused(_("The last day is before the first."), field="end")
    if (end - start).days >= MOST_DAYS or end >= date.max - timedelta(days=1):
        raise ParameterRefused(
            _("Choose at most %(days)s days.") % {"days": MOST_DAYS}, field="end"
        )
    return Period(start, end + timedelta(days=1))
