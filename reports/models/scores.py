"""Rollups of invitations and the scores that came back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Member
from points.models import Tier
from surveys.models import Invitation, Touchpoint, Wave


class SurveyFact(models.Model):
    """One invitation that was sent or answered, with the score that counts.

    `answered_on` and `score` are set by counted responses only (complete or partial,
    not voided); tiers are those at queueing and at answering. Days are business days.
    """

    invitation = models.OneToOneField(
        Invitation,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    wave = models.ForeignKey(
        Wave, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    invited_tier = models.ForeignKey(
        Tier, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    sent_on = models.DateField(_("sent"), null=True)
    is_reached = models.BooleanField(_("sent and not bounced"))
    answered_on = models.DateField(_("answered"), null=True)
    tier = models.ForeignKey(
        Tier, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    score = models.SmallIntegerField(_("score"), null=True)
    is_late = models.BooleanField(_("after the wave closed"))
    has_comment = models.BooleanField(_("with a comment"))

    class Meta:
        verbose_name = _("survey fact")
        verbose_name_plural = _("survey facts")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["touchpoint", "answered_on", "invitation"],
                name="reports_surveyfact_answers",
                condition=~Q(answered_on=None),
            ),
            models.Index(
                fields=["touchpoint", "sent_on", "invitation"],
                name="reports_surveyfact_sendings",
                condition=~Q(sent_on=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.invitation_id)


class NpsCube(models.Model):
    """Counted answers by month of record, wave, touchpoint, tier (0: none), score."""

    pk = models.CompositePrimaryKey(
        "month", "wave_id", "touchpoint_id", "tier_id", "score"
    )
    month = models.DateField(_("month"))
    wave_id = models.BigIntegerField(_("wave"))
    touchpoint_id = models.BigIntegerField(_("touchpoint"))
    tier_id = models.BigIntegerField(_("tier at answering"))
    score = models.SmallIntegerField(_("score"))
    answers = models.BigIntegerField(_("answers"))
    late = models.BigIntegerField(_("of these, after the wave closed"))

    class Meta:
        verbose_name = _("scores of a month")
        verbose_name_plural = _("scores of months")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.month} {self.score}: {self.answers}"


class SendingCube(models.Model):
    """Invitations by month of sending, wave, touchpoint, tier at queueing (0: none)."""

    pk = models.CompositePrimaryKey("month", "wave_id", "touchpoint_id", "tier_id")
    month = models.DateField(_("month"))
    wave_id = models.BigIntegerField(_("wave"))
    touchpoint_id = models.BigIntegerField(_("touchpoint"))
    tier_id = models.BigIntegerField(_("tier at queueing"))
    sent = models.BigIntegerField(_("sent"))
    reached = models.BigIntegerField(_("sent and not bounced"))
    answered = models.BigIntegerField(_("answered"))

    class Meta:
        verbose_name = _("sendings of a month")
        verbose_name_plural = _("sendings of months")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.month}: {self.sent}"
