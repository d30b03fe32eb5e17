"""Upper apps add to the members' pages; the viewer's rights decide what is shown."""

from datetime import timedelta

import pytest

from loyalty_site.accounts.services import create_staff
from members import panels
from members.panels import TimelineItem, TimelineSource
from members.selectors.timeline import timeline_of
from tests.factories import NOON, make_member

pytestmark = pytest.mark.django_db


def staff(role):
    return create_staff(username=role, email=f"{role}@example.com", role=role)


def test_tabs_are_in_order_and_only_those_the_role_opens():
    slugs = [panel.slug for panel in panels.panels_for(staff("admin"))]
    assert slugs[:3] == ["points", "transactions", "rewards"]
    assert [panel.slug for panel in panels.panels_for(staff("counter"))] == ["rewards"]


def source(kind, *minutes):
    def load(member, before, limit):
        items = [
            TimelineItem(NOON - timedelta(minutes=each), kind, "clock", f"{kind}{each}")
            for each in sorted(minutes)
        ]
        return [item for item in items if before is None or item.at < before][:limit]

    return TimelineSource(kind, kind, "members.view_member", load)


def titles(page):
    return [item.title for item in page.items]


def test_the_timeline_mixes_sources_and_leaves_nothing_out():
    member = make_member()
    sources = [source("a", 1, 3, 5, 7), source("b", 2, 4, 6)]
    seen, before = [], None
    while True:
        page = timeline_of(member, sources=sources, before=before, limit=2)
        seen += titles(page)
        if (before := page.older_than) is None:
            break
    assert seen == ["a1", "b2", "a3", "b4", "a5", "b6", "a7"]


def test_what_happened_together_is_not_cut_apart():
    member = make_member()
    sources = [source("a", 1, 2), source("b", 2)]
    first = timeline_of(member, sources=sources, limit=2)
    second = timeline_of(member, sources=sources, before=first.older_than, limit=2)
    assert (titles(first), titles(second)) == (["a1"], ["a2", "b2"])
