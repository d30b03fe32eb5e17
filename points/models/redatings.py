"""Runs that give points that were posted the expiry of a changed policy."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.models import Job
from loyalty_site.lib.ids import new_public_id


class RedatingQuerySet(models.QuerySet["Redating"]):
    """Which re-datings: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Re-datings that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.redate_points"):
            return self
        return self.none()


class Redating(models.Model):
    """One re-dating: looked at first, then done, and taken back as a whole if need be.

    The policies are those of its beginning: what was looked at is what is done. The
    numbers are those of the last run over all accounts.
    """

    class State(models.TextChoices):
        """How far it has come."""

        COUNTING = "counting", _("Counting")
        COUNTED = "counted", _("Ready to be confirmed")
        MOVING = "moving", _("Moving the dates")
        DONE = "done", _("Done")
        REVERSING = "reversing", _("Being taken back")
        REVERSED = "reversed", _("Taken back")
        STOPPED = "stopped", _("Stopped")

    WORKING = (State.COUNTING, State.MOVING, State.REVERSING)

    public_id = models.UUIDField(unique=True, default=new_public_id)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.COUNTING
    )
    expiry = models.JSONField(_("expiry of points"))
    tier_expiry = models.JSONField(_("expiry of points by tier"), default=dict)
    notice_days = models.PositiveSmallIntegerField(
        _("days of notice"), default=0, validators=[MaxValueValidator(366)]
    )
    reason = models.CharField(_("reason"), max_length=300)
    lots = models.BigIntegerField(_("credits"), default=0)
    members = models.BigIntegerField(_("members"), default=0)
    points_later = models.BigIntegerField(_("points that last longer"), default=0)
    points_earlier = models.BigIntegerField(_("points that expire sooner"), default=0)
    points_at_once = models.BigIntegerField(
        _("points that expire when the notice ends"), default=0
    )
    created_at = models.DateTimeField(_("created"))
    created_by = models.CharField(_("by"), max_length=120)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    reversed_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    reversed_by = models.CharField(_("taken back by"), max_length=120, blank=True)
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = RedatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("re-dating")
        verbose_name_plural = _("re-datings")
        permissions = [("redate_points", _("Can give posted points another expiry"))]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                name="points_redating_one_at_a_time",
                condition=Q(state__in=("counting", "moving", "reversing")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.created_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("points:redating-detail", args=[self.public_id])

    @property
    def is_working(self) -> bool:
        """Whether a job is at it."""
        return self.state in self.WORKING
