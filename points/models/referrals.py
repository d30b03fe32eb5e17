"""Members who brought friends: the terms, and one row for each friend."""

from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from points.models.ledger import Account
from points.models.purchases import Purchase

MOST_POINTS = 10**9
MOST_DAYS = 3650


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class ReferralTerms(models.Model):
    """What both sides get for a friend, and when: one row, or none while it is off."""

    class Period(models.TextChoices):
        """How long the limit of a referrer counts."""

        MONTH = "month", _("in a calendar month")
        YEAR = "year", _("in a calendar year")
        EVER = "ever", _("ever")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_active = models.BooleanField(_("members can bring friends"), default=False)
    referrer_points = models.PositiveBigIntegerField(
        _("points for who brings a friend"),
        default=100,
        validators=[MaxValueValidator(MOST_POINTS)],
    )
    friend_points = models.PositiveBigIntegerField(
        _("points for the friend"),
        default=100,
        validators=[MaxValueValidator(MOST_POINTS)],
    )
    least_minor = models.PositiveBigIntegerField(_("smallest purchase"), default=0)
    return_days = models.PositiveSmallIntegerField(
        _("days in which purchases can come back"),
        default=30,
        validators=[MaxValueValidator(MOST_DAYS)],
    )
    first_within_days = models.PositiveSmallIntegerField(
        _("days for the first purchase"),
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    most_paid = models.PositiveIntegerField(
        _("most friends that are paid for"), null=True, blank=True
    )
    most_paid_in = models.CharField(
        _("the limit counts"), max_length=6, choices=Period, default=Period.YEAR
    )

    class Meta:
        verbose_name = _("terms of referrals")
        verbose_name_plural = _("terms of referrals")
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1), name="points_referralterms_has_one_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.referrer_points} / {self.friend_points}"


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Which referrals: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Referrals that this member of staff may see."""
        if user.is_authenticated and user.has_perm("members.view_member"):
            return self
        return self.none()


class Referral(models.Model):
    """A friend that a member brought; both are paid once, or neither.

    It waits for a purchase of the friend whose days of return are over. `purchase` is the
    one that it was paid for. The points are what was given, 0 beyond the limit.
    """

    class State(models.TextChoices):
        """Where the referral stands."""

        WAITING = "waiting", _("Waiting for the first purchase")
        PAID = "paid", _("Paid")
        LAPSED = "lapsed", _("Lapsed")

    public_id = models.UUIDField(unique=True, default=new_public_id)
    referrer = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="brought", db_index=False
    )
    friend = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="brought_by"
    )
    at = models.DateTimeField(_("enrolled"))
    actor = models.CharField(_("by"), max_length=120)
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.WAITING
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    purchase = models.ForeignKey(
        Purchase,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    referrer_points = models.PositiveBigIntegerField(_("points"), default=0)
    friend_points = models.PositiveBigIntegerField(_("points of the friend"), default=0)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.CheckConstraint(
                condition=~Q(referrer=F("friend")), name="points_referral_of_another"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at=None)
                | Q(~Q(state="waiting"), settled_at__isnull=False),
                name="points_referral_settled_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", purchase__isnull=False)
                | Q(~Q(state="paid"), purchase=None),
                name="points_referral_paid_for_a_purchase",
            ),
        ]
        indexes = [
            models.Index(
                F("referrer"), F("at").desc(), name="points_referral_of_referrer"
            ),
            models.Index(
                F("at"), name="points_referral_waiting", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referrer_id} → {self.friend_id}"
