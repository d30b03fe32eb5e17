"""Endpoints that are told of events, the outbox of events, and the deliveries of each."""

import secrets
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id

MANAGE = "webhooks.change_endpoint"


def new_seed() -> str:
    """Return what a secret is derived from, together with the site's own key."""
    return secrets.token_hex(16)


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Which endpoints: by who asks, by state."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Endpoints that this user may see and change; removed ones are gone."""
        if user.is_authenticated and user.has_perm(MANAGE):
            return self.filter(removed_at=None)
        return self.none()

    def sending(self) -> Self:
        """Endpoints that are sent to: neither paused nor removed."""
        return self.filter(removed_at=None, paused_at=None)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["seed", "previous_seed", "failing_since"],
)
class Endpoint(models.Model):
    """An address that is told of some kinds of events.

    Its secret is derived from `seed`, so that the database alone signs nothing; after a
    rotation the one before is used as well, until `previous_until`. Events go on being
    kept for a paused endpoint.
    """

    class Pause(models.TextChoices):
        """Why nothing is sent."""

        BY_HAND = "by_hand", _("Paused by hand")
        FAILING = "failing", _("Failed for too long")
        GONE = "gone", _("The address said that it is gone")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    url = models.URLField(_("address"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=40), verbose_name=_("events"))
    note = models.CharField(_("note"), max_length=120, blank=True)
    seed = models.CharField(max_length=64, default=new_seed)
    previous_seed = models.CharField(max_length=64, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.CharField(_("by"), max_length=120)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    pause_reason = models.CharField(
        _("why paused"), max_length=10, choices=Pause, blank=True
    )
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_at=None, pause_reason="")
                | (Q(paused_at__isnull=False) & ~Q(pause_reason="")),
                name="webhooks_endpoint_pause_has_its_reason",
            )
        ]

    def __str__(self) -> str:
        return self.note or urlsplit(self.url).hostname or self.url

    def get_absolute_url(self) -> str:
        """Return the endpoint's page."""
        return reverse("webhooks:endpoint-detail", args=[self.public_id])


class Event(models.Model):
    """Something that happened, written in the transaction of its cause.

    Only where an endpoint asks for its kind; `public_id` is the same for every endpoint
    and every attempt.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=new_public_id)
    kind = models.CharField(_("kind"), max_length=40)
    at = models.DateTimeField(_("when"))
    data = models.JSONField()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Which deliveries: by who asks, by what is due."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Deliveries of the endpoints that this user may see."""
        return self.filter(endpoint__in=Endpoint.objects.visible_to(user))

    def due(self, at: datetime) -> Self:
        """Deliveries that wait, whose time has come, and that nobody is sending."""
        free = Q(lease_until=None) | Q(lease_until__lte=at)
        return self.filter(free, state=Delivery.State.QUEUED, due_at__lte=at)


class Delivery(models.Model):
    """One event for one endpoint: whether it arrived, and what was answered.

    `lease_until` says that a sender is at it; `attempts` is a fence, too: a sender whose
    lease has run out finds another number and changes nothing.
    """

    class State(models.TextChoices):
        """Whether it arrived."""

        QUEUED = "queued", _("Waiting")
        DONE = "done", _("Arrived")
        FAILED = "failed", _("Failed")

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    # Each of many purchases would lock the endpoint's row to look it up.
    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_index=False,
        db_constraint=False,
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    answer_status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    answer_ms = models.PositiveIntegerField(_("ms"), null=True, blank=True)
    answer_text = models.CharField(_("answer"), max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "endpoint"],
                name="webhooks_delivery_once_per_endpoint",
            )
        ]
        indexes = [
            models.Index(
                F("endpoint"), F("id").desc(), name="webhooks_delivery_newest"
            ),
            models.Index(
                F("endpoint"),
                F("id"),
                name="webhooks_delivery_waiting",
                condition=Q(state="queued"),
            ),
            models.Index(
                F("endpoint"),
                F("lease_until"),
                name="webhooks_delivery_in_flight",
                condition=Q(lease_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.endpoint_id}"
