"""Earning rules and their immutable versions."""

from datetime import datetime
from typing import Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class EarningRuleQuerySet(models.QuerySet["EarningRule"]):
    """Which rules: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Rules that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_earningrule"):
            return self
        return self.none()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class EarningRule(models.Model):
    """A rule by name; what it does is in its versions."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=30)
    is_active = models.BooleanField(_("active"), default=True)

    objects = EarningRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the rule's page for staff."""
        return reverse("points:rule-detail", args=[self.pk])


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    """Which versions: of active rules, latest first."""

    def published(self) -> Self:
        """Versions of active rules, ready to be evaluated, in rule order."""
        return self.filter(rule__is_active=True).select_related("rule")


class RuleVersion(models.Model):
    """What a rule did from `valid_from` until its next version; never edited."""

    rule = models.ForeignKey(
        EarningRule, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    params = models.JSONField(_("parameters"))
    conditions = models.JSONField(
        _("conditions"),
        default=dict,
        db_default=Value({}, output_field=models.JSONField()),
        blank=True,
    )
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(
        _("ends"), null=True, blank=True, help_text=_("Exclusive; empty: no end.")
    )
    valid_from = models.DateTimeField(_("valid from"))
    created_by = models.CharField(_("by"), max_length=120)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule version")
        verbose_name_plural = _("rule versions")
        ordering = ["rule_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "number"], name="points_ruleversion_number_once"
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None)
                | Q(ends_at=None)
                | Q(ends_at__gt=F("starts_at")),
                name="points_ruleversion_ends_after_it_starts",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="ruleversion_is_immutable",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"

    def is_in_force(self, at: datetime) -> bool:
        """Whether the version's own dates hold the instant."""
        started = self.starts_at is None or self.starts_at <= at
        return started and (self.ends_at is None or at < self.ends_at)
