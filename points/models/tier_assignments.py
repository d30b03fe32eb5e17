"""Tiers given by hand, for a while or for good; the natural tier goes on underneath."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account
from points.models.tiers import Tier


class TierAssignmentQuerySet(models.QuerySet["TierAssignment"]):
    """Which assignments: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Assignments that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_tierassignment"):
            return self
        return self.none()


class TierAssignment(models.Model):
    """A tier that somebody asked for and somebody else approved.

    It holds from the approval until `ends_at`, exclusive, or until it is ended.
    """

    class Kind(models.TextChoices):
        """How the assigned tier and the natural one go together."""

        FLOOR = "floor", _("At least this tier")
        EXACT = "exact", _("Exactly this tier")

    class State(models.TextChoices):
        """Where the assignment stands."""

        WAITING = "waiting", _("Waiting for approval")
        ACTIVE = "active", _("In force")
        REFUSED = "refused", _("Refused")
        ENDED = "ended", _("Ended")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="tier_assignments",
        db_index=False,
    )
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("how"), max_length=12, choices=Kind, default=Kind.FLOOR)
    ends_at = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Exclusive. Empty: no end.")
    )
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=12, choices=State)
    key = models.CharField(_("key"), max_length=120, unique=True)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(_("asked by"), max_length=120)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    decision_note = models.CharField(_("why so"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=120, blank=True)

    objects = TierAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier by hand")
        verbose_name_plural = _("tiers by hand")
        permissions = [
            ("assign_tier", _("Can ask for tiers by hand")),
            ("approve_tierassignment", _("Can approve tiers that others ask for")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["waiting", "active"]),
                name="points_tierassignment_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "ended"])
                | Q(~Q(decided_by=""), ~Q(decided_by=F("asked_by"))),
                name="points_tierassignment_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | Q(~Q(state="ended"), ended_at__isnull=True),
                name="points_tierassignment_ended_says_when",
            ),
        ]
        indexes = [
            models.Index(
                F("asked_at").desc(),
                F("id").desc(),
                name="points_tierassignment_newest",
            ),
            models.Index(
                F("account"),
                F("asked_at").desc(),
                name="points_tierassignment_of_acct",
            ),
            models.Index(
                F("ends_at"),
                name="points_tierassignment_active",
                condition=Q(state="active"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.tier}"

    def get_absolute_url(self) -> str:
        """Return the assignment's page for staff."""
        return reverse("points:tier-assignment", args=[self.public_id])

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state == self.State.WAITING

    def is_over(self, at: datetime) -> bool:
        """Whether its end has come by `at`."""
        return self.ends_at is not None and self.ends_at <= at
