"""The NPS report: which answers count where, what is hidden, who is behind it."""

import pytest
from django.utils import translation

from points.services.tiers import recompute_all_tiers
from reports.definitions import REPORTS
from reports.errors import NoSuchFigure
from reports.presentation import nps as page
from reports.selectors.state import current_as_of
from reports.statistics.nps import NpsCounts
from reports.statistics.suppression import Base
from surveys.models import Response, Survey, Touchpoint
from tests.factories import make_tiers
from tests.reports.factories import (
    NOW,
    behind,
    days,
    make_scores,
    refresh,
    result_of,
)

pytestmark = pytest.mark.django_db
SCORES = [10] * 15 + [9] * 10 + [8] * 5 + [7] * 3 + [4] * 4 + [0] * 3


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_score_response_rate_and_distribution():
    make_scores(SCORES, unanswered=10)
    refresh()
    result = result_of("nps")
    assert result.counts == NpsCounts(25, 8, 7)
    assert result.counts.score == 45
    assert (result.response.part, result.response.whole, result.sent) == (40, 50, 50)
    assert result.distribution == (3, 0, 0, 0, 4, 0, 0, 3, 5, 10, 15)
    finding = REPORTS["nps"].finding(result)
    assert finding.startswith("The NPS is +45 on 40 answers, between +1")


def test_voided_and_quarantined_answers_do_not_count():
    make_scores([10] * 6)
    first, second, *_rest = Response.objects.order_by("pk")
    Response.objects.filter(pk=first.pk).update(voided_at=NOW)
    Response.objects.filter(pk=second.pk).update(state=Response.State.QUARANTINED)
    refresh()
    assert result_of("nps").counts.n == 4


def test_a_late_answer_is_in_its_month_but_not_in_its_wave():
    make_scores([10] * 8)
    late = Response.objects.order_by("pk").first()
    Response.objects.filter(pk=late.pk).update(is_late=True)
    refresh()
    result = result_of("nps")
    assert (result.counts.n, result.waves[0].counts.n) == (8, 7)
    found = behind(page.page_of(result)["parts"][-1]["rows"][0].url)
    assert found.rows.count() == found.count == 7


def test_an_edited_answer_moves():
    make_scores([10] * 6)
    refresh()
    Response.objects.filter(score=10).update(score=3)
    refresh()
    assert result_of("nps").counts == NpsCounts(0, 0, 6)


def test_eight_points_more_is_no_clear_change():
    survey = make_scores(
        [10] * 15 + [8] * 9 + [2] * 6, at=NOW - days(75), period="2026-09"
    )
    Survey.objects.update(contact_gap_days=0)
    make_scores([10] * 20 + [8] * 10 + [2] * 6, period="2026-10", survey=survey)
    refresh()
    result = result_of("nps", **{"from": "2026-10", "to": "2026-10"})
    assert result.before == NpsCounts(15, 9, 6)
    assert "no clear change" in REPORTS["nps"].finding(result)
    nothing = result_of(
        "nps", **{"from": "2026-10", "to": "2026-10", "compare": "none"}
    )
    assert nothing.change is None


@pytest.mark.parametrize(
    ("scores", "base", "words"),
    [
        ([10] * 4, Base.HIDDEN, "too few answers"),
        ([10] * 12, Base.NO_HEADLINE, "too few for one number"),
        ([10] * 30, Base.LOW, "The NPS is +100"),
    ],
)
def test_small_bases_say_so(scores, base, words):
    make_scores(scores)
    refresh()
    result = result_of("nps")
    assert result.base is base
    assert words in REPORTS["nps"].finding(result)


def test_nothing_of_a_hidden_group_is_shown_or_listed():
    make_scores([10] * 4)
    refresh()
    result = result_of("nps")
    shown = page.page_of(result)
    assert shown["groups"] == shown["comments"] == []
    assert shown["answers_url"] == ""
    assert shown["score"] == page.DASH
    assert shown["interval"] == shown["change"] == ""
    assert shown["trend"] is None
    cells = REPORTS["nps"].tables(result)[0].rows[0]
    assert set(cells[2:-1]) == {None}
    with pytest.raises(NoSuchFigure):
        REPORTS["nps"].behind({"from": "2026-10", "what": "answers"}, current_as_of())


@pytest.mark.parametrize(("before", "now"), [(4, 8), (8, 4)])
def test_no_change_is_shown_from_or_to_too_few_answers(before, now):
    survey = make_scores([10] * before, at=NOW - days(75), period="2026-09")
    Survey.objects.update(contact_gap_days=0)
    make_scores([0] * now, period="2026-10", survey=survey)
    refresh()
    result = result_of("nps", **{"from": "2026-10", "to": "2026-10"})
    assert (result.before.n, result.counts.n) == (before, now)
    assert result.change is None
    assert page.page_of(result)["change"] == ""


def test_every_figure_has_exactly_its_answers_behind_it():
    make_tiers(seed=0, gold=10)
    survey = make_scores(SCORES, unanswered=9)
    recompute_all_tiers(at=NOW - days(30))
    places = [survey.touchpoint.slug, "till"]
    other = Touchpoint.objects.create(slug="till", name="At the till")
    Survey.objects.filter(pk=survey.pk).update(touchpoint=other, contact_gap_days=0)
    make_scores([9] * 7 + [3] * 6, at=NOW - days(20), period="2026-11", survey=survey)
    refresh()
    for place in places:
        result = result_of("nps", touchpoint=place)
        shown = page.page_of(result)
        urls = {shown["answers_url"]: result.counts.n}
        for group in shown["groups"]:
            urls[group.url] = int(group.count)
        for row in shown["distribution"].rows:
            urls[row.url] = int(row.cells[1])
        for part in shown["parts"]:
            urls |= {row.url: int(row.answers) for row in part["rows"] if row.url}
        urls[shown["response_url"]] = result.response.part
        urls[shown["sent_url"]] = result.sent
        urls.pop("", None)
        assert {url: behind(url).rows.count() for url in urls} == urls
        assert {url: behind(url).count for url in urls} == urls
        assert len(urls) > 6


def test_tiers_are_those_of_the_answer():
    make_tiers(seed=0)
    make_scores([10] * 6)
    refresh()
    assert [line.key for line in result_of("nps").tiers] == ["none"]


def test_comments_are_the_latest_with_words():
    make_scores([10] * 6)
    refresh()
    comments = page.page_of(result_of("nps"))["comments"]
    assert {comment.text for comment in comments} == {"Because."}
    assert comments[0].group == "promoter"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "2026-10", "to": "2026-09"},
        {"from": "2026-10", "what": "opened"},
        {"from": "2026-10", "group": "11"},
        {"from": "2026-10", "wave": "x"},
    ],
)
def test_a_figure_that_does_not_exist_is_refused(query):
    make_scores([10] * 6)
    refresh()
    with pytest.raises(NoSuchFigure):
        REPORTS["nps"].behind(query, current_as_of())
