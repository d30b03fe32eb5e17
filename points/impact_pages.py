"""What an impact run found, as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty_site.lib import formats
from loyalty_site.lib.charts import Chart, ChartRow, Kind, Series
from loyalty_site.lib.money import minor_digits, round_minor
from loyalty_site.lib.periods import day_of
from members.models import Member
from points.models import ImpactRun, Programme
from points.selectors.impact import Tally
from points.worth import worth_of_point

# Pairs of bars for a year of days would be thinner than a pixel.
MOST_BARS = 62


@dataclass(frozen=True)
class MemberDifference:
    """A member who would have got more or fewer points."""

    member: Member
    before: int
    after: int

    @property
    def change(self) -> int:
        """Points more, or fewer with a minus."""
        return self.after - self.before


@dataclass(frozen=True)
class ImpactPage:
    """The figures, the days and the members; `cost` is empty without a point value."""

    tally: Tally
    change: int
    share: str
    cost: str
    chart: Chart | None
    gaining: list[MemberDifference]
    losing: list[MemberDifference]


def page_of(
    run: ImpactRun, programme: Programme, members: Mapping[int, Member]
) -> ImpactPage:
    """Return the page; of the members only those in `members` are shown."""
    worth = worth_of_point(day_of(run.until, programme.zone))
    tally = Tally(**run.result)
    change = tally.after - tally.before
    share = Decimal(change) / tally.before if tally.before else None
    return ImpactPage(
        tally=tally,
        change=change,
        share=formats.percent(share),
        cost=cost_of(change, worth, programme.currency),
        chart=_chart(tally) if tally.days else None,
        gaining=_members(tally.gaining, members),
        losing=_members(tally.losing, members),
    )


def cost_of(points: int, worth: Decimal | None, currency: str) -> str:
    """Return what the points are worth, or nothing where a point has no value."""
    if not worth:
        return ""
    exact = points * Fraction(worth.scaleb(minor_digits(currency)))
    return formats.money(round_minor(exact), currency)


def _members(
    rows: list[list[int]], members: Mapping[int, Member]
) -> list[MemberDifference]:
    return [
        MemberDifference(members[member_id], before, after)
        for member_id, before, after in rows
        if member_id in members
    ]


def _kind(days: int) -> Kind:
    return "bar" if days <= MOST_BARS else "line"


def _chart(tally: Tally) -> Chart:
    days = {date.fromisoformat(day): both for day, both in sorted(tally.days.items())}
    shown = [formats.day_dense(day) for day in days]
    links = [
        f"{reverse('points:purchase-list')}?since={day}&until={day}" for day in shown
    ]
    changed = sum(before != after for before, after in days.values())
    return Chart(
        slug="impact-by-day",
        title=_("On %(changed)s of %(days)s days the points differ")
        % {"changed": formats.number(changed), "days": formats.number(len(days))},
        subtitle=_("Points by day of purchase, in the programme's time zone"),
        kind=_kind(len(days)),
        unit=_("points"),
        categories=shown,
        links=links,
        series=[
            Series(_("With the rules in force"), [both[0] for both in days.values()]),
            Series(_("With the drafts"), [both[1] for both in days.values()]),
        ],
        header=[
            _("Day"),
            _("With the rules in force"),
            _("With the drafts"),
            _("Difference"),
        ],
        rows=[
            ChartRow(
                (
                    day,
                    formats.number(before),
                    formats.number(after),
                    formats.signed(after - before),
                ),
                url,
            )
            for day, url, (before, after) in zip(
                shown, links, days.values(), strict=True
            )
        ],
    )
