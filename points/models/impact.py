"""Impact runs: what drafts of rules would have changed."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.models import Job
from loyalty_site.lib.ids import new_public_id


class ImpactRunQuerySet(models.QuerySet["ImpactRun"]):
    """Which runs: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Runs that this member of staff may see: those who see the rules."""
        if user.is_authenticated and user.has_perm("points.view_earningrule"):
            return self
        return self.none()


class ImpactRun(models.Model):
    """Drafts asked about the purchases of some days; it moves nothing but its job.

    `subjects` are the drafts as they were then, a list of `{"rule", "name", "kind",
    "content"}`; `rules` tells which rules were in force. `result` grows with the job.
    """

    public_id = models.UUIDField(unique=True, default=new_public_id)
    subjects = models.JSONField(encoder=DjangoJSONEncoder)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    rules = models.CharField(max_length=200)
    result = models.JSONField(default=dict)
    job = models.OneToOneField(
        Job, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("started"))
    created_by = models.CharField(_("by"), max_length=120)

    objects = ImpactRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("impact run")
        verbose_name_plural = _("impact runs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")),
                name="points_impactrun_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(subject["name"] for subject in self.subjects)

    def get_absolute_url(self) -> str:
        """Return the run's page for staff."""
        return reverse("points:impact-detail", args=[self.public_id])
