"""Points set aside for a while, and the lots that they are in."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account, Entry, Lot
from points.models.rewards import Reward


class HoldQuerySet(models.QuerySet["Hold"]):
    """Which holds: by who asks, by what they wait for."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Holds that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_redemption"):
            return self
        return self.none()

    def to_approve(self, at: datetime) -> Self:
        """Holds of rewards that a second person decides on."""
        return self.filter(
            state=Hold.State.HELD, needs_approval=True, expires_at__gt=at
        )


class Hold(models.Model):
    """Points that nobody else can spend until `expires_at`; no entry of the ledger.

    It is for a reward, or for a payment with points of `source_id` at `source`. The
    terms are those of the moment it was placed.
    """

    class State(models.TextChoices):
        """Where the hold stands."""

        HELD = "held", _("Held")
        CONFIRMED = "confirmed", _("Confirmed")
        RELEASED = "released", _("Released")
        EXPIRED = "expired", _("Expired")
        REFUSED = "refused", _("Refused")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    key = models.CharField(_("key"), max_length=200)
    points = models.PositiveBigIntegerField(_("points"))
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.HELD
    )
    reward = models.ForeignKey(
        Reward,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    source = models.CharField(_("source"), max_length=40, blank=True)
    source_id = models.CharField(_("source id"), max_length=120, blank=True)
    money_minor = models.PositiveBigIntegerField(_("paid in money"), default=0)
    value_minor = models.PositiveBigIntegerField(_("worth in money"), default=0)
    valid_days = models.PositiveSmallIntegerField(null=True, blank=True)
    has_piece = models.BooleanField(default=False)
    placed_at = models.DateTimeField(_("placed"))
    expires_at = models.DateTimeField(_("expires"), help_text=_("Exclusive."))
    actor = models.CharField(_("by"), max_length=120)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=120, blank=True)
    needs_approval = models.BooleanField(default=False, db_default=False)
    approved_by = models.CharField(
        _("approved by"), max_length=120, blank=True, default="", db_default=""
    )
    store = models.CharField(
        _("store"), max_length=40, blank=True, default="", db_default=""
    )
    note = models.CharField(
        _("note"), max_length=300, blank=True, default="", db_default=""
    )
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="hold"
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key"], name="points_hold_key_once_per_account"
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, expires_at__gt=F("placed_at")),
                name="points_hold_holds_points_for_a_while",
            ),
        ]
        indexes = [
            models.Index(
                F("account"), name="points_hold_of_account", condition=Q(state="held")
            ),
            models.Index(
                F("expires_at"), name="points_hold_expiring", condition=Q(state="held")
            ),
            models.Index(
                F("placed_at"),
                F("id"),
                name="points_hold_to_approve",
                condition=Q(state="held", needs_approval=True),
            ),
            models.Index(
                F("reward"),
                F("expires_at"),
                name="points_hold_of_piece",
                condition=Q(state="held", has_piece=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.points}"

    def get_absolute_url(self) -> str:
        """Return the page where the hold is approved or refused."""
        return reverse("points:approval", args=[self.public_id])

    def state_at(self, at: datetime) -> str:
        """Return the state in that instant, whether the sweep has been or not."""
        if self.state == self.State.HELD and self.expires_at <= at:
            return self.State.EXPIRED
        return self.state


class HoldLot(models.Model):
    """How much of a hold is in which lot."""

    hold = models.ForeignKey(
        Hold, on_delete=models.CASCADE, related_name="lots", db_index=False
    )
    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    points = models.PositiveBigIntegerField(_("points"))

    class Meta:
        verbose_name = _("lot of a hold")
        verbose_name_plural = _("lots of holds")
        constraints = [
            models.UniqueConstraint(
                fields=["hold", "lot"], name="points_holdlot_once_per_hold"
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="points_holdlot_has_points"
            ),
        ]

    def __str__(self) -> str:
        return str(self.points)
