"""The demo's challenges and badges: a monthly one and one of the season."""

# ruff: noqa: RUF001 -- Chinese has its own punctuation

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty_site.lib.actors import staff_actor
from points.services.challenges.keeping import (
    ChallengeTerms,
    Goal,
    Texts,
    save_badge,
    save_challenge,
    start_challenge,
)

MARKETER = staff_actor("marketer")
STARTED_DAYS_AGO, RUNS_DAYS_MORE = 50, 40

REGULAR = Texts(
    "Regular",
    "常客",
    "常客",
    "Three days of shopping in one month.",
    "一个月内购物三天。",
    "一個月內購物三天。",
)
BIG_BASKET = Texts(
    "Big basket",
    "满载而归",
    "滿載而歸",
    "A season of plenty.",
    "丰收的一季。",
    "豐收的一季。",
)
THREE_VISITS = Texts(
    "Three visits a month",
    "每月光顾三次",
    "每月光顧三次",
    "Come by on three days of a month, however little you buy.",
    "一个月内光顾三天，买多买少都算。",
    "一個月內光顧三天，買多買少都算。",
)
SEASON = Texts(
    "Season of plenty",
    "丰收季",
    "豐收季",
    "Five purchases, or as much in fewer.",
    "购物五次，或者买够金额。",
    "購物五次，或者買夠金額。",
)


def start_challenges(*, on: date, today: date, zone: ZoneInfo) -> None:
    """Start both challenges on their day."""
    if on != today - timedelta(days=STARTED_DAYS_AGO):
        return
    at = datetime.combine(on, time.min, tzinfo=zone)
    ends_at = datetime.combine(
        today + timedelta(days=RUNS_DAYS_MORE), time.min, tzinfo=zone
    )
    regular = save_badge(texts=REGULAR, actor=MARKETER)
    big = save_badge(texts=BIG_BASKET, actor=MARKETER)
    terms = ChallengeTerms(
        starts_at=at,
        ends_at=ends_at,
        points=50,
        badge_id=regular.pk,
        repeat="month",
    )
    _start(THREE_VISITS, terms, [Goal("visits", 3)], at=at)
    terms = ChallengeTerms(
        starts_at=at, ends_at=ends_at, points=100, badge_id=big.pk, needs="any"
    )
    _start(SEASON, terms, [Goal("purchases", 5), Goal("spend", 80_000)], at=at)


def _start(
    texts: Texts, terms: ChallengeTerms, goals: list[Goal], *, at: datetime
) -> None:
    made = save_challenge(texts=texts, terms=terms, goals=goals, at=at, actor=MARKETER)
    start_challenge(challenge=made, at=at, actor=MARKETER)
