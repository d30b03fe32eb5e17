"""Every write to endpoints: add, change, pause, resume, rotate the secret, remove."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pghistory
from django.conf import settings
from django.db import transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.webhooks.addresses import target_of
from loyalty_site.webhooks.kinds import EVENT_KINDS
from loyalty_site.webhooks.models import Delivery, Endpoint, new_seed

# How long receivers have to change over after a rotation.
BOTH_SECRETS = timedelta(hours=24)


def add_endpoint(
    *, url: str, kinds: Collection[str], note: str, at: datetime, actor: Actor
) -> Endpoint:
    """Add an address that is told of these kinds from now on.

    Raises AddressRefused, and KeyError for a kind that does not exist.
    """
    target_of(url, is_loopback_allowed=settings.TRYOUT)
    with pghistory.context(reason="webhooks", actor=str(actor)):
        return Endpoint.objects.create(
            url=url,
            kinds=_known(kinds),
            note=note,
            created_at=at,
            created_by=str(actor),
        )


def change_endpoint(
    *,
    endpoint: Endpoint,
    url: str,
    kinds: Collection[str],
    note: str,
    actor: Actor,
) -> None:
    """Change address, kinds and note; what waits goes to the new address.

    Raises AddressRefused.
    """
    target_of(url, is_loopback_allowed=settings.TRYOUT)
    with pghistory.context(reason="webhooks", actor=str(actor)):
        Endpoint.objects.filter(pk=endpoint.pk).update(
            url=url, kinds=_known(kinds), note=note
        )


def pause_endpoint(*, endpoint: Endpoint, reason: str, at: datetime) -> None:
    """Send nothing until it is resumed; events are kept meanwhile."""
    Endpoint.objects.filter(pk=endpoint.pk, paused_at=None).update(
        paused_at=at, pause_reason=reason
    )


@transaction.atomic
def resume_endpoint(*, endpoint: Endpoint, at: datetime) -> None:
    """Send again, what was kept first, each with all its attempts."""
    Endpoint.objects.filter(pk=endpoint.pk).update(
        paused_at=None, pause_reason="", failing_since=None
    )
    Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.QUEUED).update(
        due_at=at, attempts=0, lease_until=None
    )


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, at: datetime) -> Endpoint:
    """Give the endpoint a new secret; the old one signs as well for a day."""
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    locked.previous_seed, locked.seed = locked.seed, new_seed()
    locked.previous_until = at + BOTH_SECRETS
    locked.save(update_fields=["seed", "previous_seed", "previous_until"])
    return locked


@transaction.atomic
def remove_endpoint(*, endpoint: Endpoint, at: datetime, actor: Actor) -> None:
    """Tell it nothing any more, nor what still waits; repeating it changes nothing."""
    with pghistory.context(reason="webhooks", actor=str(actor)):
        Endpoint.objects.filter(pk=endpoint.pk, removed_at=None).update(removed_at=at)
    Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.QUEUED).update(
        state=Delivery.State.FAILED, lease_until=None
    )


def _known(kinds: Collection[str]) -> list[str]:
    return sorted({EVENT_KINDS[each].slug for each in kinds})
