"""Events of members that are no purchases, and what they gave."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from members.models import Member
from points.models.ledger import Entry, append_only


class Occasion(models.Model):
    """Something a member did, once by the id at its source; never changed.

    `entry` is what it gave, None where no rule gave anything; `trace` says why, None
    where no rule was for it.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="occasions", db_index=False
    )
    name = models.CharField(_("event"), max_length=40)
    source = models.CharField(_("source"), max_length=40)
    source_id = models.CharField(_("id at the source"), max_length=120)
    occurred_at = models.DateTimeField(_("time"))
    posted_at = models.DateTimeField(_("posted"))
    points = models.BigIntegerField(_("points"), default=0)
    trace = models.JSONField(null=True)
    actor = models.CharField(_("by"), max_length=120)
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, related_name="occasion"
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="points_occasion_once"
            ),
            models.CheckConstraint(
                condition=Q(points=0, entry=None)
                | Q(points__gt=0, entry__isnull=False),
                name="points_occasion_has_an_entry_for_points",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "name"], name="points_occasion_of_member")
        ]
        triggers = append_only("occasion")

    def __str__(self) -> str:
        return f"{self.name} {self.source_id}"
