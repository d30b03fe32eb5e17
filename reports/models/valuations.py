"""What a point is worth in the books: dated versions that are never edited."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from points.models.ledger import append_only


class ValuationQuerySet(models.QuerySet["Valuation"]):
    """Which valuations: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Valuations that this member of staff may see."""
        if user.is_authenticated and user.has_perm("reports.value_points"):
            return self
        return self.none()


class Valuation(models.Model):
    """Value of a point and expected redemption rate from a day on; the latest holds.

    Of two for the same day the later one holds: that is how one is corrected.
    """

    valid_from = models.DateField(_("valid from"))
    point_value = models.DecimalField(
        _("value of a point"), max_digits=12, decimal_places=6
    )
    redemption_rate = models.DecimalField(
        _("expected redemption rate"), max_digits=7, decimal_places=6
    )
    note = models.CharField(_("basis"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("entered"))
    made_by = models.CharField(_("by"), max_length=120)

    objects = ValuationQuerySet.as_manager()

    class Meta:
        verbose_name = _("valuation of points")
        verbose_name_plural = _("valuations of points")
        ordering = ["-valid_from", "-id"]
        default_permissions = ()
        permissions = [("value_points", _("Can set what points are worth"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(point_value__gte=0),
                name="reports_valuation_value_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(redemption_rate__gte=0, redemption_rate__lte=1),
                name="reports_valuation_rate_is_a_share",
            ),
        ]
        triggers = append_only("valuation")

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.point_value}"
