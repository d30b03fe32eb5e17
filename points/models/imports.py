"""Imports of files: purchases with their staged rows, and refunds."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from loyalty_site.jobs.models import Job
from loyalty_site.lib.ids import new_public_id


class FileImport(models.Model):
    """A file that was uploaded, how its columns are read, and the job that is at it."""

    public_id = models.UUIDField(unique=True, default=new_public_id)
    source = models.CharField(_("source"), max_length=40)
    file_name = models.CharField(_("file name"), max_length=200)
    file_path = models.CharField(max_length=300, blank=True)
    file_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(_("columns"), default=dict)
    created_at = models.DateTimeField(_("uploaded"))
    created_by = models.CharField(_("by"), max_length=120)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_bad = models.PositiveIntegerField(_("rows with errors"), default=0)
    rows_known = models.PositiveIntegerField(_("rows already known"), default=0)
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class PurchaseImportQuerySet(models.QuerySet["PurchaseImport"]):
    """Which imports: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Imports that this user may see."""
        if user.is_authenticated and user.has_perm("points.import_purchases"):
            return self
        return self.none()


class PurchaseImport(FileImport):
    """One file of purchases on its way into the ledger."""

    class State(models.TextChoices):
        """How far the file has come."""

        UPLOADED = "uploaded", _("Uploaded")
        STAGING = "staging", _("Being read")
        CHECKED = "checked", _("Checked, waiting for confirmation")
        POSTING = "posting", _("Being posted")
        POSTED = "posted", pgettext_lazy("state", "Posted")
        REVERSING = "reversing", _("Being reversed")
        REVERSED = "reversed", _("Reversed")
        FAILED = "failed", _("Failed")

    enrols_missing = models.BooleanField(_("enrol unknown members"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.UPLOADED
    )
    rows_posted = models.PositiveIntegerField(_("rows posted"), default=0)
    members_enrolled = models.PositiveIntegerField(_("members enrolled"), default=0)
    points_posted = models.BigIntegerField(_("points posted"), default=0)
    summary = models.JSONField(default=dict, blank=True, editable=False)
    error = models.TextField(_("error"), blank=True)

    objects = PurchaseImportQuerySet.as_manager()

    class Meta(FileImport.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def get_absolute_url(self) -> str:
        """Return the import's page."""
        return reverse("points:import-detail", args=[self.public_id])


class ImportRow(models.Model):
    """One row of the file as it was read; gone once the import is finished.

    `error` holds column, value and reason of everything wrong with a bad row; `line`
    counts from 1 with the header, as an editor shows it. A row that `is_known` was
    posted before, or stands in the file twice.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        PurchaseImport, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    line = models.PositiveIntegerField(_("line"))
    member_ref = models.CharField(max_length=80, blank=True)
    source_id = models.CharField(max_length=120, blank=True)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    store = models.CharField(max_length=40, blank=True)
    units = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    more = models.JSONField(null=True, blank=True)
    member_id = models.BigIntegerField(null=True, blank=True)
    is_known = models.BooleanField(default=False, db_default=False)
    error = models.JSONField(_("error"), null=True, blank=True)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "line"], name="points_importrow_line_once_per_batch"
            )
        ]
        indexes = [
            models.Index(
                fields=["batch", "line"],
                name="points_importrow_bad",
                condition=Q(error__isnull=False),
            ),
            # Posting goes member by member, each in the order of time.
            models.Index(
                fields=["batch", "member_id", "occurred_at", "line"],
                name="points_importrow_by_member",
                condition=Q(
                    error__isnull=True, is_known=False, member_id__isnull=False
                ),
            ),
            models.Index(
                fields=["batch", "member_ref", "occurred_at", "line"],
                name="points_importrow_to_enrol",
                condition=Q(error__isnull=True, is_known=False, member_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.line)


class RefundImportQuerySet(models.QuerySet["RefundImport"]):
    """Which imports of refunds: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Imports of refunds, for those who may both refund and import."""
        needed = ("points.refund_purchase", "points.import_purchases")
        if user.is_authenticated and user.has_perms(needed):
            return self
        return self.none()


class RefundImport(FileImport):
    """One file of refunds: checked first, then posted refund by refund.

    The numbers are those of the check until it is confirmed, and of the posting from then
    on. `cursor` says where in the file the next refund begins.
    """

    class State(models.TextChoices):
        """How far the file has come."""

        CHECKING = "checking", _("Being checked")
        UNCHECKED = "unchecked", _("Not checked to the end")
        CHECKED = "checked", _("Checked, waiting for confirmation")
        POSTING = "posting", _("Being posted")
        STOPPED = "stopped", _("Stopped on the way")
        POSTED = "posted", pgettext_lazy("state", "Posted")

    WORKING = (State.CHECKING, State.POSTING)

    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.UNCHECKED
    )
    language = models.CharField(_("language"), max_length=10)
    cursor = models.JSONField(null=True, blank=True, editable=False)
    rows_new = models.PositiveIntegerField(_("rows that are new"), default=0)
    refunds = models.PositiveIntegerField(_("refunds"), default=0)
    points = models.BigIntegerField(_("points taken back"), default=0)

    objects = RefundImportQuerySet.as_manager()

    class Meta(FileImport.Meta):
        verbose_name = _("import of refunds")
        verbose_name_plural = _("imports of refunds")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    rows_total__gte=F("rows_new") + F("rows_known") + F("rows_bad")
                ),
                name="points_refundimport_counts_no_row_twice",
            )
        ]

    def get_absolute_url(self) -> str:
        """Return the import's page."""
        return reverse("points:refund-import-detail", args=[self.public_id])

    @property
    def is_working(self) -> bool:
        """Whether a job is at it."""
        return self.state in self.WORKING

    @property
    def may_be_posted(self) -> bool:
        """Whether the check found something to post, or the posting has stopped."""
        is_waiting = self.state == self.State.CHECKED and self.refunds > 0
        return is_waiting or self.state == self.State.STOPPED

    @property
    def may_be_discarded(self) -> bool:
        """Whether nothing of it was posted and no job is at it."""
        return self.state in {self.State.UNCHECKED, self.State.CHECKED}

    @property
    def rows_done(self) -> int:
        """How many rows the check, or else the posting, has come to."""
        return self.rows_new + self.rows_known + self.rows_bad

    @property
    def rows_left(self) -> int:
        """How many rows it has not come to yet."""
        return self.rows_total - self.rows_done


class RefundImportRow(models.Model):
    """A row of a file of refunds that is not posted, and everything wrong with it."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        RefundImport, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    line = models.PositiveIntegerField(_("line"))
    error = models.JSONField(_("error"))

    class Meta:
        verbose_name = _("refund row with errors")
        verbose_name_plural = _("refund rows with errors")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "line"], name="points_refundimportrow_line_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.line)
