"""Responses and their answers; every change of an answer is kept as history."""

from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from members.models import Member
from points.models import Tier
from surveys.models.survey import Survey, SurveyVersion, Touchpoint
from surveys.models.waves import Invitation, Wave


class ResponseQuerySet(models.QuerySet["Response"]):
    """Which responses: by who asks, by whether they count."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Responses that this user may see."""
        if user.is_authenticated and user.has_perm("surveys.view_response"):
            return self
        return self.none()

    def counted(self) -> Self:
        """Complete and partial responses: those of the rolling scores.

        Break-offs (`started`), quarantined and voided ones do not count. Late ones
        do: they are out of their wave's score only, see `of_wave_score`. At most one
        row per (member, wave) exists, so no response counts twice.
        Source: survey methods, "Which answers count".
        """
        return self.filter(
            state__in=(Response.State.PARTIAL, Response.State.COMPLETE), voided_at=None
        )

    def of_wave_score(self) -> Self:
        """Counted responses that came while their wave was open."""
        return self.counted().filter(is_late=False)


class Response(models.Model):
    """What one member answered in one wave; the latest answers win.

    `first_submit_at` is the date of record. `score`, `tier` and `touchpoint` are
    copied at answering time, so that a report needs no join and no later change of
    the member moves an old score. `changed_at` grows with every write: a reader
    that fills rollups takes the rows above its watermark.
    """

    class State(models.TextChoices):
        """How much was answered, and whether it is believed."""

        STARTED = "started", _("Broken off")
        PARTIAL = "partial", _("Partly answered")
        COMPLETE = "complete", _("Complete")
        QUARANTINED = "quarantined", _("Looks like a machine")

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    survey = models.ForeignKey(
        Survey, on_delete=models.PROTECT, related_name="responses"
    )
    version = models.ForeignKey(
        SurveyVersion, on_delete=models.PROTECT, related_name="+"
    )
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="responses")
    invitation = models.OneToOneField(
        Invitation, on_delete=models.PROTECT, related_name="response"
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="responses"
    )
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.PROTECT, related_name="+"
    )
    tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.STARTED
    )
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10)
    first_submit_at = models.DateTimeField(_("first answer"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    changed_at = models.DateTimeField(_("last change"))
    is_late = models.BooleanField(_("after the wave closed"), default=False)
    is_generated = models.BooleanField(_("made-up demo data"), default=False)
    quarantine_reason = models.CharField(_("why"), max_length=20, blank=True)
    points_given = models.PositiveIntegerField(_("points given"), default=0)
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "member"], name="surveys_response_once_per_wave"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__lte=10),
                name="surveys_response_score_0_to_10",
            ),
            models.CheckConstraint(
                condition=~Q(state="complete") | Q(completed_at__isnull=False),
                name="surveys_response_complete_has_an_instant",
            ),
        ]
        indexes = [
            models.Index(
                F("first_submit_at").desc(),
                F("id").desc(),
                name="surveys_response_newest",
            ),
            models.Index(
                F("member"),
                F("first_submit_at").desc(),
                name="surveys_response_of_member",
            ),
            models.Index(
                F("wave"),
                F("score"),
                F("first_submit_at").desc(),
                F("id").desc(),
                name="surveys_response_of_wave",
            ),
            models.Index(F("changed_at"), F("id"), name="surveys_response_changed"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return the response's page for staff."""
        return reverse("surveys:response-detail", args=[self.public_id])


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
)
class Answer(models.Model):
    """The latest answer to one question, with the words that were shown.

    `value` is inside the question's scale; "no experience" is a code of its own and
    leaves `value` empty, so that it can never slip into a mean.
    """

    id = models.BigAutoField(primary_key=True)
    response = models.ForeignKey(
        Response, on_delete=models.CASCADE, related_name="answers"
    )
    question = models.CharField(_("question"), max_length=40)
    value = models.SmallIntegerField(_("value"), null=True, blank=True)
    is_no_experience = models.BooleanField(_("no experience"), default=False)
    text = models.TextField(_("text"), blank=True, max_length=4000)
    text_shown = models.CharField(_("question as shown"), max_length=500)
    answered_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"], name="surveys_answer_once"
            ),
            models.CheckConstraint(
                condition=Q(is_no_experience=False) | Q(value=None),
                name="surveys_answer_no_experience_has_no_value",
            ),
        ]
        indexes = [
            GinIndex(
                fields=["text"],
                name="surveys_answer_words",
                opclasses=["gin_trgm_ops"],
                condition=~Q(text=""),
            )
        ]

    def __str__(self) -> str:
        return self.question
