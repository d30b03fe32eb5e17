"""Changes of tiers and their terms that are looked at before they are applied."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.models import Job
from loyalty_site.lib.ids import new_public_id


class TierDraftQuerySet(models.QuerySet["TierDraft"]):
    """Which drafts: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Drafts that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.change_tier"):
            return self
        return self.none()


class TierDraft(models.Model):
    """What somebody wants to change, and who would move by it.

    `content` is what `services.tier_drafts` saves when it is applied. `moves` are lists of
    [tier from, tier to, is up, how many, some member ids], tiers by short name.
    """

    class State(models.TextChoices):
        """Where the draft stands."""

        COUNTING = "counting", _("Being counted")
        READY = "ready", _("Ready to be applied")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    content = models.JSONField(_("content"))
    state = models.CharField(_("state"), max_length=12, choices=State)
    moves = models.JSONField(_("moves"), default=list)
    members = models.BigIntegerField(_("members looked at"), default=0)
    saved_at = models.DateTimeField(_("saved"))
    saved_by = models.CharField(_("saved by"), max_length=120)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = TierDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of tiers")
        verbose_name_plural = _("drafts of tiers")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["counting", "ready"], decided_at__isnull=True)
                | Q(state__in=["applied", "discarded"], decided_at__isnull=False),
                name="points_tierdraft_decided_says_when",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return the draft's page for staff."""
        return reverse("points:tier-draft", args=[self.public_id])
