"""Rollups at the member's grain: what every cube is the sum of.

Their foreign keys are not checked by the database: rollups are derived, and checking
would lock the rows of members and invitations that are being worked with.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Member


class MemberDay(models.Model):
    """What one member did on one business day of the programme.

    Points are signed as in the ledger and counted on the day they occurred; their
    columns add up to the member's ledger. `redeemed` is net of reversals.
    """

    pk = models.CompositePrimaryKey("member_id", "day")
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    day = models.DateField(_("day"))
    orders = models.IntegerField(_("orders"))
    spend_minor = models.BigIntegerField(_("spend in minor units"))
    units = models.DecimalField(_("units"), max_digits=16, decimal_places=3)
    redemptions = models.IntegerField(_("redemptions"))
    issued = models.BigIntegerField(_("points issued"))
    clawed_back = models.BigIntegerField(_("points clawed back"))
    adjusted = models.BigIntegerField(_("points adjusted"))
    redeemed = models.BigIntegerField(_("points redeemed"))
    expired = models.BigIntegerField(_("points expired"))

    class Meta:
        verbose_name = _("member's day")
        verbose_name_plural = _("members' days")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.member_id} {self.day}"


class MemberSummary(models.Model):
    """One row per member: since when, first and last order-day, how much in all.

    `cohort` is the month of the first valid order. Closed members stay, with the day.
    """

    member = models.OneToOneField(
        Member,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    enrolled_on = models.DateField(_("enrolled"))
    closed_on = models.DateField(_("closed"), null=True)
    cohort = models.DateField(_("month of the first order"), null=True)
    first_on = models.DateField(_("first order"), null=True)
    last_on = models.DateField(_("last order"), null=True)
    orders = models.IntegerField(_("orders"))
    order_days = models.IntegerField(_("order-days"))
    spend_minor = models.BigIntegerField(_("spend in minor units"))
    units = models.DecimalField(_("units"), max_digits=16, decimal_places=3)

    class Meta:
        verbose_name = _("member's summary")
        verbose_name_plural = _("members' summaries")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["cohort", "member", "last_on"],
                name="reports_membersummary_cohort",
                condition=~Q(cohort=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.member_id)
