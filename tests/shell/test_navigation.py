"""The menu: order, permissions, the place where one is."""

import pytest
from django.contrib.auth.models import AnonymousUser

from loyalty_site.accounts.models import User
from loyalty_site.accounts.services import create_staff
from loyalty_site.navigation import MENU, Entry, menu_for

pytestmark = pytest.mark.django_db


def labels(links) -> list[str]:
    return [str(link.label) for link in links]


def staff(role: str) -> User:
    return create_staff(username=role, email=f"{role}@example.com", role=role)


def test_admin_sees_everything_in_order():
    found = labels(menu_for(staff("admin"), "/"))
    order = [str(entry.label) for entry in MENU]
    assert found == [label for label in order if label in found]
    assert {"Home", "Counter", "Members", "Points", "Surveys"} <= set(found)


def test_counter_sees_what_the_counter_needs():
    found = labels(menu_for(staff("counter"), "/"))
    assert found == ["Home", "Counter", "Members", "Rewards"]


def test_nobody_sees_only_home():
    assert labels(menu_for(AnonymousUser(), "/")) == ["Home"]


def test_the_longest_address_is_the_current_one():
    menu = menu_for(staff("admin"), "/rules/7/edit/")
    opened = [link for link in menu if link.is_open]
    assert labels(opened) == ["Campaigns"]
    assert labels(c for c in opened[0].children if c.is_current) == ["Earning rules"]


def test_home_is_current_at_home_only():
    menu = menu_for(staff("counter"), "/counter/")
    assert labels(link for link in menu if link.is_current) == ["Counter"]


def test_pages_that_do_not_exist_are_left_out(monkeypatch):
    monkeypatch.setattr(
        "loyalty_site.navigation.MENU", (Entry("Nowhere", "nowhere:page"),)
    )
    assert menu_for(staff("admin"), "/") == []
