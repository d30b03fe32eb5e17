"""The redemptions that buy rewards."""

from datetime import datetime, timedelta
from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id, new_voucher_code
from points.models.ledger import Account, Entry
from points.models.rewards import Reward


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    """Which redemptions: by who asks, by what is to be done."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Redemptions that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_redemption"):
            return self
        return self.none()

    def to_hand_over(self, at: datetime) -> Self:
        """Redemptions that wait for their member, vouchers that ended left out.

        A lottery ticket waits once it has won.
        """
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gt=at),
            ~Q(reward__kind=Reward.Kind.LOTTERY) | Q(ticket__win__isnull=False),
            state=Redemption.State.CONFIRMED,
        )

    def late(self, at: datetime) -> Self:
        """Redemptions that were to be handed over within days that have passed."""
        days = F("reward__fulfil_days") * Value(timedelta(days=1))
        due_at = ExpressionWrapper(F("at") + days, models.DateTimeField())
        return self.annotate(due_at=due_at).filter(due_at__lte=at)


class Redemption(models.Model):
    """The act of buying a reward with points."""

    class State(models.TextChoices):
        """Where the redemption stands."""

        CONFIRMED = "confirmed", _("To be handed over")
        FULFILLED = "fulfilled", _("Handed over")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        REVERSED = "reversed", _("Reversed")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="redemptions", db_index=False
    )
    reward = models.ForeignKey(
        Reward, on_delete=models.PROTECT, related_name="redemptions"
    )
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, related_name="redemption"
    )
    points = models.PositiveBigIntegerField(_("points"))
    money_minor = models.PositiveBigIntegerField(
        _("paid in money"), default=0, db_default=0
    )
    value_minor = models.PositiveBigIntegerField(
        _("worth in money"), default=0, db_default=0
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.CONFIRMED
    )
    code = models.CharField(
        _("code"), max_length=40, unique=True, default=new_voucher_code
    )
    store = models.CharField(
        _("store"), max_length=40, blank=True, default="", db_default=""
    )
    at = models.DateTimeField(_("when"))
    valid_until = models.DateTimeField(
        _("valid until"), null=True, blank=True, help_text=_("Exclusive; empty: ever.")
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    actor = models.CharField(_("by"), max_length=120)
    settled_by = models.CharField(_("settled by"), max_length=120, blank=True)

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        permissions = [
            ("approve_redemption", _("Can approve redemptions of others")),
        ]
        indexes = [
            models.Index(
                F("account"), F("at").desc(), name="points_redemption_of_account"
            ),
            models.Index(
                F("at").desc(), F("id").desc(), name="points_redemption_newest"
            ),
            models.Index(
                F("at"),
                F("id"),
                name="points_redemption_to_hand_over",
                condition=Q(state="confirmed"),
            ),
            models.Index(
                F("valid_until"),
                name="points_redemption_expiring",
                condition=Q(state="confirmed", valid_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """Return the redemption's page for staff."""
        return reverse("points:redemption-detail", args=[self.public_id])

    def is_late(self, at: datetime) -> bool:
        """Whether it waits for longer than the reward says; asks for the reward."""
        days = self.reward.fulfil_days
        is_open = self.state_at(at) == self.State.CONFIRMED
        return is_open and days is not None and self.at + timedelta(days=days) <= at

    def state_at(self, at: datetime) -> str:
        """Return the state in that instant, whether the sweep has been or not."""
        is_over = self.valid_until is not None and self.valid_until <= at
        if self.state == self.State.CONFIRMED and is_over:
            return self.State.EXPIRED
        return self.state
