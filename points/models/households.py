"""Members who share what they may spend, and when they did."""

from typing import Self

import pgtrigger
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account


class HouseholdQuerySet(models.QuerySet["Household"]):
    """Which households: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Households that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_household"):
            return self
        return self.none()

    def with_size(self) -> Self:
        """Each with how many members it has, as `size`."""
        of_now = models.Count("memberships", filter=Q(memberships__left_at=None))
        return self.annotate(size=of_now)


class MembershipQuerySet(models.QuerySet["HouseholdMembership"]):
    """Which memberships of households: by time."""

    def of_now(self) -> Self:
        """Those that have not ended."""
        return self.filter(left_at=None)


class Household(models.Model):
    """Members who keep their own accounts and may spend each other's points."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    name = models.CharField(_("name"), max_length=80)
    key = models.CharField(_("key"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.CharField(_("by"), max_length=120)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        permissions = [
            ("manage_households", _("Can put members into households and out"))
        ]
        indexes = [
            models.Index(
                F("created_at").desc(), F("id").desc(), name="points_household_newest"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the household's page for staff."""
        return reverse("points:household-detail", args=[self.public_id])


class HouseholdMembership(models.Model):
    """From when to when a member was in a household; one that ended never changes.

    `points_back` went from the leaver to others when the membership ended, and
    `points_along` came from others to the leaver, by the `rule` of that time.
    """

    class Cause(models.TextChoices):
        """Why a membership ended."""

        LEFT = "left", _("Left the household")
        CLOSED = "closed", _("Membership closed")
        MERGED = "merged", _("Membership merged")
        UNMERGED = "unmerged", _("Merge undone")

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="memberships", db_index=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    joined_at = models.DateTimeField(_("joined"))
    joined_by = models.CharField(_("added by"), max_length=120)
    left_at = models.DateTimeField(_("left the household"), null=True, blank=True)
    left_by = models.CharField(_("taken out by"), max_length=120, blank=True)
    cause = models.CharField(_("cause"), max_length=8, choices=Cause, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    rule = models.CharField(_("leaving rule"), max_length=8, blank=True)
    points_back = models.PositiveBigIntegerField(default=0)
    points_along = models.PositiveBigIntegerField(default=0)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership of a household")
        verbose_name_plural = _("memberships of households")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(left_at=None),
                name="points_household_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, cause="")
                | (Q(left_at__gte=F("joined_at")) & ~Q(cause="")),
                name="points_household_who_left_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["household", "joined_at", "id"],
                name="points_household_members",
            ),
            models.Index(
                F("account"), F("joined_at").desc(), name="points_household_of_member"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="householdmembership_stays", operation=pgtrigger.Delete
            ),
            pgtrigger.Protect(
                name="householdmembership_ended_stays_as_it_was",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__left_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.account_id}"
