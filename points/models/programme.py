"""The one row of programme settings."""

from zoneinfo import ZoneInfo

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.money import Rounding
from points.models.limits import PointLimits

# More than any account can owe, and far from what a column can hold.
NO_LIMIT = 10**15


def no_expiry() -> dict[str, str]:
    """Return the policy of points that do not expire."""
    return {"kind": "never"}


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Programme(PointLimits):
    """How this programme works; one installation runs one programme."""

    class MultiplierCombination(models.TextChoices):
        """What several multipliers that fire together come to."""

        SUM_OF_EXTRAS = "sum_of_extras", _("Sum of the extras: 2 and 3 give 4")
        PRODUCT = "product", _("Product: 2 and 3 give 6")
        LARGEST = "largest", _("Only the largest: 2 and 3 give 3")

    class CapOverflow(models.TextChoices):
        """What is given where a limit would be exceeded."""

        TRIM = "trim", _("What still fits is given")
        REJECT = "reject", _("Nothing is given")

    class GroupPolicy(models.TextChoices):
        """Which rule of a group counts on a purchase."""

        BEST_FOR_MEMBER = "best_for_member", _("The one that gives most")
        HIGHEST_PRIORITY = "highest_priority", _("The one of the highest priority")
        FIRST_MATCH = "first_match", _("The oldest one whose conditions hold")
        SUM = "sum", _("All of them")

    class Activity(models.TextChoices):
        """What can extend the points of a member."""

        PURCHASE = "purchase", _("Purchases")
        REDEMPTION = "redemption", _("Redemptions")
        SURVEY = "survey", _("Answered surveys that give points")

    class RefundPolicy(models.TextChoices):
        """Where the points of a refunded purchase are taken from."""

        WITHIN_BALANCE = "within_balance", _("Its own points, then the other points")
        OWN_LOT = "own_lot", _("Only its own points")
        PENDING_ONLY = "pending_only", _("Only its own points while they are pending")
        ALLOW_DEBT = "allow_debt", _("Its own points, the other points, then a debt")

    class TransferExpiry(models.TextChoices):
        """When points expire that one member gives to another."""

        KEPT = "kept", _("When they would have expired anyway")
        FRESH = "fresh", _("Like points earned at the transfer")

    class HouseholdLeaving(models.TextChoices):
        """What becomes of points when a member leaves a household."""

        OWN_POINTS = "own", _("Unspent points go back to who earned them")
        STAY = "stay", _("What the member has stays with the household")
        AS_IT_LIES = "lies", _("All points stay where they are")

    class RefundReturns(models.TextChoices):
        """Which of the points that paid a part of a purchase come back with its money."""

        PRO_RATA = "pro_rata", _("In proportion to the money")
        FULL_ONLY = "full_only", _("All of them, when all the money is back")
        NONE = "none", _("They do not come back")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(_("name"), max_length=80, default="Perennial")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    rounding = models.CharField(
        _("rounding of points"),
        max_length=12,
        choices=Rounding,
        default=Rounding.FLOOR,
    )
    expiry = models.JSONField(
        _("expiry of points"),
        default=no_expiry,
        db_default=Value(no_expiry(), models.JSONField()),
        help_text=_("The policy for everyone, by its kind."),
    )
    tier_expiry = models.JSONField(
        _("expiry of points by tier"),
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        help_text=_("Policies of tiers that have their own, by the tier's short name."),
    )
    pending_days = models.PositiveSmallIntegerField(
        _("points can be spent after days"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(366)],
        help_text=_(
            "Counted from the purchase; until then they are pending. 0: at once."
        ),
    )
    pending_until = models.DateField(
        _("points can be spent from the day"),
        null=True,
        blank=True,
        help_text=_(
            "At the earliest; until then they are pending. Empty: no such day."
        ),
    )
    confirm_days = models.PositiveSmallIntegerField(
        _("purchases are confirmed within days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_(
            "Points wait until the purchase is confirmed, for example delivered; after so"
            " many days they are cancelled. Empty: nothing is confirmed."
        ),
    )
    sliding_by = models.JSONField(
        _("activities that extend points"),
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        help_text=_("Open points then last as if they were given at that moment."),
    )
    reminder_leads = models.JSONField(
        _("reminders of expiry, days ahead"),
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        help_text=_("Members who agreed to mails are told then."),
    )
    multiplier_combination = models.CharField(
        _("several multipliers"),
        max_length=16,
        choices=MultiplierCombination,
        default=MultiplierCombination.SUM_OF_EXTRAS,
    )
    rounds_each_rule = models.BooleanField(
        _("round what each rule gives"),
        default=False,
        db_default=False,
        help_text=_("Else only the sum of all rules is rounded, once."),
    )
    earns_on_discount = models.BooleanField(
        _("count the amount before discounts"), default=False, db_default=False
    )
    earns_on_tax = models.BooleanField(_("count taxes"), default=True, db_default=True)
    earns_on_delivery = models.BooleanField(
        _("count delivery"), default=True, db_default=True
    )
    earns_on_gift_card = models.BooleanField(
        _("count what was paid with gift cards"), default=True, db_default=True
    )
    earns_on_points_paid = models.BooleanField(
        _("count what was paid with points"), default=False, db_default=False
    )
    balance_limit = models.PositiveBigIntegerField(
        _("largest balance"),
        null=True,
        blank=True,
        help_text=_("With what is pending; purchases earn no more. Empty: no limit."),
    )
    cap_overflow = models.CharField(
        _("beyond a limit"),
        max_length=8,
        choices=CapOverflow,
        default=CapOverflow.TRIM,
        db_default=CapOverflow.TRIM,
    )
    group_policy = models.CharField(
        _("of a group of rules counts"),
        max_length=16,
        choices=GroupPolicy,
        default=GroupPolicy.BEST_FOR_MEMBER,
        db_default=GroupPolicy.BEST_FOR_MEMBER,
        help_text=_("Where they are equal, more points win, and then the older rule."),
    )
    refund_policy = models.CharField(
        _("a refund takes"),
        max_length=16,
        choices=RefundPolicy,
        default=RefundPolicy.WITHIN_BALANCE,
        db_default=RefundPolicy.WITHIN_BALANCE,
        help_text=_("What the member has spent already is not collected."),
    )
    refund_returns = models.CharField(
        _("points that paid come back"),
        max_length=12,
        choices=RefundReturns,
        default=RefundReturns.PRO_RATA,
        db_default=RefundReturns.PRO_RATA,
        help_text=_("To the points they were, with the day on which those expire."),
    )
    return_grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=30,
        db_default=30,
        validators=[MaxValueValidator(366)],
        help_text=_(
            "For points that come back after they would have expired. 0: gone at once."
        ),
    )
    debt_limit = models.PositiveBigIntegerField(
        _("a member owes at most"),
        null=True,
        blank=True,
        help_text=_(
            "Points, where a refund may leave a debt; the next points earned settle it."
            " Empty: no limit."
        ),
    )
    transfer_expiry = models.CharField(
        _("transferred points expire"),
        max_length=8,
        choices=TransferExpiry,
        default=TransferExpiry.KEPT,
        db_default=TransferExpiry.KEPT,
    )
    household_limit = models.PositiveSmallIntegerField(
        _("members of a household, at most"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(20)],
        help_text=_(
            "They keep their own points and may spend each other's. 0: no households;"
            " those that are there go on."
        ),
    )
    household_leaving = models.CharField(
        _("who leaves a household"),
        max_length=8,
        choices=HouseholdLeaving,
        default=HouseholdLeaving.OWN_POINTS,
        db_default=HouseholdLeaving.OWN_POINTS,
    )
    backdating_days = models.PositiveSmallIntegerField(
        _("back-dating window in days"),
        default=30,
        help_text=_("How old a purchase may be when a till or a shop posts it."),
    )
    # The valuations of `reports` hold it now; the column goes with the next release.
    point_value = models.DecimalField(
        _("value of a point"),
        max_digits=12,
        decimal_places=6,
        default=0,
        help_text=_("In the programme's currency; used for the liability."),
    )

    campaign_alone_points = models.PositiveBigIntegerField(
        _("campaigns started alone, up to points"),
        null=True,
        blank=True,
        help_text=_(
            "One that may give more waits for a second person; without a budget it may "
            "give any number. Empty: nobody has to approve."
        ),
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programme")
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1), name="points_programme_has_one_row"
            ),
            models.CheckConstraint(
                condition=Q(expiry__has_key="kind"),
                name="points_programme_expiry_has_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(pending_days__lte=366),
                name="points_programme_pending_is_sensible",
            ),
            models.CheckConstraint(
                condition=Q(confirm_days=None)
                | Q(confirm_days__gte=1, confirm_days__lte=366),
                name="points_programme_confirmation_is_sensible",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spares_other_points(self) -> bool:
        """Whether a refund takes the purchase's own points only."""
        policies = self.RefundPolicy
        return self.refund_policy in {policies.OWN_LOT, policies.PENDING_ONLY}

    @property
    def largest_debt(self) -> int:
        """What a member may come to owe by refunds and voids."""
        if self.refund_policy != self.RefundPolicy.ALLOW_DEBT:
            return 0
        return NO_LIMIT if self.debt_limit is None else self.debt_limit

    @property
    def zone(self) -> ZoneInfo:
        """The zone that decides days and expiry."""
        return ZoneInfo(self.time_zone)
