"""Waves, the invitations they send, and who was left out and why."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from loyalty_site.jobs.models import Job
from loyalty_site.lib.ids import new_public_id
from members.models import Member
from points.models import Tier
from surveys.models.survey import Survey, SurveyVersion


class WaveQuerySet(models.QuerySet["Wave"]):
    """Which waves: by who asks, by state."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Waves that this user may see."""
        if user.is_authenticated and user.has_perm("surveys.view_survey"):
            return self
        return self.none()

    def due_to_close(self, at: datetime) -> Self:
        """Waves that still take answers although their last day is over."""
        return self.filter(
            state__in=(Wave.State.QUEUEING, Wave.State.OPEN), closes_at__lte=at
        )


class Wave(models.Model):
    """One round of a survey: a pinned version, a period, an audience."""

    class State(models.TextChoices):
        """How far the wave has come."""

        QUEUEING = "queueing", _("Choosing members")
        OPEN = "open", pgettext_lazy("wave", "Open")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    version = models.ForeignKey(
        SurveyVersion, on_delete=models.PROTECT, related_name="waves"
    )
    period = models.CharField(_("period"), max_length=40)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.QUEUEING
    )
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.CharField(_("opened by"), max_length=120)
    sends_from = models.DateTimeField(_("sends from"))
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    members_invited = models.PositiveIntegerField(_("members invited"), default=0)
    members_skipped = models.PositiveIntegerField(_("members left out"), default=0)
    is_generated = models.BooleanField(_("made-up demo data"), default=False)
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = WaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "period"], name="surveys_wave_once_per_period"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("sends_from")),
                name="surveys_wave_closes_after_it_sends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.period}"

    def get_absolute_url(self) -> str:
        """Return the wave's page for staff."""
        return reverse("surveys:wave-detail", args=[self.public_id])

    @property
    def label(self) -> str:
        """The period as people read it: the month, or the day it was sent by hand."""
        return self.period.split("_", 1)[0]

    @property
    def is_automatic(self) -> bool:
        """Whether its moment opened it, not a person."""
        return self.opened_by.startswith("system:")

    @property
    def members_considered(self) -> int:
        """How many members were looked at so far."""
        return self.members_invited + self.members_skipped


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Which invitations: by state and time."""

    def due(self, at: datetime) -> Self:
        """Queued, not held by a sender, and not told to wait."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lte=at),
            state=Invitation.State.QUEUED,
            due_at__lte=at,
        )

    def reached(self) -> Self:
        """Sent and not known to have bounced: the base of the response rate."""
        return self.filter(
            sent_at__isnull=False,
        ).exclude(state=Invitation.State.BOUNCED)


class Invitation(models.Model):
    """One member asked once in one period of one survey.

    Of both links only the SHA-256 of the token is kept; `surveys.tokens` derives
    the same token again when a send is retried. `tier` is the member's at queueing.
    """

    class State(models.TextChoices):
        """Where the invitation is."""

        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        ANSWERED = "answered", _("Answered")
        BOUNCED = "bounced", _("Bounced")
        FAILED = "failed", _("Could not be sent")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="invitations")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="invitations"
    )
    period = models.CharField(_("period"), max_length=40)
    tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.QUEUED
    )
    token_hash = models.BinaryField(max_length=32, unique=True)
    unsubscribe_hash = models.BinaryField(max_length=32, unique=True)
    queued_at = models.DateTimeField(_("queued"))
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("link expires"))
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    handed_over_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("Given to the mail server; the outcome is not known yet."),
    )
    possible_copies = models.PositiveSmallIntegerField(
        _("possible second copies"), default=0
    )
    error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "member", "period"],
                name="surveys_invitation_once_per_period",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="surveys_invitation_due",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=["lease_until"],
                name="surveys_invitation_in_flight",
                condition=Q(state="queued", lease_until__isnull=False),
            ),
            models.Index(
                fields=["expires_at"],
                name="surveys_invitation_link_ends",
                condition=Q(state="sent"),
            ),
            models.Index(fields=["wave", "state"], name="surveys_invitation_progress"),
            models.Index(
                F("member"), F("queued_at").desc(), name="surveys_invitation_of_member"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class SkippedInvite(models.Model):
    """A member a wave left out: why, and from which day it could ask again."""

    class Reason(models.TextChoices):
        """Why a member is not asked."""

        NO_EMAIL = "no_email", _("No e-mail address")
        SUPPRESSED = "suppressed", _("Earlier mail to the address bounced")
        NO_CONSENT = "no_consent", _("Has not agreed to surveys by e-mail")
        REFUSED = "refused", _("Has unsubscribed from surveys")
        RECENTLY_ASKED = "recently_asked", _("Was asked not long ago")
        CLOSED = "closed", _("Membership closed since")

    id = models.BigAutoField(primary_key=True)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="skips")
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="skipped_invites"
    )
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    eligible_on = models.DateField(_("could be asked from"), null=True, blank=True)

    class Meta:
        verbose_name = _("member left out")
        verbose_name_plural = _("members left out")
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "member"], name="surveys_skippedinvite_once_per_wave"
            )
        ]
        indexes = [
            models.Index(
                fields=["wave", "reason"], name="surveys_skippedinvite_reasons"
            )
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
