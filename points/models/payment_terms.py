"""How points pay at the till: one row, or none while they do not."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LARGEST_STEP = 10**9
WHOLE_PERCENT = 100


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class PaymentTerms(models.Model):
    """`step_points` take `step_minor` off a purchase; only whole steps are taken."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_active = models.BooleanField(_("points pay at the till"), default=False)
    step_points = models.PositiveBigIntegerField(
        _("points of a step"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_STEP)],
    )
    step_minor = models.PositiveBigIntegerField(_("a step takes off"), default=100)
    least_points = models.PositiveBigIntegerField(
        _("least points of a payment"),
        default=0,
        validators=[MaxValueValidator(LARGEST_STEP)],
    )
    most_percent = models.PositiveSmallIntegerField(
        _("largest share of a purchase in per cent"),
        default=WHOLE_PERCENT,
        validators=[MinValueValidator(1), MaxValueValidator(WHOLE_PERCENT)],
    )

    class Meta:
        verbose_name = _("paying with points")
        verbose_name_plural = _("paying with points")
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1), name="points_paymentterms_has_one_row"
            ),
            models.CheckConstraint(
                condition=Q(step_points__gte=1, step_minor__gte=1)
                & Q(most_percent__gte=1, most_percent__lte=WHOLE_PERCENT),
                name="points_paymentterms_are_sensible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_points} = {self.step_minor}"
