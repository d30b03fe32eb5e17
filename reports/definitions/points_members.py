"""The members behind the lines of the roll-forward and the buckets of the ageing."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from points.models import Entry
from reports.definitions.base import Behind, MemberColumn, Text
from reports.errors import NoSuchFigure
from reports.models import MemberSummary
from reports.selectors import books as selectors
from reports.statistics.books import (
    GIVEN,
    NO_END,
    TAKEN,
    AgedRow,
    State,
    left_after,
    outstanding,
    roll_forward,
)
from reports.windows import AsOf, Months, month_of_key

MEMBER = MemberColumn(_("Member"), "member", "member")
LAST_ORDER = MemberColumn(_("Last order"), "last_on", "day")
LONGEST_KIND = 24
BUCKET_LABELS: dict[str, Text] = {
    "age-0": _("Under 3 months old"),
    "age-3": _("3 to 5 months old"),
    "age-6": _("6 to 11 months old"),
    "age-12": _("12 to 23 months old"),
    "age-24": _("24 months old or more"),
    "left-1": _("Ends within a month"),
    "left-2": _("Ends in 2 to 3 months"),
    "left-4": _("Ends in 4 to 6 months"),
    "left-7": _("Ends in 7 to 12 months"),
    "left-13": _("Ends in more than 12 months"),
    NO_END: _("Does not end"),
    "over": _("Over, not yet written off"),
}
STATE_LABELS = {
    State.ACTIVE: _("%(bucket)s, active"),
    State.PENDING: _("%(bucket)s, pending"),
}
_MOVES: dict[str, Text] = {
    GIVEN: _("Adjusted upward"),
    TAKEN: _("Adjusted downward"),
}


def name_of_move(name: str) -> Text:
    """Return what a kind of movement is called; unknown kinds keep their own name."""
    if name in _MOVES:
        return _MOVES[name]
    return Entry.Kind(name).label if name in Entry.Kind.values else name


def behind_figure(query: Mapping[str, str], as_of: AsOf) -> Behind:
    """Return the members behind a figure; NoSuchFigure where the query names none."""
    last = month_of_key(query.get("to", query.get("from", "")))
    if last is None or last > as_of.month:
        raise NoSuchFigure
    if bucket := query.get("bucket"):
        return _behind_bucket(bucket, query.get("state", ""), last, as_of)
    first = month_of_key(query.get("from", ""))
    if first is None or last < first:
        raise NoSuchFigure
    return behind_line(query.get("line", ""), Months(first, last))


def behind_line(line: str, months: Months) -> Behind:
    """Return the members behind a line of the roll-forward of these months."""
    if not 0 < len(line) <= LONGEST_KIND:
        raise NoSuchFigure
    rows = selectors.books().rows
    moves = roll_forward(rows, months.first, months.last).moves
    total = sum(move.points for move in moves if move.name == line)
    directions = {GIVEN: ("adjust", True), TAKEN: ("adjust", False)}
    kind, is_in = directions.get(line, (line, None))
    return _behind(
        gettext("%(figure)s, %(months)s")
        % {"figure": name_of_move(line), "months": months.label},
        selectors.with_line(kind, months.first, months.last, is_in=is_in),
        MemberColumn(_("Points"), "value", "signed"),
        total,
    )


def _behind_bucket(bucket: str, state: str, month: date, as_of: AsOf) -> Behind:
    if bucket not in BUCKET_LABELS or state not in {"", *STATE_LABELS}:
        raise NoSuchFigure
    is_over = as_of.is_over(month)
    title = str(BUCKET_LABELS[bucket])
    if state:
        title = str(STATE_LABELS[State(state)]) % {"bucket": title}
    wanted = [State(state)] if state else [State.ACTIVE, State.PENDING]
    if bucket == "over":
        wanted = [State.OVER]
    condition = selectors.in_states(wanted, month, is_over=is_over)
    if bucket != "over":
        condition &= selectors.in_bucket(bucket, month)
    return _behind(
        gettext("%(figure)s, %(months)s")
        % {"figure": title, "months": Months(month, month).label},
        selectors.with_points_left(month, condition),
        MemberColumn(_("Points held"), "value", "number"),
        _points_in(bucket, state, month, is_over=is_over),
    )


def _points_in(bucket: str, state: str, month: date, *, is_over: bool) -> int:
    holdings = left_after(selectors.books().vintages, [month])[month]
    found = outstanding(holdings, month, is_over=is_over)
    if bucket == "over":
        return found.over
    rows = found.by_age if bucket.startswith("age") else found.by_expiry
    row = next(row for row in rows if row.slug == bucket)
    return _of_state(row, state)


def _of_state(row: AgedRow, state: str) -> int:
    return {"": row.points, "active": row.active, "pending": row.pending}[state]


def _behind(
    title: str, rows: QuerySet[MemberSummary], column: MemberColumn, total: int
) -> Behind:
    return Behind(
        title=title,
        rows=rows,
        order_by="member",
        columns=(MEMBER, column, LAST_ORDER),
        total=total,
        total_text=gettext("%(total)s points in all.")
        % {"total": formats.number(total)},
    )
