"""Points that paid a part of a purchase."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account, Entry


class PointsPayment(models.Model):
    """Points taken for `amount_minor` off the purchase `source_id` at `source`.

    It may come before the purchase is posted, so the purchase is named as the source
    names it; refunds find here what points paid.
    """

    public_id = models.UUIDField(unique=True, default=new_public_id)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, related_name="payment"
    )
    source = models.CharField(_("source"), max_length=40)
    source_id = models.CharField(_("source id"), max_length=120)
    points = models.PositiveBigIntegerField(_("points"))
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("by"), max_length=120)
    reversed_at = models.DateTimeField(_("reversed"), null=True, blank=True)
    reversed_by = models.CharField(_("reversed by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("payment with points")
        verbose_name_plural = _("payments with points")
        constraints = [
            models.UniqueConstraint(
                F("source"),
                F("source_id"),
                condition=Q(reversed_at=None),
                name="points_payment_once_per_purchase",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="points_payment_has_points"
            ),
        ]
        indexes = [
            models.Index(F("account"), F("at").desc(), name="points_payment_of_account")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"
