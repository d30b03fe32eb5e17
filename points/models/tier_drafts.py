"""Changes of tiers and their terms that are looked at before they are applied."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.models import Job
from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account, append_only
from points.models.tiers import Tier


class TierDraftQuerySet(models.QuerySet["TierDraft"]):
    """Which drafts: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Drafts that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.change_tier"):
            return self
        return self.none()

    def undecided(self) -> Self:
        """Drafts that change something still, or may, the newest first."""
        open_states = ("counting", "ready", "scheduled")
        return self.filter(state__in=open_states).order_by("-saved_at", "-pk")


class TierDraft(models.Model):
    """What somebody wants to change, and who would move by it.

    `content` is what `services.tier_drafts` saves when it is applied. `moves` are lists of
    [tier from, tier to, is up, how many, some member ids], tiers by short name.
    """

    class State(models.TextChoices):
        """Where the draft stands."""

        COUNTING = "counting", _("Being counted")
        READY = "ready", _("Ready to be applied")
        SCHEDULED = "scheduled", _("Applied with the next period")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")

    class How(models.TextChoices):
        """To whom, and from when, a draft is applied."""

        ALL = "all", _("Everybody, now")
        UPGRADES = "upgrades", _("Only those who move up, now")
        NEXT_PERIOD = "next_period", _("Everybody, from the next period")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    content = models.JSONField(_("content"))
    state = models.CharField(_("state"), max_length=12, choices=State)
    how = models.CharField(
        _("how"), max_length=12, choices=How, default=How.ALL, db_default=How.ALL
    )
    applies_at = models.DateTimeField(_("applied from"), null=True, blank=True)
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
                | Q(
                    state__in=["scheduled", "applied", "discarded"],
                    decided_at__isnull=False,
                ),
                name="points_tierdraft_decided_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(applies_at__isnull=False),
                name="points_tierdraft_scheduled_says_when",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return the draft's page for staff."""
        return reverse("points:tier-draft", args=[self.public_id])

    @property
    def subject(self) -> str:
        """What would change."""
        if "tier" in self.content:
            return str(self.content["tier"]["name"])
        return str(_("Terms of tiers"))


class TierKeep(models.Model):
    """A tier that a member keeps, exclusive `ends_at`, though other terms would take it.

    Written when a draft is applied that takes nothing from anybody at once.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(TierDraft, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(_("kept at"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("kept tier")
        verbose_name_plural = _("kept tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "draft"], name="points_tierkeep_once_per_draft"
            )
        ]
        triggers = append_only("tierkeep")

    def __str__(self) -> str:
        return f"{self.tier_id} {self.ends_at}"
