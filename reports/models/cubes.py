"""Cubes: sums over all members, small enough to read whole on a page."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayCube(models.Model):
    """What happened on one business day; points are signed as in the ledger."""

    day = models.DateField(_("day"), primary_key=True)
    enrolled = models.BigIntegerField(_("members enrolled"))
    closed = models.BigIntegerField(_("members closed"))
    orders = models.BigIntegerField(_("orders"))
    spend_minor = models.BigIntegerField(_("spend in minor units"))
    units = models.DecimalField(_("units"), max_digits=18, decimal_places=3)
    redemptions = models.BigIntegerField(_("redemptions"))
    issued = models.BigIntegerField(_("points issued"))
    clawed_back = models.BigIntegerField(_("points clawed back"))
    adjusted = models.BigIntegerField(_("points adjusted"))
    redeemed = models.BigIntegerField(_("points redeemed"))
    expired = models.BigIntegerField(_("points expired"))

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.day)


class Recurrence(models.Model):
    """Members who did `what` on `day` and had last done it on `previous_day`.

    Each member is in a period exactly once with a previous day before it: so the
    members active in any period are a sum, although distinct counts do not add up.
    """

    class What(models.TextChoices):
        """What came again."""

        ORDER = "order", _("Order")
        ACTIVITY = "activity", _("Order or redemption")

    NEVER = "0001-01-01"

    pk = models.CompositePrimaryKey("what", "day", "previous_day")
    what = models.CharField(_("what"), max_length=8, choices=What)
    day = models.DateField(_("day"))
    previous_day = models.DateField(_("the time before; 1 Jan of year 1: never"))
    members = models.BigIntegerField(_("members"))

    class Meta:
        verbose_name = _("recurrence")
        verbose_name_plural = _("recurrences")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.what} {self.previous_day} → {self.day}"


class MonthRecurrence(models.Model):
    """Recurrences by month: the sums of those whose two days are in two months."""

    pk = models.CompositePrimaryKey("what", "month", "previous_month")
    what = models.CharField(_("what"), max_length=8, choices=Recurrence.What)
    month = models.DateField(_("month"))
    previous_month = models.DateField(_("the month before; January of year 1: never"))
    members = models.BigIntegerField(_("members"))

    class Meta:
        verbose_name = _("recurrence by month")
        verbose_name_plural = _("recurrences by month")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.what} {self.previous_month} → {self.month}"


class OrderGap(models.Model):
    """How often so many days lay between two order-days of a member."""

    days = models.IntegerField(_("days"), primary_key=True)
    gaps = models.BigIntegerField(_("times"))

    class Meta:
        verbose_name = _("gap between orders")
        verbose_name_plural = _("gaps between orders")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.days}: {self.gaps}"


class CohortCube(models.Model):
    """Members by the month of their first order and a month in which they ordered.

    `last_active` counts those for whom it is the latest such month.
    """

    pk = models.CompositePrimaryKey("cohort", "month")
    cohort = models.DateField(_("month of the first order"))
    month = models.DateField(_("month"))
    active = models.BigIntegerField(_("members with an order"))
    last_active = models.BigIntegerField(_("members whose last order it was"))
    came_again = models.BigIntegerField(
        _("members with two order-days or more"), default=0, db_default=0
    )
    orders = models.BigIntegerField(_("orders"))
    spend_minor = models.BigIntegerField(_("spend in minor units"))

    class Meta:
        verbose_name = _("cohort's month")
        verbose_name_plural = _("cohorts' months")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.cohort} {self.month}"
