"""Refunds: what came back of a purchase, and the points it took back."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Entry, append_only
from points.models.purchases import Purchase, PurchaseLine


class RefundQuerySet(models.QuerySet["Refund"]):
    """Which refunds: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Refunds that this user may see: those of the purchases."""
        if user.is_authenticated and user.has_perm("points.view_purchase"):
            return self
        return self.none()


class Refund(models.Model):
    """Money that went back for a purchase, in whole or in part; never changed.

    `points` belong to the money; `due` are those that have not expired meanwhile,
    `collected` those of them that the member still had, and `owed` those that became a
    debt. `returned` are points that had paid and came back.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, related_name="refunds"
    )
    source = models.CharField(_("source"), max_length=40)
    source_id = models.CharField(_("id at the source"), max_length=120)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    points = models.BigIntegerField(_("points of the amount"))
    due = models.BigIntegerField(_("points due"))
    collected = models.BigIntegerField(_("points taken back"), default=0)
    owed = models.BigIntegerField(_("points owed"), default=0, db_default=0)
    returned = models.BigIntegerField(_("points given back"), default=0, db_default=0)
    occurred_at = models.DateTimeField(_("time of refund"))
    posted_at = models.DateTimeField(_("posted"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    actor = models.CharField(_("by"), max_length=120)
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, related_name="refund"
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["id"]
        permissions = [("refund_purchase", _("Can refund a purchase"))]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="points_refund_once_per_source"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="points_refund_gives_money_back"
            ),
            models.CheckConstraint(
                condition=Q(
                    collected__gte=0,
                    owed__gte=0,
                    returned__gte=0,
                    due__gte=F("collected") + F("owed"),
                    points__gte=F("due"),
                ),
                name="points_refund_collects_what_is_due_at_most",
            ),
        ]
        triggers = append_only("refund")

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"


class RefundLine(models.Model):
    """How much of one line came back."""

    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(
        PurchaseLine, on_delete=models.PROTECT, related_name="refunds"
    )
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    quantity = models.DecimalField(
        _("quantity"), max_digits=12, decimal_places=3, null=True
    )

    class Meta:
        verbose_name = _("refunded line")
        verbose_name_plural = _("refunded lines")
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "line"], name="points_refundline_once_per_refund"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0),
                name="points_refundline_amount_not_negative",
            ),
        ]
        triggers = append_only("refundline")

    def __str__(self) -> str:
        return str(self.amount_minor)
