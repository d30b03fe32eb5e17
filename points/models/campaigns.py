"""Campaigns: rules for some time and some members, beside members kept apart."""

from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from loyalty_site.lib.localized import in_language
from points.models.ledger import Entry, append_only

MOST_HELD_OUT_PERCENT = 90


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Which campaigns: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Campaigns that this member of staff may see: those who see the rules."""
        if user.is_authenticated and user.has_perm("points.view_earningrule"):
            return self
        return self.none()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Campaign(models.Model):
    """Earning rules that work from a start to an end, for an audience.

    Of the audience `holdout_percent` are kept apart: its rules give them nothing, so
    that the others can be compared with them. `tiers` are short names; none: everybody.
    """

    class State(models.TextChoices):
        """Where the campaign stands; its dates decide within that."""

        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waiting for approval")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    class Overflow(models.TextChoices):
        """What a purchase gets that would take the budget over its end."""

        TRIM = "trim", _("What is left of the budget")
        NOTHING = "nothing", _("Nothing by the campaign")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_zh_hans = models.CharField(_("name in 简体中文"), max_length=80, blank=True)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=80, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    tiers = models.JSONField(_("tiers"), default=list, blank=True)
    holdout_percent = models.PositiveSmallIntegerField(
        _("members kept apart, in percent"),
        default=0,
        validators=[MaxValueValidator(MOST_HELD_OUT_PERCENT)],
    )
    budget_points = models.PositiveBigIntegerField(
        _("budget in points"), null=True, blank=True
    )
    budget_minor = models.PositiveBigIntegerField(
        _("budget in minor units"), null=True, blank=True
    )
    overflow = models.CharField(
        _("when the budget runs out"),
        max_length=8,
        choices=Overflow,
        default=Overflow.TRIM,
        db_default=Overflow.TRIM,
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT
    )
    needs_approval = models.BooleanField(_("needs approval"), default=False)
    asked_by = models.CharField(_("started by"), max_length=120, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=120, blank=True)
    decision_note = models.CharField(_("why so"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("added"))
    created_by = models.CharField(_("by"), max_length=120)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_at", "-id"]
        permissions = [("approve_campaign", _("Can approve campaigns of others"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="points_campaign_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(holdout_percent__lte=MOST_HELD_OUT_PERCENT),
                name="points_campaign_reaches_somebody",
            ),
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | Q(state__in=("draft", "waiting"))
                | Q(~Q(approved_by=""), ~Q(approved_by=F("asked_by"))),
                name="points_campaign_approved_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the campaign's page for staff."""
        return reverse("points:campaign-detail", args=[self.public_id])

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        return in_language(
            self.name, zh_hans=self.name_zh_hans, zh_hant=self.name_zh_hant
        )

    @property
    def salt(self) -> str:
        """What the choice of the members kept apart depends on, beside the member."""
        return self.public_id.hex


class CampaignBudget(models.Model):
    """The points that a campaign can give in all, and those that it gave.

    Made when the campaign is submitted, from its points and from its money by the value of
    a point that day. Whoever gives or takes back points of the campaign locks it, after
    the accounts.
    """

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, primary_key=True, related_name="budget"
    )
    cap_points = models.PositiveBigIntegerField(_("points in all"))
    given_points = models.BigIntegerField(_("points given"), default=0, db_default=0)

    class Meta:
        verbose_name = _("budget of a campaign")
        verbose_name_plural = _("budgets of campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(given_points__gte=0, given_points__lte=F("cap_points")),
                name="points_campaignbudget_is_never_overspent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.given_points}/{self.cap_points}"

    @property
    def left_points(self) -> int:
        """Points (>= 0) that it can still give."""
        return self.cap_points - self.given_points


class CampaignGrant(models.Model):
    """Points that a campaign added to what a purchase earned, or got back of them."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="grants", db_index=False
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="grants")
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("points of a campaign")
        verbose_name_plural = _("points of campaigns")
        constraints = [
            models.CheckConstraint(
                condition=~Q(points=0), name="points_campaigngrant_moves_something"
            )
        ]
        indexes = [
            models.Index(F("campaign"), F("id"), name="points_campaigngrant_of"),
        ]
        triggers = append_only("campaigngrant")

    def __str__(self) -> str:
        return str(self.points)
