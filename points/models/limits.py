"""What a rule, and the programme as a whole, give at most."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class PointLimits(models.Model):
    """At most so many points on a purchase, and of a member in a span; None is no limit."""

    cap_purchase = models.PositiveIntegerField(
        _("at most points on a purchase"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    cap_day = models.PositiveIntegerField(
        _("at most points in a day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    cap_week = models.PositiveIntegerField(
        _("at most points in a week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    cap_month = models.PositiveIntegerField(
        _("at most points in a month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )

    class Meta:
        abstract = True
