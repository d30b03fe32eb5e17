"""Tiers, and the dated history of who held which."""

from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.localized import in_language
from points.models.ledger import Account, append_only


class TierQuerySet(models.QuerySet["Tier"]):
    """Which tiers: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Tiers that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_earningrule"):
            return self
        return self.none()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Tier(models.Model):
    """A level reached by qualifying points of the last twelve months."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_zh_hans = models.CharField(_("name in 简体中文"), max_length=40, blank=True)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=40, blank=True)
    threshold = models.PositiveBigIntegerField(
        _("qualifying points"), unique=True, help_text=_("Reached counts as in.")
    )
    multiplier = models.DecimalField(
        _("points multiplier"), max_digits=6, decimal_places=3, default=1
    )
    perks = models.TextField(_("perks in words"), blank=True)
    perks_zh_hans = models.TextField(
        _("perks in words, in 简体中文"), blank=True, default=""
    )
    perks_zh_hant = models.TextField(
        _("perks in words, in 繁體中文"), blank=True, default=""
    )

    objects = TierQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["threshold"]
        constraints = [
            models.CheckConstraint(
                condition=Q(multiplier__gte=1), name="points_tier_multiplier_at_least_1"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        return in_language(
            self.name, zh_hans=self.name_zh_hans, zh_hant=self.name_zh_hant
        )

    @property
    def local_perks(self) -> str:
        """The perks in the language of the page."""
        return in_language(
            self.perks, zh_hans=self.perks_zh_hans, zh_hant=self.perks_zh_hant
        )


class TierChange(models.Model):
    """One dated move between tiers, with its cause and the evidence."""

    class Cause(models.TextChoices):
        """Why the tier changed."""

        UPGRADE = "upgrade", _("Reached the threshold")
        DOWNGRADE = "downgrade", _("Below the threshold")

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="tier_changes", db_index=False
    )
    from_tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("when"))
    cause = models.CharField(_("cause"), max_length=12, choices=Cause)
    qualifying = models.BigIntegerField(_("qualifying points then"))

    class Meta:
        verbose_name = _("tier change")
        verbose_name_plural = _("tier changes")
        indexes = [
            models.Index(
                F("account"),
                F("at").desc(),
                F("id").desc(),
                name="points_tierchange_latest",
            )
        ]
        triggers = append_only("tierchange")

    def __str__(self) -> str:
        return f"{self.from_tier_id} → {self.to_tier_id}"
