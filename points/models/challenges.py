"""Challenges: goals that members reach in a time, and what they got for it."""

from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from loyalty_site.lib.localized import in_language
from points.models.badges import Badge
from points.models.campaigns import Campaign
from points.models.ledger import Account, Entry, append_only
from points.models.tiers import Tier


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    """Which challenges: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Challenges that this member of staff may see: those who see the rules."""
        if user.is_authenticated and user.has_perm("points.view_earningrule"):
            return self
        return self.none()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Challenge(models.Model):
    """Goals, all of them or one, and what whoever reaches them gets; the end is exclusive.

    `tier` is the lowest that takes part, None everybody. By `campaign`, its members kept
    apart get nothing, its budget pays, and it gives nothing while that does not run.
    """

    class State(models.TextChoices):
        """Where the challenge stands; its dates decide within that."""

        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped")

    class Needs(models.TextChoices):
        """How many of the goals must be reached."""

        ALL = "all", _("All of them")
        ANY = "any", _("One of them is enough")

    class Repeat(models.TextChoices):
        """How often a member can reach it; counted anew each time."""

        ONCE = "once", _("Once")
        WEEK = "week", _("Every week, from Monday")
        MONTH = "month", _("Every calendar month")

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
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    tier = models.ForeignKey(
        Tier,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("from this tier up"),
    )
    needs = models.CharField(
        _("goals to reach"), max_length=3, choices=Needs, default=Needs.ALL
    )
    repeat = models.CharField(
        _("how often"), max_length=5, choices=Repeat, default=Repeat.ONCE
    )
    points = models.PositiveBigIntegerField(_("points"), default=0)
    badge = models.ForeignKey(
        Badge,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="challenges",
        db_index=False,
        verbose_name=_("badge"),
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="challenges",
        db_index=False,
        verbose_name=_("campaign"),
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.DRAFT
    )
    created_at = models.DateTimeField(_("added"))
    created_by = models.CharField(_("by"), max_length=120)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="points_challenge_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0) | Q(badge__isnull=False),
                name="points_challenge_gives_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the challenge's page for staff."""
        return reverse("points:challenge-detail", args=[self.public_id])

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


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class ChallengeGoal(models.Model):
    """A counter, and how far it has to come; reached counts as in.

    `what` is an article, a category or the name of an event. Money is in minor units.
    """

    class Kind(models.TextChoices):
        """What is counted."""

        PURCHASES = "purchases", _("Purchases")
        SPEND = "spend", _("Spend")
        POINTS = "points", _("Points earned with purchases")
        VISITS = "visits", _("Days with a purchase")
        SKU = "sku", _("Pieces of an article (SKU)")
        CATEGORY = "category", _("Pieces of a category")
        EVENTS = "events", _("Events of a name")

    NAMED = (Kind.SKU, Kind.CATEGORY, Kind.EVENTS)

    challenge = models.ForeignKey(
        Challenge, on_delete=models.CASCADE, related_name="goals", db_index=False
    )
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("what counts"), max_length=10, choices=Kind)
    target = models.PositiveBigIntegerField(_("goal"))
    what = models.CharField(
        _("article, category or event"), max_length=80, blank=True, default=""
    )
    least_minor = models.PositiveBigIntegerField(_("smallest purchase"), default=0)

    class Meta:
        verbose_name = _("goal of a challenge")
        verbose_name_plural = _("goals of challenges")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "position"],
                name="points_challengegoal_position_once",
            ),
            models.CheckConstraint(
                condition=Q(target__gt=0), name="points_challengegoal_is_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["sku", "category", "events"]) & ~Q(what="")
                | ~Q(kind__in=["sku", "category", "events"]) & Q(what=""),
                name="points_challengegoal_names_what_it_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class ChallengeAward(models.Model):
    """That a member reached a challenge, and what it gave; never changed.

    `period` is the first day of the time it was counted in. `points` are what was given,
    less than the challenge's where a budget ran out. `evidence` are the counters then,
    in the order of the goals.
    """

    id = models.BigAutoField(primary_key=True)
    challenge = models.ForeignKey(
        Challenge, on_delete=models.PROTECT, related_name="awards", db_index=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="challenge_awards"
    )
    period = models.DateField(_("period"))
    points = models.PositiveBigIntegerField(_("points"))
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, related_name="challenge_award"
    )
    at = models.DateTimeField(_("reached"))
    evidence = models.JSONField(_("evidence"))

    class Meta:
        verbose_name = _("challenge reached")
        verbose_name_plural = _("challenges reached")
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "account", "period"],
                name="points_challengeaward_once_per_period",
            ),
            models.CheckConstraint(
                condition=Q(points=0, entry=None)
                | Q(points__gt=0, entry__isnull=False),
                name="points_challengeaward_has_an_entry_for_points",
            ),
        ]
        triggers = append_only("challengeaward")

    def __str__(self) -> str:
        return f"{self.challenge_id} {self.account_id} {self.period}"


class BadgeGrant(models.Model):
    """That a member has a badge, since when and for what; never changed."""

    id = models.BigAutoField(primary_key=True)
    badge = models.ForeignKey(
        Badge, on_delete=models.PROTECT, related_name="grants", db_index=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="badges"
    )
    award = models.ForeignKey(
        ChallengeAward, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("badge of a member")
        verbose_name_plural = _("badges of members")
        constraints = [
            models.UniqueConstraint(
                fields=["badge", "account"], name="points_badgegrant_once_per_member"
            )
        ]
        triggers = append_only("badgegrant")

    def __str__(self) -> str:
        return f"{self.badge_id} {self.account_id}"


class ChallengeTouch(models.Model):
    """A member whose purchases or events changed, to be looked at and removed.

    One row for each time, so that nobody ever waits for another's row.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("member to look at")
        verbose_name_plural = _("members to look at")

    def __str__(self) -> str:
        return str(self.account_id)
