"""Every worked number of the methods, and what must hold for any counts."""

import csv
import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from reports.statistics.nps import (
    Group,
    NpsCounts,
    Verdict,
    answers_needed,
    counts_of_scores,
    difference,
    smallest_detectable_change,
)
from reports.statistics.proportions import Rate, wilson
from reports.statistics.suppression import Base, base_of, hidden_cells

A1 = NpsCounts(50, 30, 20)
A3 = NpsCounts(12, 0, 0)
A4 = NpsCounts(0, 0, 1)
DIGITS = 5e-5  # the numbers are printed with four decimals


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (A1, [30.0, 7.8102, 29.1262, 7.6915, 14.0511, 44.2013]),
        (A3, [100.0, 0.0, 80.0, 13.1656, 54.1959, 100.0]),
        (A4, [-100.0, 0.0, -25.0, 37.5, -98.4986, 48.4986]),
    ],
    ids=["A1", "A3 all promoters", "A4 one answer"],
)
def test_nps_with_its_interval(counts, expected):
    interval = counts.interval
    assert [
        counts.score,
        counts.plain_standard_error,
        interval.centre,
        interval.standard_error,
        interval.low,
        interval.high,
    ] == pytest.approx(expected, abs=DIGITS)


def test_b1_eight_points_more_on_a_hundred_answers_is_noise():
    found = difference(A1, NpsCounts(66, 34, 20))
    assert [
        found.raw,
        found.adjusted,
        found.standard_error,
        found.z,
        found.p,
        found.low,
        found.high,
    ] == pytest.approx(
        [8.3333, 8.2722, 10.2774, 0.8049, 0.4209, -11.8711, 28.4154], abs=DIGITS
    )
    assert found.verdict is Verdict.UNCLEAR


def test_a_large_difference_has_a_direction():
    low, high = NpsCounts(100, 100, 300), NpsCounts(300, 100, 100)
    assert difference(low, high).verdict is Verdict.UP
    assert difference(high, low).verdict is Verdict.DOWN


def test_there_is_no_difference_from_nothing():
    assert difference(NpsCounts(), A1) is None


@pytest.mark.parametrize(
    ("variance", "needed"),
    [
        (0.67, {20: 62, 15: 112, 10: 255, 8: 400, 5: 1027, 3: 2857}),
        (1, {20: 94, 15: 168, 10: 382, 8: 598, 5: 1534, 3: 4266}),
    ],
)
def test_answers_needed(variance, needed):
    assert {width: answers_needed(width, variance) for width in needed} == needed


def test_smallest_detectable_change_shrinks_with_the_root_of_n():
    expected = (1.959964 + 0.841621) * 100 * math.sqrt(2 * 0.67 / 103)
    assert smallest_detectable_change(100) == pytest.approx(expected, abs=1e-3)


@given(st.tuples(*[st.integers(0, 500)] * 3))
def test_the_interval_is_never_empty_and_stays_on_the_scale(parts):
    counts = NpsCounts(*parts)
    if interval := counts.interval:
        assert -100 <= interval.low < interval.high <= 100
        assert interval.standard_error > 0
    else:
        assert counts.n == 0


@given(st.dictionaries(st.integers(0, 10), st.integers(0, 100)))
def test_every_score_is_in_one_group(answers):
    assert counts_of_scores(answers).n == sum(answers.values())
    assert sorted(s for group in Group for s in group.scores) == list(range(11))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(75, 100, 65.6955, 82.4548), (80, 100, 71.1171, 86.6633)],
    ids=["C1", "D1 easy"],
)
def test_wilson(part, whole, low, high):
    assert [100 * end for end in wilson(part, whole)] == pytest.approx(
        [low, high], abs=DIGITS
    )


def test_wilson_at_the_ends_stays_inside():
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1
    assert Rate(0, 0).share is None
    assert Rate(0, 0).interval is None


@pytest.mark.parametrize(
    ("n", "base"),
    [
        (0, Base.NONE),
        (4, Base.HIDDEN),
        (5, Base.NO_HEADLINE),
        (29, Base.NO_HEADLINE),
        (30, Base.LOW),
        (99, Base.LOW),
        (100, Base.NORMAL),
    ],
)
def test_what_a_base_carries(n, base):
    assert base_of(n) is base


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([14, 9, 3], [False, True, True]),
        ([14, 9, 5], [False, False, False]),
        ([14, 4, 4], [False, True, True]),
        ([20, 0, 3], [True, False, True]),
        ([2, 1, 30], [True, True, True]),
        ([0, 0], [False, False]),
    ],
)
def test_a_small_cell_takes_the_next_smallest_with_it(counts, hidden):
    assert hidden_cells(counts) == hidden


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8))
def test_nothing_hidden_can_be_subtracted_alone(counts):
    hidden = [
        n
        for n, is_hidden in zip(counts, hidden_cells(counts), strict=True)
        if is_hidden
    ]
    assert all(n >= 5 or n == 0 for n in counts if n not in hidden)
    if len([n for n in counts if n]) > 1 and hidden:
        assert len(hidden) > 1


def test_real_scores_give_the_score_counted_by_hand():
    path = Path(__file__).resolve().parent.parent / "data" / "nps_scores.csv"
    with path.open(encoding="utf-8") as file:
        scores = [
            int(float(row["NPS_SCORE"]))
            for row in csv.DictReader(file)
            if row["NPS_SCORE"].strip() not in {"", "NA"}
        ]
    counts = counts_of_scores(Counter(scores))
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    assert counts.n == 2353
    assert counts.score == 100 * (promoters - detractors) / 2353
