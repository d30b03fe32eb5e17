"""Seals of the ledger: a chain of hashes over what was committed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from points.models.ledger import append_only


class Seal(models.Model):
    """The hash of a stretch of rows of one table, chained to the one before.

    The stretch is from `first_id` to `last_id`, both inclusive, and follows the one before
    without a gap. `marks` are eight bytes for each row, to name a row that changed: its
    place after `first_id`, and the beginning of its hash. `form` says how rows were put
    into bytes.
    """

    class Table(models.TextChoices):
        """Which rows are sealed."""

        ENTRY = "entry", _("entries")
        LOT = "lot", _("lots")
        ALLOCATION = "allocation", _("allocations")

    table = models.CharField(_("table"), max_length=12, choices=Table)
    number = models.PositiveBigIntegerField(_("number"))
    form = models.PositiveSmallIntegerField(_("form"))
    first_id = models.BigIntegerField(_("first row"))
    last_id = models.BigIntegerField(_("last row"))
    rows = models.PositiveIntegerField(_("rows"))
    content = models.BinaryField(_("hash of the rows"))
    marks = models.BinaryField(_("marks of the rows"))
    root = models.BinaryField(_("root"))
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.UniqueConstraint(
                fields=["table", "number"], name="points_seal_number_once"
            ),
            models.CheckConstraint(
                condition=Q(last_id__gte=models.F("first_id"), number__gte=1),
                name="points_seal_is_a_stretch",
            ),
        ]
        triggers = append_only("seal")

    def __str__(self) -> str:
        return f"{self.table} {self.number}"


class SealHorizon(models.Model):
    """Up to which ids rows were seen, and what has to be over until they are all there.

    `before_xid`: no transaction below it may be going on any more. One row.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    entry_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    allocation_id = models.BigIntegerField()
    before_xid = models.BigIntegerField()
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("horizon of seals")
        verbose_name_plural = _("horizon of seals")
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1), name="points_sealhorizon_has_one_row"
            )
        ]

    def __str__(self) -> str:
        return str(self.before_xid)
