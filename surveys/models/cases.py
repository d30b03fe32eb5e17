"""Cases: low scores that somebody looks after."""

from datetime import datetime
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from loyalty_site.lib.ids import new_public_id
from members.models import Member
from surveys.models.responses import Response


class CaseQuerySet(models.QuerySet["Case"]):
    """Which cases: by who asks, by what is left to do."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Cases that this user may see."""
        if user.is_authenticated and user.has_perm("surveys.view_case"):
            return self
        return self.none()

    def unresolved(self) -> Self:
        """Cases that somebody still has to work on."""
        return self.exclude(state=Case.State.RESOLVED)

    def overdue(self, at: datetime) -> Self:
        """Unresolved cases whose deadline has passed."""
        return self.unresolved().filter(due_at__lte=at)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Case(models.Model):
    """A low score being worked on: by whom, until when, with what result."""

    class State(models.TextChoices):
        """How far the work has come."""

        OPEN = "open", pgettext_lazy("case", "Open")
        IN_PROGRESS = "in_progress", _("In progress")
        RESOLVED = "resolved", _("Resolved")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="cases")
    response = models.OneToOneField(
        Response, on_delete=models.PROTECT, null=True, blank=True, related_name="case"
    )
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.OPEN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases",
    )
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("deadline"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolution = models.TextField(_("resolution"), blank=True, max_length=2000)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False)
                | (~Q(state="resolved") & Q(resolved_at=None)),
                name="surveys_case_resolved_has_an_instant",
            )
        ]
        indexes = [
            models.Index(
                F("due_at"),
                F("id"),
                name="surveys_case_unresolved",
                condition=~Q(state="resolved"),
            ),
            models.Index(
                F("opened_at").desc(), F("id").desc(), name="surveys_case_newest"
            ),
            models.Index(
                F("member"), F("opened_at").desc(), name="surveys_case_of_member"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return the case's page for staff."""
        return reverse("surveys:case-detail", args=[self.public_id])


class CaseNote(models.Model):
    """What was done or learnt about a case; notes are only added."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField(_("when"))
    author = models.CharField(_("by"), max_length=120)
    text = models.TextField(_("note"), max_length=4000)
    key = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("case note")
        verbose_name_plural = _("case notes")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"],
                condition=~Q(key=""),
                name="surveys_casenote_key_once",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
