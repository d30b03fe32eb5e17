"""Points that one member gave to another."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account, append_only


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Which transfers: by who asks, by member."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Transfers that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_transfer"):
            return self
        return self.none()


class Transfer(models.Model):
    """Points that went from one account to another, lot by lot; never changed."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    sender = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    receiver = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    points = models.BigIntegerField(_("points"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    key = models.CharField(_("key"), max_length=200, unique=True)
    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("by"), max_length=120)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        permissions = [
            ("transfer_points", _("Can give points of one member to another"))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gt=0), name="points_transfer_moves_something"
            ),
            models.CheckConstraint(
                condition=~Q(sender=F("receiver")),
                name="points_transfer_between_two_members",
            ),
        ]
        indexes = [
            models.Index(F("at").desc(), F("id").desc(), name="points_transfer_newest"),
            models.Index(F("sender"), F("at").desc(), name="points_transfer_of_sender"),
            models.Index(
                F("receiver"), F("at").desc(), name="points_transfer_of_receiver"
            ),
            models.Index(F("actor"), F("at"), name="points_transfer_of_person"),
        ]
        triggers = append_only("transfer")

    def __str__(self) -> str:
        return str(self.points)

    def get_absolute_url(self) -> str:
        """Return the transfer's page for staff."""
        return reverse("points:transfer-detail", args=[self.public_id])
