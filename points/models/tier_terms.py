"""On what terms tiers are reached, kept and lost: one row beside the programme's."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class TierTerms(models.Model):
    """The window that counts, when a tier begins, and what happens at its end."""

    class Window(models.TextChoices):
        """Over which time the counters run."""

        ROLLING_MONTHS = "rolling_months", _("The last months, up to this moment")
        ROLLING_DAYS = "rolling_days", _("The last days, up to this moment")
        YEAR = "year", _("A year")
        HALF_YEAR = "half_year", _("Half a year")
        QUARTER = "quarter", _("A quarter")
        MONTH = "month", _("A month")
        ANNIVERSARY = "anniversary", _("The year of the membership")
        LIFETIME = "lifetime", _("Everything since the member joined")

    class Upgrade(models.TextChoices):
        """When a tier that was reached begins."""

        AT_ONCE = "at_once", _("At once")
        NEXT_PERIOD = "next_period", _("With the next period")

    class Downgrade(models.TextChoices):
        """What happens when the validity is over."""

        FULL = "full", _("To the tier that was reached meanwhile")
        ONE_STEP = "one_step", _("One tier down with each period")
        NONE = "none", _("Nothing: a tier that was reached stays")

    class Lifting(models.TextChoices):
        """At which tier the purchase earns that lifts it."""

        BEFORE = "before", _("The tier before it")
        AFTER = "after", _("The tier that it lifts to")
        SPLIT = "split", _("Up to the threshold the one, beyond it the other")

    PERIODIC = (
        Window.YEAR,
        Window.HALF_YEAR,
        Window.QUARTER,
        Window.MONTH,
        Window.ANNIVERSARY,
    )

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    window = models.CharField(
        _("what counts"),
        max_length=16,
        choices=Window,
        default=Window.ROLLING_MONTHS,
        db_default=Window.ROLLING_MONTHS,
    )
    window_length = models.PositiveSmallIntegerField(
        _("how many months or days"),
        default=12,
        db_default=12,
        validators=[MinValueValidator(1), MaxValueValidator(1200)],
        help_text=_("Of the last months or days; not used for other windows."),
    )
    start_month = models.PositiveSmallIntegerField(
        _("first month of the year"),
        default=1,
        db_default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("Years, half-years and quarters are counted from it."),
    )
    upgrade = models.CharField(
        _("a tier begins"),
        max_length=12,
        choices=Upgrade,
        default=Upgrade.AT_ONCE,
        db_default=Upgrade.AT_ONCE,
    )
    lifting = models.CharField(
        _("a purchase that lifts the tier earns at"),
        max_length=8,
        choices=Lifting,
        default=Lifting.BEFORE,
        db_default=Lifting.BEFORE,
        help_text=_("Of tiers that begin at once."),
    )
    valid_periods = models.PositiveSmallIntegerField(
        _("further periods it is valid"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(12)],
        help_text=_("After the period in which it was reached. 0: to its end."),
    )
    downgrade = models.CharField(
        _("afterwards"),
        max_length=12,
        choices=Downgrade,
        default=Downgrade.FULL,
        db_default=Downgrade.FULL,
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(366)],
        help_text=_("How long a tier is kept after its validity."),
    )

    class Meta:
        verbose_name = _("terms of tiers")
        verbose_name_plural = _("terms of tiers")
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1), name="points_tierterms_has_one_row"
            ),
            models.CheckConstraint(
                condition=Q(
                    window_length__gte=1, start_month__gte=1, start_month__lte=12
                ),
                name="points_tierterms_window_is_sensible",
            ),
        ]

    def __str__(self) -> str:
        return self.get_window_display()

    @property
    def is_periodic(self) -> bool:
        """Whether the window has periods, one after the other."""
        return self.window in self.PERIODIC
