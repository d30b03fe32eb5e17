"""Rewards, their stock, and the redemptions that buy them."""

from datetime import datetime
from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id, new_voucher_code
from loyalty_site.lib.localized import in_language
from points.models.ledger import Account, Entry


class RewardQuerySet(models.QuerySet["Reward"]):
    """Which rewards: by who asks, by the instant."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Rewards that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_reward"):
            return self
        return self.none()

    def on_offer(self, at: datetime) -> Self:
        """Rewards a member can pick at that instant; a missing end means no end."""
        return self.filter(
            Q(starts_at=None) | Q(starts_at__lte=at),
            Q(ends_at=None) | Q(ends_at__gt=at),
            is_active=True,
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Reward(models.Model):
    """Something that points buy."""

    class Kind(models.TextChoices):
        """What the member gets."""

        PRODUCT = "product", _("Product")
        VOUCHER = "voucher", _("Money-off voucher")
        EXPERIENCE = "experience", _("Experience")
        DONATION = "donation", _("Donation")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_zh_hans = models.CharField(_("name in 简体中文"), max_length=80, blank=True)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=1000)
    description_zh_hans = models.TextField(
        _("description in 简体中文"), blank=True, default="", max_length=1000
    )
    description_zh_hant = models.TextField(
        _("description in 繁體中文"), blank=True, default="", max_length=1000
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind, default=Kind.PRODUCT
    )
    cost_points = models.PositiveBigIntegerField(_("cost in points"))
    starts_at = models.DateTimeField(_("offered from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("offered until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["cost_points", "id"]
        permissions = [("redeem_reward", _("Can redeem a reward for a member"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_points__gt=0), name="points_reward_costs_points"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the reward's page for staff."""
        return reverse("points:reward-detail", args=[self.public_id])

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        return in_language(
            self.name, zh_hans=self.name_zh_hans, zh_hant=self.name_zh_hant
        )

    @property
    def local_description(self) -> str:
        """The description in the language of the page."""
        return in_language(
            self.description,
            zh_hans=self.description_zh_hans,
            zh_hant=self.description_zh_hant,
        )


class RewardStock(models.Model):
    """How many pieces are left; a reward without this row has no limit."""

    reward = models.OneToOneField(
        Reward, on_delete=models.CASCADE, primary_key=True, related_name="stock"
    )
    pieces = models.IntegerField(_("pieces left"))

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.CheckConstraint(
                condition=Q(pieces__gte=0), name="points_rewardstock_not_oversold"
            )
        ]

    def __str__(self) -> str:
        return str(self.pieces)


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    """Which redemptions: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Redemptions that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_redemption"):
            return self
        return self.none()


class Redemption(models.Model):
    """The act of buying a reward with points."""

    class State(models.TextChoices):
        """Where the redemption stands."""

        CONFIRMED = "confirmed", _("To be handed over")
        FULFILLED = "fulfilled", _("Handed over")
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
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.CONFIRMED
    )
    code = models.CharField(
        _("code"), max_length=20, unique=True, default=new_voucher_code
    )
    at = models.DateTimeField(_("when"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    actor = models.CharField(_("by"), max_length=120)
    settled_by = models.CharField(_("settled by"), max_length=120, blank=True)

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        indexes = [
            models.Index(
                F("account"), F("at").desc(), name="points_redemption_of_account"
            ),
            models.Index(
                F("at").desc(), F("id").desc(), name="points_redemption_newest"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """Return the redemption's page for staff."""
        return reverse("points:redemption-detail", args=[self.public_id])
