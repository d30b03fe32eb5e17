"""Every change of when points can be spent or expire, after they were posted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from points.models.ledger import Account, Entry, Lot, append_only
from points.models.redatings import Redating


class DateChange(models.Model):
    """The dates of one lot before and after, and why; the last one says those of the lot.

    `entry` is the activity that extended the points. `redating` is
    the run that moved them. The account is that of the lot.
    """

    class Cause(models.TextChoices):
        """Why the dates moved."""

        ACTIVITY = "activity", _("Extended by an activity")
        CONFIRMED = "confirmed", _("Purchase confirmed")
        REDATED = "redated", _("Re-dated")
        RESTORED = "restored", _("Re-dating taken back")

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="date_changes")
    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    entry = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    redating = models.ForeignKey(
        Redating,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    old_effective_at = models.DateTimeField(_("effective before"))
    new_effective_at = models.DateTimeField(_("effective"))
    old_expires_at = models.DateTimeField(_("expired before"), null=True, blank=True)
    new_expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    at = models.DateTimeField(_("when"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    actor = models.CharField(_("actor"), max_length=120)

    class Meta:
        verbose_name = _("change of dates")
        verbose_name_plural = _("changes of dates")
        constraints = [
            models.CheckConstraint(
                condition=Q(new_expires_at=None)
                | Q(new_expires_at__gt=F("new_effective_at")),
                name="points_datechange_expires_after_it_is_effective",
            ),
        ]
        indexes = [
            models.Index(
                fields=["redating", "id"],
                name="points_datechange_of_redating",
                condition=Q(redating__isnull=False),
            ),
        ]
        triggers = append_only("datechange")

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.lot_id}"
