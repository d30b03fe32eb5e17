"""Two memberships of one person that were made one."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account
from points.models.tier_assignments import TierAssignment


class MergeQuerySet(models.QuerySet["Merge"]):
    """Which merges: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Merges that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_merge"):
            return self
        return self.none()


class Merge(models.Model):
    """One membership that went into another: who asked, what moved, how to undo it.

    `points` and `debt` are what was there when it was asked for, and from then on what
    moved. `picks` are the fields of the profile that are taken from the one that goes.
    """

    class State(models.TextChoices):
        """Where the merge stands."""

        WAITING = "waiting", _("Waiting for approval")
        DONE = "done", _("Merged")
        REFUSED = "refused", _("Refused")
        UNDONE = "undone", _("Undone")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    kept = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("membership that stays"),
    )
    gone = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("membership that goes"),
    )
    points = models.PositiveBigIntegerField(_("points"), default=0)
    debt = models.PositiveBigIntegerField(_("debt"), default=0)
    picks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=12, choices=State)
    key = models.CharField(_("key"), max_length=120, unique=True)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.CharField(_("asked by"), max_length=120)
    needs_approval = models.BooleanField(_("needs approval"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    decision_note = models.CharField(_("why so"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("merged"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=120, blank=True)
    undo_reason = models.CharField(_("why undone"), max_length=300, blank=True)
    profile_before = models.JSONField(
        null=True,
        blank=True,
        help_text=_("What the picks replaced at the membership that stays."),
    )
    identifier_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    stay_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Stays in segments that came along."),
    )
    tier_assignment = models.ForeignKey(
        TierAssignment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("By which the higher tier was kept, where the counters do not."),
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        permissions = [
            ("merge_members", _("Can merge memberships, and undo it")),
            ("approve_merge", _("Can approve merges that others ask for")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(state__in=["waiting", "done"]),
                name="points_merge_goes_once",
            ),
            models.CheckConstraint(
                condition=~Q(kept=F("gone")), name="points_merge_of_two_members"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "undone"], needs_approval=True)
                | Q(~Q(decided_by=""), ~Q(decided_by=F("asked_by"))),
                name="points_merge_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "undone"], done_at__isnull=False)
                | Q(~Q(state__in=["done", "undone"]), done_at__isnull=True),
                name="points_merge_done_says_when",
            ),
        ]
        indexes = [
            models.Index(
                F("asked_at").desc(), F("id").desc(), name="points_merge_newest"
            ),
            models.Index(
                F("asked_at"),
                name="points_merge_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(F("asked_by"), F("asked_at"), name="points_merge_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"

    def get_absolute_url(self) -> str:
        """Return the merge's page for staff."""
        return reverse("points:merge-detail", args=[self.public_id])

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state == self.State.WAITING

    @property
    def is_done(self) -> bool:
        """Whether the two are one now."""
        return self.state == self.State.DONE
