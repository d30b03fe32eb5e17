"""Addresses of reports and of the members behind their figures."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib.periods import add_months
from reports.definitions.base import Text
from reports.forms.base import ReportForm
from reports.windows import AsOf, Months, month_key


def members_url(slug: str, **query: str | int) -> str:
    """Return the list of the members behind a figure of the report."""
    return f"{reverse('reports:members', args=[slug])}?{urlencode(query)}"


def months_query(first: date, last: date) -> dict[str, str]:
    """Return months as they stand in an address."""
    return {"from": month_key(first), "to": month_key(last)}


def window_query(months: Months) -> dict[str, str]:
    """Return the months of a report as they stand in an address."""
    return months_query(months.first, months.last)


def period_text(months: Months, as_of: AsOf) -> str:
    """Return the months in words, with "so far" where the last one is not over."""
    if months.is_partial(as_of):
        return gettext("%(months)s so far") % {"months": months.label}
    return months.label


@dataclass(frozen=True)
class Preset:
    """A period that is asked for often, as a link."""

    label: Text
    query: str
    is_current: bool


def presets(form: ReportForm[Any], as_of: AsOf, slug: str) -> list[Preset]:
    """Return links to usual periods; what else was chosen stays."""
    this = as_of.month
    last = add_months(this, -1)
    if slug in {"cohort-retention", "breakage"}:
        periods = [
            (_("Last 6 cohorts"), add_months(this, -5), this),
            (_("Last 12 cohorts"), add_months(this, -11), this),
            (_("Last 24 cohorts"), add_months(this, -23), this),
        ]
    else:
        periods = [
            (_("This month so far"), this, this),
            (_("Last month"), last, last),
            (_("Last 3 months"), add_months(last, -2), last),
            (_("Last 12 months"), add_months(last, -11), last),
            (_("This year so far"), this.replace(month=1), this),
        ]
    return [_preset(label, Months(first, end), form) for label, first, end in periods]


def _preset(label: Text, months: Months, form: ReportForm[Any]) -> Preset:
    wanted = window_query(months)
    query = QueryDict(mutable=True)
    for name, values in form.given.items():
        query.setlist(name, [wanted[name]] if name in wanted else values)
    is_current = all(form.given[name] == [value] for name, value in wanted.items())
    return Preset(label, query.urlencode(), is_current)
