"""Builders of what reports count, through the services."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from members.models import Member
from points.models import Purchase
from points.services.voids import void_purchases
from reports.definitions import REPORTS
from reports.selectors.state import current_as_of
from reports.services.rollups import refresh_rollups
from surveys.services.sending import mark_sent
from tests.factories import CLERK, make_purchase as post_purchase
from tests.surveys.world import answer, make_asked_member, make_survey, make_wave

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 13, 4, 0, tzinfo=UTC)


def days(count: float) -> timedelta:
    return timedelta(days=count)


def refresh(at=NOW):
    """Bring the rollups up to date, as of `at`."""
    while not refresh_rollups(at=at).is_complete:
        pass


def make_purchase(member: Member, at: datetime, amount_minor=1000, units=None):
    """Post one purchase, however long ago it was, and return its row."""
    posted = post_purchase(
        member,
        at=at,
        amount_minor=amount_minor,
        units=None if units is None else Decimal(units),
    )
    return Purchase.objects.get(pk=posted.purchase_id)


def void(purchase: Purchase):
    void_purchases(purchase_ids=[purchase.pk], reason="test", at=NOW, actor=CLERK)


def make_scores(scores, *, at=OCTOBER, period="2026-10", unanswered=0, survey=None):
    """Ask new members in one wave; they answer score and why, half of the survey."""
    survey = survey or make_survey()
    asked = [make_asked_member() for _ in range(len(scores) + unanswered)]
    wave = make_wave(survey, period=period, at=at)
    invitations = {each.member_id: each for each in wave.invitations.all()}
    mark_sent(invitations=list(invitations.values()), at=at)
    for member, score in zip(asked, scores, strict=False):
        invitation, then = invitations[member.pk], at + timedelta(minutes=20)
        answer(invitation, 1, value=score, at=then)
        answer(invitation, 2, text="Because.", at=then)
    return survey


def result_of(slug: str, **given):
    """Run a report with these parameters."""
    report, as_of = REPORTS[slug], current_as_of()
    data = report.read(as_of)
    lists = {
        name: value if isinstance(value, list) else [value]
        for name, value in given.items()
    }
    return report.compute(report.form(lists, data).params(), data)


def behind(url: str):
    """Return the list that an address of a figure leads to."""
    parts = urlsplit(url)
    slug = parts.path.split("/")[2]
    return REPORTS[slug].behind(dict(parse_qsl(parts.query)), current_as_of())
