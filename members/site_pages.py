"""What members add to the search and to the home page."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.home import (
    HomeList,
    HomeRow,
    Person,
    SetupStep,
    register_lists,
    register_steps,
)
from loyalty_site.lib.search import Hit, HitGroup, register_searcher
from members.models import Member
from members.selectors.search import matching

SHOWN = 8
NEWEST = 6
# Counting every member whose name holds a common word would take seconds.
COUNTED_AT_MOST = 1000


def register_site_pages() -> None:
    """Make searcher, list and set-up step known; called once, from `ready`."""
    register_searcher(found_members)
    register_lists(newest_members)
    register_steps(first_member)


def found_members(person: Person, words: str) -> HitGroup | None:
    """Return the members that match, the newest first, to those who may see them."""
    if not person.has_perm("members.view_member"):
        return None
    members = matching(Member.objects.visible_to(person), words)
    hits = tuple(
        Hit(member.display_name, member.get_absolute_url(), member.number)
        for member in members.order_by("-enrolled_at", "-id")[:SHOWN]
    )
    count = len(hits)
    if count == SHOWN:
        count = members.order_by()[:COUNTED_AT_MOST].count()
    url = f"{reverse('members:member-list')}?{urlencode({'q': words})}"
    return HitGroup(_("Members"), hits, count, url)


def newest_members(person: Person, at: datetime) -> Iterable[HomeList]:
    """Return who joined last."""
    members = Member.objects.visible_to(person).active()
    rows = tuple(
        HomeRow(
            member.display_name,
            member.get_absolute_url(),
            formats.relative(member.enrolled_at, now=at),
        )
        for member in members.order_by("-enrolled_at", "-id")[:NEWEST]
    )
    return [HomeList(_("Newest members"), reverse("members:member-list"), rows)]


def first_member(person: Person) -> Iterable[SetupStep]:
    """Return the step of having members, for those who can add some."""
    if not person.has_perm("members.add_member"):
        return []
    is_done = Member.objects.visible_to(person).exists()
    url = reverse("members:member-add")
    return [SetupStep(_("Enrol the first member"), url, is_done=is_done)]
