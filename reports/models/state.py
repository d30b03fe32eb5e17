"""How far the rollups have come: who was touched, as of when, what did not agree."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TouchedMember(models.Model):
    """A member whose facts changed since the rollups last looked.

    Triggers of the fact tables add the rows, in the transaction of the fact; a
    refresh takes them out. No foreign key: the row is a note, not a relation.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("touched member")
        verbose_name_plural = _("touched members")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.member_id)


class RollupState(models.Model):
    """The one row that says which facts the rollups hold.

    Every fact committed before `as_of` is in them, read in `time_zone`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    as_of = models.DateTimeField(_("as of"), null=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    checked_at = models.DateTimeField(_("last full check"), null=True)

    class Meta:
        verbose_name = _("state of the rollups")
        verbose_name_plural = _("state of the rollups")
        default_permissions = ()
        permissions = [
            ("view_report", _("Can see reports")),
            ("export_report", _("Can export reports")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="reports_rollupstate_has_one_row"
            )
        ]

    def __str__(self) -> str:
        return str(self.as_of)


class RollupAlarm(models.Model):
    """A rollup that did not equal its full rebuild, and was put right."""

    at = models.DateTimeField(_("when"))
    rollup = models.CharField(_("rollup"), max_length=40)
    rows_wrong = models.PositiveBigIntegerField(_("rows that differed"))
    sample = models.JSONField(_("some of the rows"), default=list)

    class Meta:
        verbose_name = _("rollup alarm")
        verbose_name_plural = _("rollup alarms")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.rollup}: {self.rows_wrong}"
