"""Points given or taken by hand, and how many a role may move alone."""

from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account, Entry


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    """Which adjustments: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Adjustments that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_adjustment"):
            return self
        return self.none()


class Adjustment(models.Model):
    """Points that somebody gave or took by hand: who asked, why, and who decided."""

    class State(models.TextChoices):
        """Where the adjustment stands."""

        WAITING = "waiting", _("Waiting for approval")
        POSTED = "posted", pgettext_lazy("state", "Posted")
        REFUSED = "refused", _("Refused")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="adjustments", db_index=False
    )
    points = models.BigIntegerField(_("points"))
    reason = models.CharField(_("reason"), max_length=12, choices=Entry.AdjustReason)
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State)
    key = models.CharField(_("key"), max_length=120, unique=True)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(_("asked by"), max_length=120)
    needs_approval = models.BooleanField(_("needs approval"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    decision_note = models.CharField(_("why so"), max_length=300, blank=True)
    entry = models.OneToOneField(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="adjustment",
    )

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        permissions = [
            ("adjust_points", _("Can give and take points by hand")),
            ("approve_adjustment", _("Can approve adjustments of others")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(points=0), name="points_adjustment_moves_something"
            ),
            models.CheckConstraint(
                condition=Q(state="posted", entry__isnull=False)
                | Q(~Q(state="posted"), entry__isnull=True),
                name="points_adjustment_posted_has_its_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted", needs_approval=True)
                | Q(~Q(decided_by=""), ~Q(decided_by=F("asked_by"))),
                name="points_adjustment_approved_by_another_person",
            ),
        ]
        indexes = [
            models.Index(
                F("asked_at").desc(), F("id").desc(), name="points_adjustment_newest"
            ),
            models.Index(
                F("account"), F("asked_at").desc(), name="points_adjustment_of_account"
            ),
            models.Index(
                F("asked_at"),
                name="points_adjustment_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                F("asked_by"), F("asked_at"), name="points_adjustment_of_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d}"

    def get_absolute_url(self) -> str:
        """Return the adjustment's page for staff."""
        return reverse("points:adjustment-detail", args=[self.public_id])

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state == self.State.WAITING


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class AdjustmentLimit(models.Model):
    """What a role may move without a second person; a missing number is no limit."""

    role = models.CharField(_("role"), max_length=20, unique=True)
    per_adjustment = models.PositiveBigIntegerField(
        _("points at once"), null=True, blank=True
    )
    per_day = models.PositiveBigIntegerField(_("points a day"), null=True, blank=True)

    class Meta:
        verbose_name = _("limit of adjustments")
        verbose_name_plural = _("limits of adjustments")

    def __str__(self) -> str:
        return self.role
