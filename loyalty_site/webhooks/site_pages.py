"""What webhooks add to the home page: endpoints that are not sent to any more."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.home import Person, Tile, register_tiles
from loyalty_site.webhooks.models import Endpoint


def register_site_pages() -> None:
    """Make the tile known; called once, from `ready`."""
    register_tiles(paused_endpoints)


def paused_endpoints(person: Person, at: datetime) -> Iterable[Tile]:  # noqa: ARG001 -- the signature is that of tiles
    """Return the tile of endpoints that paused by themselves, if there are some."""
    paused = Endpoint.objects.visible_to(person).exclude(
        pause_reason__in=["", Endpoint.Pause.BY_HAND]
    )
    count = paused.count()
    if not count:
        return []
    return [
        Tile(
            label=_("Webhooks that stopped"),
            value=formats.number(count),
            url=reverse("webhooks:endpoint-list"),
            note=_("Events are kept until you resume them."),
            icon="alert-triangle",
            tone="danger",
        )
    ]
