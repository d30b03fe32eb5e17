"""Tiers, and the dated history of who held which."""

from typing import ClassVar, Self

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
    """A level of the ladder, and what a member collects in the window to reach it.

    Criteria that are empty ask for nothing. `rank` is kept by the service that saves
    tiers: 1 is the lowest.
    """

    class Needs(models.TextChoices):
        """How many of the criteria must be met."""

        ALL = "all", _("All of them")
        ANY = "any", _("One of them is enough")

    COUNTERS: ClassVar = (
        "threshold",
        "spend_minor",
        "visits",
        "active_days",
        "bonus_events",
    )

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_zh_hans = models.CharField(_("name in 简体中文"), max_length=40, blank=True)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=40, blank=True)
    rank = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    threshold = models.PositiveBigIntegerField(
        _("qualifying points"),
        null=True,
        blank=True,
        help_text=_("Reached counts as in. Empty: points do not matter."),
    )
    spend_minor = models.PositiveBigIntegerField(_("spend"), null=True, blank=True)
    visits = models.PositiveIntegerField(
        _("visits"),
        null=True,
        blank=True,
        help_text=_("Days with a purchase."),
    )
    active_days = models.PositiveIntegerField(
        _("active days"),
        null=True,
        blank=True,
        help_text=_("Days with a purchase or an event."),
    )
    bonus_events = models.PositiveIntegerField(
        _("events"),
        null=True,
        blank=True,
        help_text=_("What bonus points were given for, such as answered surveys."),
    )
    needs = models.CharField(
        _("criteria to meet"),
        max_length=3,
        choices=Needs,
        default=Needs.ALL,
        db_default=Needs.ALL,
    )
    is_for_life = models.BooleanField(
        _("for life"),
        default=False,
        db_default=False,
        help_text=_("Who reached it once does not fall below it."),
    )
    multiplier = models.DecimalField(
        _("points multiplier"), max_digits=6, decimal_places=3, default=1
    )
    entry_gift = models.PositiveIntegerField(
        _("entry gift in points"),
        default=0,
        db_default=0,
        help_text=_("Once for each member who comes up to it. 0: none."),
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
        ordering = ["rank", "threshold", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(multiplier__gte=1), name="points_tier_multiplier_at_least_1"
            ),
            models.CheckConstraint(
                condition=Q(threshold__isnull=False)
                | Q(spend_minor__isnull=False)
                | Q(visits__isnull=False)
                | Q(active_days__isnull=False)
                | Q(bonus_events__isnull=False),
                name="points_tier_has_a_criterion",
            ),
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
    def criteria(self) -> dict[str, int]:
        """What must be reached, inclusive, by counter; only what is asked for."""
        asked = {name: getattr(self, name) for name in self.COUNTERS}
        return {name: value for name, value in asked.items() if value is not None}

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
        MANUAL = "manual", _("Assigned by hand")
        MANUAL_END = "manual_end", _("The assignment by hand ended")
        TERMS = "terms", _("The thresholds or terms changed")
        MERGE = "merge", _("Memberships were merged")

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
    evidence = models.JSONField(
        _("evidence"),
        null=True,
        blank=True,
        help_text=_("The other counters of the window, where tiers ask for them."),
    )

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
