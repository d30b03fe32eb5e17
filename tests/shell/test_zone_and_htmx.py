"""The programme's zone, and pages in parts."""

from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from loyalty_site.lib.charts import Chart, ChartRow, Series
from loyalty_site.lib.htmx import wants_fragment
from loyalty_site.lib.zone import KEEP_SECONDS, ZoneCache

HONG_KONG = ZoneInfo("Asia/Hong_Kong")


def test_zone_is_asked_for_once_a_minute():
    now = [0.0]
    answers = iter([HONG_KONG, ZoneInfo("Asia/Tokyo")])
    cache = ZoneCache(clock=lambda: now[0])
    cache.read_from(lambda: next(answers))
    assert [str(cache.get()) for _ in range(3)] == ["Asia/Hong_Kong"] * 3
    now[0] += KEEP_SECONDS
    assert str(cache.get()) == "Asia/Tokyo"


def test_zone_stays_while_the_source_has_no_answer():
    answers = iter([HONG_KONG, None])
    cache = ZoneCache()
    assert str(cache.get()) == "UTC"
    cache.read_from(lambda: next(answers))
    cache.get()
    cache.forget()
    assert cache.get() == HONG_KONG


@pytest.mark.parametrize(
    ("htmx", "wanted"),
    [
        (None, False),
        (SimpleNamespace(boosted=False, history_restore_request=False), True),
        (SimpleNamespace(boosted=True, history_restore_request=False), False),
        (SimpleNamespace(boosted=False, history_restore_request=True), False),
    ],
)
def test_only_plain_htmx_requests_get_a_part(rf, htmx, wanted):
    request = rf.get("/")
    request.htmx = htmx
    assert wants_fragment(request) is wanted


def test_chart_says_what_to_draw():
    chart = Chart(
        slug="nps",
        title="NPS rose",
        categories=["Oct", "Nov"],
        series=[Series("Score", [1, None], lows=[0, None], highs=[2, None])],
        header=["Month", "Score"],
        rows=[ChartRow(("Oct", "1"), "/members/?month=10")],
        format="score",
    )
    assert chart.data_id == "nps-data"
    assert chart.spec["series"] == [
        {
            "name": "Score",
            "values": [1, None],
            "role": "main",
            "lows": [0, None],
            "highs": [2, None],
            "kind": "",
        }
    ]
