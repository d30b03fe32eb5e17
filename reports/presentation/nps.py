"""The NPS report's figures, lines, charts and comments."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.charts import Chart, ChartRow, Role, Series
from loyalty_site.lib.periods import add_months
from reports.definitions.base import Text, exact
from reports.definitions.nps import Nps, NpsResult, change_sentence
from reports.definitions.nps_parts import ScoreLine
from reports.forms.nps import ALL
from reports.presentation.links import members_url, window_query
from reports.selectors import scores as selectors
from reports.statistics.nps import (
    Group,
    Interval,
    answers_needed,
    smallest_detectable_change,
)
from reports.statistics.proportions import Rate
from reports.statistics.suppression import HIDDEN_BELOW, Base

COMMENTS = 12
GOAL_HALF_WIDTH = 10
DASH = "\N{EN DASH}"
# From the low end of the scale to the high one.
ROLES: tuple[tuple[Group, Role], ...] = (
    (Group.DETRACTOR, "detractor"),
    (Group.PASSIVE, "passive"),
    (Group.PROMOTER, "promoter"),
)
_LATE_NOTE = _("Without answers that came after the wave closed.")
GROUP_LABELS = {
    Group.PROMOTER: _("Promoters"),
    Group.PASSIVE: _("Passives"),
    Group.DETRACTOR: _("Detractors"),
}


@dataclass(frozen=True)
class GroupShare:
    """A group of the scale: how many, what share, who.

    `start` and `width` place it in the bar, in percent.
    """

    group: str
    label: Text
    count: str
    share: str
    url: str
    start: str
    width: str


@dataclass(frozen=True)
class ShownLine:
    """A line of one of the tables."""

    label: str
    url: str
    answers: str
    score: str
    interval: str
    note: Text
    response: str
    response_title: str
    response_url: str


def page_of(result: NpsResult) -> dict[str, Any]:
    """Return what the template of the report shows."""
    is_shown = result.is_shown
    return {
        "base": result.base.value,
        "is_shown": is_shown,
        "has_generated": result.has_generated,
        "is_empty": not result.counts.n,
        "first_data": formats.month(result.first_month),
        "score": _score(result),
        "interval": _interval(result.interval),
        "n": formats.number(result.counts.n),
        "answers_url": _answers_url(result),
        "change": change_sentence(result.change),
        "groups": _groups(result) if is_shown else [],
        "response": _response(result.response),
        "response_title": _response_title(result.response),
        "response_url": _url(result, what="responded"),
        "sent": formats.number(result.sent),
        "sent_url": _url(result, what="sent"),
        "advice": _advice(result) if is_shown else "",
        "trend": _trend(result) if _has_trend(result) else None,
        "distribution": _distribution(result) if is_shown else None,
        "parts": _parts(result),
        "comments": _comments(result) if is_shown else [],
    }


def _query(result: NpsResult) -> dict[str, str]:
    query = window_query(result.params.months)
    if result.params.touchpoint:
        query["touchpoint"] = result.params.touchpoint.slug
    if result.params.tier != ALL:
        query["tier"] = result.params.tier
    return query


def _url(result: NpsResult, **more: str) -> str:
    return members_url(Nps.slug, **(_query(result) | more))


def _answers_url(result: NpsResult) -> str:
    return _url(result, what="answers") if result.counts.n >= HIDDEN_BELOW else ""


def _score(result: NpsResult) -> str:
    if result.base in {Base.LOW, Base.NORMAL}:
        return _signed(result.counts.score, 0)
    return DASH


def _signed(value: float | None, digits: int) -> str:
    if value is None:
        return DASH
    text = f"{value:+,.{digits}f}"
    return (text[1:] if float(text) == 0 else text).replace("-", formats.MINUS)


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return gettext("%(low)s to %(high)s") % {
        "low": _signed(interval.low, 1),
        "high": _signed(interval.high, 1),
    }


def _groups(result: NpsResult) -> list[GroupShare]:
    counts = result.counts
    numbers = {
        Group.DETRACTOR: counts.detractors,
        Group.PASSIVE: counts.passives,
        Group.PROMOTER: counts.promoters,
    }
    groups, start = [], 0.0
    for group, number in numbers.items():
        width = 100 * number / counts.n
        groups.append(
            GroupShare(
                group=group.value,
                label=GROUP_LABELS[group],
                count=formats.number(number),
                share=formats.percent(exact(number / counts.n)),
                url=_url(result, what="answers", group=group.value),
                start=f"{start:.3f}",
                width=f"{width:.3f}",
            )
        )
        start += width
    return groups


def _response(rate: Rate) -> str:
    return DASH if rate.share is None else formats.percent(exact(rate.share))


def _response_title(rate: Rate) -> str:
    if rate.interval is None:
        return ""
    low, high = (formats.percent(exact(end)) for end in rate.interval)
    return gettext(
        "%(answered)s answered of %(delivered)s delivered, 95%% from %(low)s to %(high)s"
    ) % {
        "answered": formats.number(rate.part),
        "delivered": formats.number(rate.whole),
        "low": low,
        "high": high,
    }


def _advice(result: NpsResult) -> str:
    n = result.counts.n
    needed = answers_needed(GOAL_HALF_WIDTH)
    change = formats.number(exact(smallest_detectable_change(n), 0))
    if n < needed:
        return gettext(
            "For a range of ±%(width)s points about %(needed)s answers are needed. With "
            "%(n)s answers a change shows from about %(change)s points on."
        ) % {
            "width": GOAL_HALF_WIDTH,
            "needed": formats.number(needed),
            "n": formats.number(n),
            "change": change,
        }
    return gettext(
        "With %(n)s answers a change shows from about %(change)s points on."
    ) % {"n": formats.number(n), "change": change}


# Charts ------------------------------------------------------------------------


def _has_trend(result: NpsResult) -> bool:
    """Whether there is more than one month, and something to draw in one of them."""
    shown = [line.base not in {Base.NONE, Base.HIDDEN} for line in result.months]
    return len(shown) > 1 and any(shown)


def _trend(result: NpsResult) -> Chart:
    lines = result.months
    shown = [line.base not in {Base.NONE, Base.HIDDEN} for line in lines]
    intervals = [
        line.counts.interval if is_shown else None
        for line, is_shown in zip(lines, shown, strict=True)
    ]
    return Chart(
        slug="nps-trend",
        title=_("NPS by month of the answer"),
        subtitle=_(
            "With the 95% range; months with fewer than 5 answers are left out."
        ),
        categories=[line.label for line in lines],
        series=[
            Series(
                gettext("NPS"),
                [
                    exact(line.counts.score, 1) if is_shown else None
                    for line, is_shown in zip(lines, shown, strict=True)
                ],
                lows=[exact(each.low, 1) if each else None for each in intervals],
                highs=[exact(each.high, 1) if each else None for each in intervals],
            )
        ],
        header=[gettext("Month"), gettext("NPS"), gettext("95%"), gettext("Answers")],
        rows=[_trend_row(line, result) for line in lines],
        format="score",
        lowest=-100,
        highest=100,
        is_last_partial=lines[-1].is_partial,
    )


def _trend_row(line: ScoreLine, result: NpsResult) -> ChartRow:
    shown = _line(line, result, {"from": line.key, "to": line.key})
    label = line.label
    if line.is_partial:
        label = gettext("%(month)s so far") % {"month": label}
    return ChartRow((label, shown.score, shown.interval, shown.answers), shown.url)


def _distribution(result: NpsResult) -> Chart:
    counts = result.distribution

    def urls(score: int) -> str:
        if not counts[score]:
            return ""
        return _url(result, what="answers", group=str(score))

    return Chart(
        slug="nps-distribution",
        title=_("Answers by score"),
        subtitle=_("0 is not at all likely to recommend, 10 is extremely likely."),
        categories=[str(score) for score in range(11)],
        series=_counts_by_group(counts),
        header=[gettext("Score"), gettext("Answers"), gettext("Share")],
        rows=[
            ChartRow(
                (
                    str(score),
                    formats.number(count),
                    formats.percent(exact(count / result.counts.n)),
                ),
                urls(score),
            )
            for score, count in enumerate(counts)
        ],
        kind="stacked",
        links=[urls(score) for score in range(11)],
        lowest=0,
        height="low",
    )


def _counts_by_group(counts: tuple[int, ...]) -> list[Series]:
    """Return the groups side by side, each with the counts of its own scores."""
    return [
        Series(
            str(GROUP_LABELS[group]),
            [
                count if score in group.scores else None
                for score, count in enumerate(counts)
            ],
            role=role,
        )
        for group, role in ROLES
    ]


# Tables ------------------------------------------------------------------------


def _parts(result: NpsResult) -> list[dict[str, Any]]:
    parts: list[tuple[Text, Text, tuple[ScoreLine, ...], str]] = [
        (_("By tier"), _("Tier"), result.tiers, "tier"),
        (_("By touchpoint"), _("Touchpoint"), result.touchpoints, "touchpoint"),
        (_("By wave"), _("Wave"), result.waves, "wave"),
    ]
    return [
        {
            "title": title,
            "first": first,
            "note": _LATE_NOTE if name == "wave" else "",
            "rows": [_line(line, result, {name: line.key}) for line in lines],
        }
        for title, first, lines, name in parts
        if lines
    ]


def _line(line: ScoreLine, result: NpsResult, narrow: dict[str, str]) -> ShownLine:
    url = _url(result, **(narrow | {"what": "answers"}))
    response_url = _url(result, **(narrow | {"what": "responded"}))
    if line.base is Base.HIDDEN:
        return ShownLine(
            line.label, "", DASH, DASH, "", _("Too few to show"), "", "", ""
        )
    if line.base is Base.NONE:
        return ShownLine(
            label=line.label,
            url="",
            answers="0",
            score=DASH,
            interval="",
            note="",
            response=_response(line.response),
            response_title=_response_title(line.response),
            response_url="",
        )
    has_headline = line.base is not Base.NO_HEADLINE
    notes: dict[Base, Text] = {
        Base.NO_HEADLINE: _("Too few for one number"),
        Base.LOW: _("Low base"),
    }
    return ShownLine(
        label=line.label,
        url=url,
        answers=formats.number(line.counts.n),
        score=_signed(line.counts.score, 1) if has_headline else DASH,
        interval=_interval(line.counts.interval),
        note=notes.get(line.base, ""),
        response=_response(line.response),
        response_title=_response_title(line.response),
        response_url=response_url if line.response.part else "",
    )


def _comments(result: NpsResult) -> list[selectors.Comment]:
    params = result.params
    condition = Q(
        answered_on__gte=params.months.first,
        answered_on__lt=add_months(params.months.last, 1),
    )
    if params.touchpoint:
        condition &= Q(touchpoint=params.touchpoint)
    if params.tier_id is not None:
        condition &= Q(tier=params.tier_id or None)
    return selectors.latest_comments(selectors.answered(condition), COMMENTS)
