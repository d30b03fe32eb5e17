"""The parts of the NPS report: scores and response by month, tier, touchpoint, wave."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from loyalty_site.lib import formats
from points.models import Tier
from reports.forms.nps import NpsParams
from reports.selectors import scores as selectors
from reports.selectors.scores import NO_TIER, ScoreRow, SendingRow
from reports.statistics.nps import NpsCounts, counts_of_scores
from reports.statistics.proportions import Rate
from reports.statistics.suppression import Base, base_of, hidden_cells
from reports.windows import AsOf, Months, month_key
from surveys.models import Touchpoint


@dataclass(frozen=True)
class NpsData:
    """Scores and sendings, and the names of what they are cut by."""

    as_of: AsOf
    cubes: selectors.Cubes
    touchpoints: list[Touchpoint]
    tiers: list[Tier]


@dataclass(frozen=True)
class ScoreLine:
    """The score of one part of the answers: a month, a tier, a touchpoint, a wave.

    `key` names the part in addresses and exports. Nothing of a hidden line is shown.
    """

    key: str
    label: str
    counts: NpsCounts
    response: Rate
    is_hidden: bool = False
    is_partial: bool = False

    @property
    def base(self) -> Base:
        """What the number of answers can carry."""
        return Base.HIDDEN if self.is_hidden else base_of(self.counts.n)


def response_of(rows: Iterable[SendingRow]) -> Rate:
    """Return the counted answers of the invitations that were delivered."""
    together = [(row.answered, row.reached) for row in rows]
    return Rate(sum(a for a, _r in together), sum(r for _a, r in together))


class ScoreReader:
    """Both cubes, cut by the parameters."""

    def __init__(self, params: NpsParams, data: NpsData) -> None:
        self._params = params
        self._data = data
        self._as_of = data.as_of
        self._scores = data.cubes.scores
        self._sendings = data.cubes.sendings
        self._waves = selectors.waves(row.wave_id for row in self._in(params.months))

    def _matches(
        self, row: ScoreRow | SendingRow, months: Months, *, anywhere: bool = False
    ) -> bool:
        params = self._params
        place = params.touchpoint
        return (
            months.first <= row.month <= months.last
            and (anywhere or place is None or row.touchpoint_id == place.pk)
            and (params.tier_id is None or row.tier_id == params.tier_id)
        )

    def _in(self, months: Months, *, anywhere: bool = False) -> list[ScoreRow]:
        return [
            row for row in self._scores if self._matches(row, months, anywhere=anywhere)
        ]

    def sendings(self, *, anywhere: bool = False) -> list[SendingRow]:
        months = self._params.months
        return [
            row
            for row in self._sendings
            if self._matches(row, months, anywhere=anywhere)
        ]

    def counts(self, months: Months) -> NpsCounts:
        groups = selectors.answers_by(self._in(months), lambda _row: 0)
        return counts_of_scores(groups.get(0, {}))

    def distribution(self) -> tuple[int, ...]:
        answers: Counter[int] = Counter()
        for row in self._in(self._params.months):
            answers[row.score] += row.answers
        return tuple(answers[score] for score in range(11))

    @property
    def has_generated(self) -> bool:
        """Whether a wave of the period was made up for the demo."""
        return any(wave.is_generated for wave in self._waves.values())

    def by_month(self) -> tuple[ScoreLine, ...]:
        months = [month for month in self._params.months if month <= self._as_of.month]
        labels = {month: formats.month(month) for month in months}
        partial = {month for month in months if not self._as_of.is_over(month)}
        return self._lines(labels, lambda row: row.month, month_key, partial=partial)

    def by_tier(self) -> tuple[ScoreLine, ...]:
        tiers = self._data.tiers
        slugs = {tier.pk: tier.slug for tier in tiers} | {NO_TIER: "none"}
        labels = {tier.pk: tier.local_name for tier in tiers}
        labels[NO_TIER] = gettext("No tier")
        return self._lines(labels, lambda row: row.tier_id, lambda key: slugs[key])

    def by_touchpoint(self) -> tuple[ScoreLine, ...]:
        places = self._data.touchpoints
        slugs = {place.pk: place.slug for place in places}
        labels = {place.pk: str(place) for place in places}
        return self._lines(
            labels,
            lambda row: row.touchpoint_id,
            lambda key: slugs[key],
            anywhere=True,
        )

    def by_wave(self) -> tuple[ScoreLine, ...]:
        """Scores of waves leave out the answers that came after the wave closed."""
        rows = [
            ScoreRow(**(vars(row) | {"answers": row.answers - row.late}))
            for row in self._in(self._params.months)
        ]
        labels = {
            pk: f"{wave.survey.name} {wave.label}"
            for pk, wave in sorted(
                self._waves.items(), key=lambda pair: pair[1].opened_at
            )
        }
        ids = {pk: str(wave.public_id) for pk, wave in self._waves.items()}
        return self._lines(
            labels, lambda row: row.wave_id, lambda pk: ids[pk], rows=rows
        )

    def _lines(
        self,
        labels: Mapping[Any, str],
        key: Callable[[Any], Any],
        name: Callable[[Any], str],
        *,
        anywhere: bool = False,
        partial: Iterable[date] = (),
        rows: Sequence[ScoreRow] | None = None,
    ) -> tuple[ScoreLine, ...]:
        """Return a line for each label with answers or sendings; months all stay."""
        if rows is None:
            rows = self._in(self._params.months, anywhere=anywhere)
        answers = selectors.answers_by(rows, key)
        sendings: dict[Any, list[SendingRow]] = {}
        for row in self.sendings(anywhere=anywhere):
            sendings.setdefault(key(row), []).append(row)
        present = [each for each in labels if each in answers or each in sendings]
        counts = [counts_of_scores(answers.get(each, {})) for each in present]
        hidden = hidden_cells([each.n for each in counts])
        return tuple(
            ScoreLine(
                key=name(each),
                label=labels[each],
                counts=count,
                response=response_of(sendings.get(each, [])),
                is_hidden=is_hidden,
                is_partial=each in partial,
            )
            for each, count, is_hidden in zip(present, counts, hidden, strict=True)
        )
