"""What upper apps have to say about a campaign: they register a link, the page shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.utils.functional import Promise

from points.models import Campaign

Viewer = AbstractUser | AnonymousUser


@dataclass(frozen=True)
class CampaignLink:
    """A page about a campaign, for those who hold the permission."""

    label: str | Promise
    icon: str
    permission: str
    url_of: Callable[[Campaign], str]


_links: list[CampaignLink] = []


def register_campaign_links(*links: CampaignLink) -> None:
    """Make links known; called once, from `ready`."""
    _links.extend(links)


def links_of(campaign: Campaign, viewer: Viewer) -> list[tuple[CampaignLink, str]]:
    """Return the links that this person may follow, with their addresses."""
    return [
        (link, link.url_of(campaign))
        for link in _links
        if viewer.has_perm(link.permission)
    ]
