"""Earning rules, their immutable versions and the drafts of the next ones."""

from datetime import datetime
from typing import Any, Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.campaigns import Campaign
from points.models.limits import PointLimits


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
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("campaign"),
        help_text=_("The rule works only with it; empty: always."),
    )

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
        """Versions of active rules, ready to be evaluated, in rule order.

        Those of a campaign only while it runs.
        """
        works = Q(rule__campaign=None) | Q(rule__campaign__state=Campaign.State.RUNNING)
        return self.filter(works, rule__is_active=True).select_related("rule__campaign")


class RuleContent(PointLimits):
    """What a version of a rule says, and what a draft of one would say."""

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

    priority = models.SmallIntegerField(
        _("priority"),
        default=0,
        db_default=0,
        help_text=_("The greater number goes first. Most rules need none."),
    )
    group = models.CharField(
        _("group"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Of the rules with the same group only one counts on a purchase; which one"
            " is said in the programme settings."
        ),
    )
    is_alone = models.BooleanField(
        _("counts alone"),
        default=False,
        db_default=False,
        help_text=_(
            "Where it counts, no other base rule does; of a multiplier no other"
            " multiplier, of a bonus no other bonus."
        ),
    )
    stops = models.BooleanField(
        _("ends the search"),
        default=False,
        db_default=False,
        help_text=_("Where it counts, no rule of a lower priority does."),
    )

    class Meta:
        abstract = True

    @property
    def kind_slug(self) -> str:
        """The kind of the rule."""
        raise NotImplementedError

    @property
    def rule_campaign(self) -> Campaign | None:
        """The campaign that the rule belongs to."""
        raise NotImplementedError

    @property
    def content(self) -> dict[str, Any]:
        """What it says, by the names of the fields."""
        return {name: getattr(self, name) for name in CONTENT}

    def is_in_force(self, at: datetime) -> bool:
        """Whether its own dates hold the instant."""
        started = self.starts_at is None or self.starts_at <= at
        return started and (self.ends_at is None or at < self.ends_at)


# A field that is added above is drafted, compared and published without further ado.
CONTENT = tuple(field.name for field in RuleContent._meta.local_fields)  # noqa: SLF001 -- public in Django
ENDS_AFTER_IT_STARTS = (
    Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))
)


class RuleVersion(RuleContent):
    """What a rule did from `valid_from` until its next version; never edited."""

    rule = models.ForeignKey(
        EarningRule, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    valid_from = models.DateTimeField(_("valid from"))
    published_at = models.DateTimeField(
        _("published"), null=True, help_text=_("Empty: when it became valid.")
    )
    created_by = models.CharField(_("by"), max_length=120)
    drafted_by = models.CharField(
        _("drafted by"), max_length=120, blank=True, default="", db_default=""
    )

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
                condition=ENDS_AFTER_IT_STARTS,
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

    @property
    def kind_slug(self) -> str:
        """The kind of the rule."""
        return self.rule.kind

    @property
    def rule_campaign(self) -> Campaign | None:
        """The campaign that the rule belongs to."""
        return self.rule.campaign


class RuleDraftQuerySet(models.QuerySet["RuleDraft"]):
    """Which drafts: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Drafts that this member of staff may see: those who see the rules."""
        if user.is_authenticated and user.has_perm("points.view_earningrule"):
            return self
        return self.none()


class RuleDraft(RuleContent):
    """A version that is not published: of a rule at most one, or of a new rule.

    `revision` counts the savings, so that nobody overwrites what they have not seen.
    `based_on` is the version it was begun from.
    """

    public_id = models.UUIDField(unique=True, default=new_public_id)
    rule = models.OneToOneField(
        EarningRule, on_delete=models.PROTECT, null=True, related_name="draft"
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=30)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="drafts"
    )
    based_on = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(_("saved"))
    saved_by = models.CharField(_("by"), max_length=120)

    objects = RuleDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a rule")
        verbose_name_plural = _("drafts of rules")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=ENDS_AFTER_IT_STARTS,
                name="points_ruledraft_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the draft's page for staff."""
        return reverse("points:draft-detail", args=[self.public_id])

    @property
    def kind_slug(self) -> str:
        """The kind of the rule."""
        return self.kind

    @property
    def rule_campaign(self) -> Campaign | None:
        """The campaign that the rule belongs to."""
        return self.campaign
