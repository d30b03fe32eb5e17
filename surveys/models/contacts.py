"""The one ledger of messages to members, and the addresses that no mail goes to."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members.models import Member


class ContactLogQuerySet(models.QuerySet["ContactLog"]):
    """Which contacts: by time and kind."""

    def surveys_since(self, since: datetime) -> Self:
        """Invitations and reminders sent after `since`."""
        return self.filter(kind__in=ContactLog.SURVEY_KINDS, at__gt=since)


class ContactLog(models.Model):
    """One message that went out to one member: invitations, reminders, marketing."""

    class Kind(models.TextChoices):
        """What the message was."""

        SURVEY = "survey", _("Survey invitation")
        REMINDER = "reminder", _("Survey reminder")
        MARKETING = "marketing", _("Offers and news")

    SURVEY_KINDS = (Kind.SURVEY, Kind.REMINDER)

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="contacts"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    channel = models.CharField(_("channel"), max_length=10, default="email")
    at = models.DateTimeField(_("when"))
    source = models.CharField(_("source"), max_length=40)
    source_id = models.CharField(_("source id"), max_length=80)

    objects = ContactLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="surveys_contactlog_once"
            )
        ]
        indexes = [
            models.Index(F("member"), F("at").desc(), name="surveys_contactlog_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class Suppression(models.Model):
    """An address that a mail server has refused for good; no survey goes there."""

    class Reason(models.TextChoices):
        """Why the address is left alone."""

        BOUNCE = "bounce", _("Bounced")
        COMPLAINT = "complaint", _("Complained")

    address = models.EmailField(_("e-mail"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(
                Lower("address"), name="surveys_suppression_address_once"
            )
        ]

    def __str__(self) -> str:
        return self.address
