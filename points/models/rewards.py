"""Rewards: what points buy, for whom, how often and how many are left."""

from datetime import datetime
from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from loyalty_site.lib.localized import in_language
from points.models.tiers import Tier


class RewardQuerySet(models.QuerySet["Reward"]):
    """Which rewards: by who asks, by the instant."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Rewards that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_reward"):
            return self
        return self.none()

    def on_offer(self, at: datetime) -> Self:
        """Rewards a member can pick at that instant; a missing end means no end.

        A lottery ticket is one once its draw is promised.
        """
        return self.filter(
            Q(starts_at=None) | Q(starts_at__lte=at),
            Q(ends_at=None) | Q(ends_at__gt=at),
            ~Q(kind=Reward.Kind.LOTTERY) | Q(lottery__isnull=False),
            is_active=True,
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Reward(models.Model):
    """Something that points buy."""

    class Kind(models.TextChoices):
        """What the member gets."""

        PRODUCT = "product", _("Product")
        VOUCHER = "voucher", _("Money-off voucher")
        PERCENTAGE = "percentage", _("Percentage off")
        CODE = "code", _("Code from a pool")
        EXPERIENCE = "experience", _("Experience")
        DONATION = "donation", _("Donation")
        CASHBACK = "cashback", _("Cashback")
        LOTTERY = "lottery", _("Lottery ticket")

    class LimitPeriod(models.TextChoices):
        """How long a limit lasts, on the programme's calendar."""

        DAY = "day", _("per day")
        WEEK = "week", _("per week, from Monday")
        MONTH = "month", _("per month")
        YEAR = "year", _("per year")

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
    money_minor = models.PositiveBigIntegerField(
        _("and in money"),
        default=0,
        db_default=0,
        help_text=_("What the member pays beside the points."),
    )
    value_minor = models.PositiveBigIntegerField(
        _("worth in money"),
        default=0,
        db_default=0,
        help_text=_("What a voucher takes off, what cashback or a donation pays out."),
    )
    value_percent = models.PositiveSmallIntegerField(
        _("per cent off"), null=True, blank=True
    )
    limit_per_member = models.PositiveIntegerField(
        _("at most per member"), null=True, blank=True
    )
    limit_per_period = models.PositiveIntegerField(
        _("at most per member and period"), null=True, blank=True
    )
    limit_period = models.CharField(
        _("period of the limit"),
        max_length=8,
        choices=LimitPeriod,
        default=LimitPeriod.MONTH,
        db_default=LimitPeriod.MONTH,
    )
    valid_days = models.PositiveSmallIntegerField(
        _("the voucher is valid for days"), null=True, blank=True
    )
    fulfil_days = models.PositiveSmallIntegerField(
        _("handed over within days"), null=True, blank=True
    )
    needs_approval = models.BooleanField(
        _("a second person approves it"), default=False, db_default=False
    )
    is_exclusive = models.BooleanField(
        _("only for some tiers"), default=False, db_default=False
    )
    starts_at = models.DateTimeField(_("offered from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("offered until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    picture_digest = models.CharField(
        max_length=64, blank=True, default="", db_default=""
    )
    picture_width = models.PositiveSmallIntegerField(default=0, db_default=0)
    picture_height = models.PositiveSmallIntegerField(default=0, db_default=0)
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
    )
    picture_alt_zh_hans = models.CharField(
        _("what it shows, in 简体中文"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
    )
    picture_alt_zh_hant = models.CharField(
        _("what it shows, in 繁體中文"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
    )

    objects = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["cost_points", "id"]
        permissions = [("redeem_reward", _("Can redeem a reward for a member"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_points__gt=0), name="points_reward_costs_points"
            ),
            models.CheckConstraint(
                condition=Q(value_percent=None)
                | Q(value_percent__gte=1, value_percent__lte=100),
                name="points_reward_takes_off_1_to_100_percent",
            ),
            models.CheckConstraint(
                condition=(Q(limit_per_member=None) | Q(limit_per_member__gt=0))
                & (Q(limit_per_period=None) | Q(limit_per_period__gt=0))
                & (Q(valid_days=None) | Q(valid_days__gt=0)),
                name="points_reward_limits_are_above_zero",
            ),
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
    def local_alt(self) -> str:
        """What the picture shows, in the language of the page."""
        return in_language(
            self.picture_alt,
            zh_hans=self.picture_alt_zh_hans,
            zh_hant=self.picture_alt_zh_hant,
        )

    @property
    def local_description(self) -> str:
        """The description in the language of the page."""
        return in_language(
            self.description,
            zh_hans=self.description_zh_hans,
            zh_hant=self.description_zh_hant,
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class RewardTier(models.Model):
    """What a reward is to a tier: admitted where it is exclusive, and its price."""

    reward = models.ForeignKey(
        Reward, on_delete=models.CASCADE, related_name="tiers", db_index=False
    )
    tier = models.ForeignKey(
        Tier, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    is_admitted = models.BooleanField(_("can have it"), default=True)
    cost_points = models.PositiveBigIntegerField(
        _("cost in points"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("reward of a tier")
        verbose_name_plural = _("rewards of tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["reward", "tier"], name="points_rewardtier_once_per_tier"
            ),
            models.CheckConstraint(
                condition=Q(cost_points=None) | Q(cost_points__gt=0),
                name="points_rewardtier_costs_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward_id} {self.tier_id}"


class RewardPicture(models.Model):
    """The bytes of a picture, by their SHA-256; they are never changed."""

    digest = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=40)
    data = models.BinaryField()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                condition=Q(media_type__in=["image/png", "image/jpeg"]),
                name="points_rewardpicture_is_png_or_jpeg",
            )
        ]

    def __str__(self) -> str:
        return self.digest


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
