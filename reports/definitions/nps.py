"""NPS: how likely members are to recommend, with the range that the answers allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.exports import Row
from loyalty_site.lib.periods import add_months
from reports.definitions.base import (
    Behind,
    Column,
    Report,
    Table,
    Text,
    exact,
    percents,
)
from reports.definitions.meanings import NPS
from reports.definitions.nps_answers import behind_score
from reports.definitions.nps_parts import (
    NpsData,
    ScoreLine,
    ScoreReader,
    response_of,
)
from reports.forms.nps import ALL, NpsForm, NpsParams
from reports.forms.overview import Comparison
from reports.selectors import scores as selectors
from reports.statistics.nps import (
    Difference,
    Group,
    Interval,
    NpsCounts,
    Verdict,
    difference,
)
from reports.statistics.proportions import Rate
from reports.statistics.suppression import HIDDEN_BELOW, Base, base_of
from reports.windows import AsOf, month_key


@dataclass(frozen=True)
class NpsResult:
    """The score of the period, what it is compared with, and its parts."""

    params: NpsParams
    as_of: AsOf
    counts: NpsCounts
    before: NpsCounts | None
    distribution: tuple[int, ...]
    sent: int
    response: Rate
    months: tuple[ScoreLine, ...]
    tiers: tuple[ScoreLine, ...]
    touchpoints: tuple[ScoreLine, ...]
    waves: tuple[ScoreLine, ...]
    first_month: date | None
    has_generated: bool

    @property
    def base(self) -> Base:
        """What the number of answers can carry."""
        return base_of(self.counts.n)

    @property
    def is_shown(self) -> bool:
        """Whether there are answers enough to show anything of them."""
        return self.base not in {Base.NONE, Base.HIDDEN}

    @property
    def interval(self) -> Interval | None:
        """The range of the score; None with too few answers to show one."""
        return self.counts.interval if self.is_shown else None

    @property
    def change(self) -> Difference | None:
        """The difference from the period compared with."""
        return change_between(self.before, self.counts)


class Nps(Report[NpsData, NpsParams, NpsResult]):
    """Net promoter score by month, tier, touchpoint and wave."""

    slug = "nps"
    title = _("Net promoter score")
    question = _("Are they happy, and why?")
    url_name = "reports:nps"
    metrics = NPS

    def read(self, as_of: AsOf) -> NpsData:
        """Both cubes, and the names of what they are cut by."""
        return NpsData(
            as_of, selectors.cubes(), selectors.touchpoints(), selectors.tiers()
        )

    def form(self, given: Mapping[str, Sequence[str]], data: NpsData) -> NpsForm:
        """Default to the latest twelve months with answers, at the main touchpoint."""
        months = data.cubes.months or [data.as_of.month]
        first = max(add_months(months[-1], -11), months[0])
        asked = {row.touchpoint_id for row in data.cubes.sendings}
        used = [each for each in data.touchpoints if each.pk in asked]
        main_id = data.cubes.main_touchpoint_id
        main = [each.slug for each in data.touchpoints if each.pk == main_id]
        return NpsForm(
            given,
            defaults={
                "from": month_key(first),
                "to": month_key(months[-1]),
                "compare": Comparison.PREVIOUS.value,
                "touchpoint": main[0] if main else "",
                "tier": ALL,
            },
            months=months,
            touchpoints=used or data.touchpoints,
            tiers=data.tiers,
        )

    def compute(self, params: NpsParams, data: NpsData) -> NpsResult:
        """Group both cubes by each of the parts."""
        reader = ScoreReader(params, data)
        counts = reader.counts(params.months)
        back = params.compare.months_back(params.months)
        before = reader.counts(params.months.earlier(back)) if back else None
        sendings = reader.sendings()
        return NpsResult(
            params=params,
            as_of=data.as_of,
            counts=counts,
            before=before if before and before.n else None,
            distribution=reader.distribution(),
            sent=sum(row.sent for row in sendings),
            response=response_of(sendings),
            months=reader.by_month(),
            tiers=reader.by_tier(),
            touchpoints=reader.by_touchpoint(),
            waves=reader.by_wave(),
            first_month=min(data.cubes.months, default=None),
            has_generated=reader.has_generated,
        )

    def finding(self, result: NpsResult) -> str:
        """Say the score with its range and whether it moved."""
        n = formats.number(result.counts.n)
        if not result.is_shown:
            return gettext("There are too few answers to show a score.")
        low, high = _range(result.counts)
        words = {"n": n, "low": low, "high": high}
        if result.base is Base.NO_HEADLINE:
            return (
                gettext(
                    "%(n)s answers are too few for one number: the score is somewhere "
                    "from %(low)s to %(high)s."
                )
                % words
            )
        words["score"] = formats.signed(exact(result.counts.score, 0))
        sentence = (
            gettext(
                "The NPS is %(score)s on %(n)s answers, between %(low)s and %(high)s."
            )
            % words
        )
        return formats.sentences(sentence, change_sentence(result.change))

    def tables(self, result: NpsResult) -> tuple[Table, ...]:
        """By month, tier, touchpoint and wave; then the answers by score."""
        return (
            _line_table("months", _("By month"), result.months),
            _line_table("tiers", _("By tier"), result.tiers),
            _line_table("touchpoints", _("By touchpoint"), result.touchpoints),
            _line_table("waves", _("By wave"), result.waves),
            _distribution_table(result),
        )

    def behind(self, query: Mapping[str, str], as_of: AsOf) -> Behind:
        """Answers or invitations of a part of the period."""
        return behind_score(query, as_of)


def change_between(before: NpsCounts | None, now: NpsCounts) -> Difference | None:
    """Return how the score moved; None where a side has too few answers to show."""
    if before is None or min(before.n, now.n) < HIDDEN_BELOW:
        return None
    return difference(before, now)


def change_sentence(change: Difference | None) -> str:
    """Return in words whether the score moved; nothing without a comparison."""
    if change is None:
        return ""
    words = {
        "change": formats.signed(exact(change.raw, 0)),
        "low": formats.signed(exact(change.low, 0)),
        "high": formats.signed(exact(change.high, 0)),
    }
    sentences = {
        Verdict.UP: _("It is up by %(change)s (from %(low)s to %(high)s)."),
        Verdict.DOWN: _("It is down by %(change)s (from %(low)s to %(high)s)."),
        Verdict.UNCLEAR: _("There is no clear change (from %(low)s to %(high)s)."),
    }
    return str(sentences[change.verdict]) % words


def _range(counts: NpsCounts) -> tuple[str, str]:
    interval = counts.interval
    if interval is None:
        return "", ""
    return (
        formats.signed(exact(interval.low, 0)),
        formats.signed(exact(interval.high, 0)),
    )


def _line_table(name: str, title: Text, lines: Sequence[ScoreLine]) -> Table:
    columns = (
        ("key", _("Key")),
        ("label", _("Name")),
        ("answers", _("Answers")),
        ("promoters", _("Promoters")),
        ("passives", _("Passives")),
        ("detractors", _("Detractors")),
        ("nps", _("NPS")),
        ("nps_low", _("95% from")),
        ("nps_high", _("95% to")),
        ("answered", _("Answered")),
        ("delivered", _("Delivered")),
        ("response_percent", _("Response rate, percent")),
        ("response_low", _("Response rate, 95% from")),
        ("response_high", _("Response rate, 95% to")),
        ("state", _("State")),
    )
    return Table(
        name,
        title,
        tuple(Column(*each) for each in columns),
        [(line.key, line.label, *_line_cells(line)) for line in lines],
    )


def _line_cells(line: ScoreLine) -> Row:
    if line.is_hidden:
        return (*[None] * 12, "hidden")
    counts, interval = line.counts, line.counts.interval
    return (
        counts.n,
        counts.promoters,
        counts.passives,
        counts.detractors,
        exact(counts.score),
        exact(interval.low if interval else None),
        exact(interval.high if interval else None),
        line.response.part,
        line.response.whole,
        *percents(line.response),
        "partial" if line.is_partial else "complete",
    )


def _distribution_table(result: NpsResult) -> Table:
    groups = {score: group for group in Group for score in group.scores}
    return Table(
        "distribution",
        _("Answers by score"),
        (
            Column("score", _("Score")),
            Column("group", _("Group")),
            Column("answers", _("Answers")),
        ),
        [
            (score, groups[score].value, count if result.is_shown else None)
            for score, count in enumerate(result.distribution)
        ],
    )
