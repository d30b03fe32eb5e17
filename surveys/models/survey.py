"""Surveys, their frozen versions, and the touchpoints they are about."""

from typing import Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.localized import in_language


class Touchpoint(models.Model):
    """A place of the customer's journey that scores are compared by."""

    class Side(models.TextChoices):
        """Where the customer meets the company."""

        FRONT = "front", _("In front of the customer")
        BACK = "back", _("Behind the counter")
        SUPPORT = "support", _("Support")

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_zh_hans = models.CharField(_("name in 简体中文"), max_length=60, blank=True)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=60, blank=True)
    stage = models.PositiveSmallIntegerField(
        _("place in the journey"), default=0, help_text=_("Smaller comes earlier.")
    )
    side = models.CharField(_("side"), max_length=8, choices=Side, default=Side.FRONT)

    class Meta:
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        ordering = ["stage", "slug"]

    def __str__(self) -> str:
        return in_language(
            self.name, zh_hans=self.name_zh_hans, zh_hant=self.name_zh_hant
        )


class SurveyQuerySet(models.QuerySet["Survey"]):
    """Which surveys: by who asks, by rhythm."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Surveys that this user may see."""
        if user.is_authenticated and user.has_perm("surveys.view_survey"):
            return self
        return self.none()

    def monthly(self) -> Self:
        """Running surveys that open a wave each month."""
        return self.filter(rhythm=Survey.Rhythm.MONTHLY, is_running=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Survey(models.Model):
    """What is asked, of whom, how often, and what an answer is worth."""

    class Rhythm(models.TextChoices):
        """When waves open by themselves."""

        BY_HAND = "by_hand", _("Only when somebody sends it")
        MONTHLY = "monthly", _("Every month")

    slug = models.SlugField(_("short name"), unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=120)
    touchpoint = models.ForeignKey(
        Touchpoint,
        verbose_name=_("touchpoint"),
        on_delete=models.PROTECT,
        related_name="surveys",
    )
    bonus_points = models.PositiveIntegerField(
        _("points for answering"),
        default=0,
        help_text=_("The same for every score; given once, on the last step."),
        validators=[MaxValueValidator(100_000)],
    )
    minutes = models.PositiveSmallIntegerField(_("minutes it takes"), default=1)
    reply_to = models.EmailField(
        _("contact"), blank=True, help_text=_("Replies to the invitation go here.")
    )
    rhythm = models.CharField(
        _("rhythm"), max_length=8, choices=Rhythm, default=Rhythm.BY_HAND
    )
    is_running = models.BooleanField(_("running"), default=False)
    running_since = models.DateTimeField(
        _("running since"),
        null=True,
        blank=True,
        help_text=_("Only moments after this one open a wave."),
    )
    send_day = models.PositiveSmallIntegerField(
        _("day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )
    send_hour = models.PositiveSmallIntegerField(
        _("hour of the day"),
        default=10,
        validators=[MaxValueValidator(23)],
        help_text=_("In the programme's time zone."),
    )
    open_days = models.PositiveSmallIntegerField(
        _("a wave is open for days"), default=21, validators=[MinValueValidator(1)]
    )
    link_days = models.PositiveSmallIntegerField(
        _("a link works for days"), default=30, validators=[MinValueValidator(1)]
    )
    contact_gap_days = models.PositiveSmallIntegerField(
        _("days between two surveys to one member"),
        default=90,
        help_text=_("Counts every survey the member was sent, not only this one."),
    )
    low_score = models.PositiveSmallIntegerField(
        _("a case opens at this score and below"),
        default=6,
        validators=[MaxValueValidator(10)],
    )
    case_hours = models.PositiveSmallIntegerField(
        _("hours to resolve a case"), default=48
    )
    created_at = models.DateTimeField(_("created"))

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["name", "id"]
        permissions = [("send_wave", _("Can send a wave of a survey"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(send_day__gte=1, send_day__lte=28, send_hour__lte=23),
                name="surveys_survey_sends_on_a_real_hour",
            ),
            models.CheckConstraint(
                condition=Q(link_days__gte=F("open_days")),
                name="surveys_survey_link_outlives_wave",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the survey's page for staff."""
        return reverse("surveys:survey-detail", args=[self.slug])


class SurveyVersionQuerySet(models.QuerySet["SurveyVersion"]):
    """Which versions: by state."""

    def published(self) -> Self:
        """Frozen versions, newest first."""
        return self.exclude(published_at=None).order_by("-number")

    def drafts(self) -> Self:
        """Versions that may still change; at most one per survey."""
        return self.filter(published_at=None)


class SurveyVersion(models.Model):
    """The words and questions of a survey; frozen by the database once published.

    The shape of `content` is `surveys.content.Content`.
    """

    survey = models.ForeignKey(
        Survey, on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("content"))
    created_at = models.DateTimeField(_("created"))
    created_by = models.CharField(_("by"), max_length=120)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.CharField(_("published by"), max_length=120, blank=True)

    objects = SurveyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey version")
        verbose_name_plural = _("survey versions")
        ordering = ["survey", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "number"], name="surveys_surveyversion_number_once"
            ),
            models.UniqueConstraint(
                fields=["survey"],
                condition=Q(published_at=None),
                name="surveys_surveyversion_one_draft",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_version_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number}"
