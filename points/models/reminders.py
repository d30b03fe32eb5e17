"""Mails that tell members of points about to expire: one row for each, sent once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account


class ExpiryReminder(models.Model):
    """What one member is told of one day, so many days ahead.

    `last_on` is the last day on which the points can be spent, in the programme's zone.
    """

    class State(models.TextChoices):
        """What became of the mail."""

        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not needed any more")
        FAILED = "failed", _("Could not be sent")

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    last_on = models.DateField(_("last day"))
    lead_days = models.PositiveSmallIntegerField(_("days ahead"))
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.QUEUED
    )
    points = models.BigIntegerField(_("points"), default=0)
    queued_at = models.DateTimeField(_("queued"))
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("reminder of expiry")
        verbose_name_plural = _("reminders of expiry")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "last_on", "lead_days"],
                name="points_expiryreminder_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="points_expiryreminder_due",
                condition=Q(state="queued"),
            ),
            models.Index(fields=["queued_at"], name="points_expiryreminder_days"),
        ]

    def __str__(self) -> str:
        return f"{self.last_on} {self.lead_days}"
