"""The row behind every piece of long work, and the row behind every period of it."""

from datetime import timedelta
from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id

LEASE = timedelta(minutes=2)


class JobQuerySet(models.QuerySet["Job"]):
    """Which jobs: by who asks, by what is left to do."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Jobs that this user may see: their own, or all with the permission."""
        if not user.is_authenticated:
            return self.none()
        if user.has_perm("jobs.view_job"):
            return self
        return self.filter(created_by=f"user:{user.get_username()}")

    def unfinished(self) -> Self:
        """Jobs that are queued or running."""
        return self.filter(state__in=Job.UNFINISHED)


class Job(models.Model):
    """A piece of long work that moves in committed chunks.

    A task run takes one chunk and commits it together with `cursor`, so a worker that
    is killed repeats nothing. `lease_until` tells that a worker is at it.
    """

    class State(models.TextChoices):
        """How far the job has come."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    UNFINISHED = (State.QUEUED, State.RUNNING)

    public_id = models.UUIDField(unique=True, default=new_public_id)
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    params = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.QUEUED
    )
    cursor = models.JSONField(null=True, blank=True)
    rows_done = models.BigIntegerField(_("rows done"), default=0)
    rows_total = models.BigIntegerField(_("rows in all"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=300, blank=True)
    error = models.TextField(_("error"), blank=True)
    result_url = models.CharField(max_length=300, blank=True)
    file_path = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.CharField(_("by"), max_length=120)
    created_at = models.DateTimeField(_("created"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=16, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    is_cancel_asked = models.BooleanField(default=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"],
                name="jobs_job_unfinished",
                condition=Q(state__in=("queued", "running")),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the progress page."""
        return reverse("jobs:job-detail", args=[self.public_id])

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in self.UNFINISHED

    @property
    def percent(self) -> int | None:
        """Share done in whole percent, or None while the total is unknown."""
        if not self.rows_total:
            return 100 if self.state == self.State.DONE else None
        return min(100, self.rows_done * 100 // self.rows_total)


class PeriodicRun(models.Model):
    """One period of one recurring piece of work; the constraint lets it happen once."""

    what = models.CharField(max_length=60)
    period = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("periodic run")
        verbose_name_plural = _("periodic runs")
        constraints = [
            models.UniqueConstraint(
                fields=["what", "period"], name="jobs_periodicrun_once_per_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.period}"


class Heartbeat(models.Model):
    """When a part of the system was last seen alive: worker, beat."""

    part = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.part
