"""The append-only ledger: entries, lots, allocations, and the account that sums them."""

from typing import Self

import pgtrigger
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Member


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Return triggers that refuse UPDATE, DELETE and TRUNCATE, whoever asks."""
    return [
        pgtrigger.Protect(
            name=f"{name}_is_append_only",
            operation=pgtrigger.Update | pgtrigger.Delete,
        ),
        pgtrigger.Trigger(
            name=f"{name}_is_not_truncated",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
        ),
    ]


class Account(models.Model):
    """One per member, opened with it by the database, so that it can always be locked.

    `balance` is the sum of the entries, and of what the lots have left less the `debt`;
    `held` is reserved by redemptions; what is spendable at an instant is computed from
    the lots. `next_expiry_at` is the earliest of its open lots, swept or not.
    `opened_at` is when the member enrolled, kept so by the database.
    """

    member = models.OneToOneField(
        Member, on_delete=models.PROTECT, primary_key=True, related_name="account"
    )
    opened_at = models.DateTimeField(editable=False)
    balance = models.BigIntegerField(_("balance"), default=0, db_default=0)
    held = models.BigIntegerField(_("held"), default=0, db_default=0)
    debt = models.BigIntegerField(_("debt"), default=0, db_default=0)
    earned = models.BigIntegerField(_("earned ever"), default=0, db_default=0)
    redeemed = models.BigIntegerField(_("redeemed ever"), default=0, db_default=0)
    expired = models.BigIntegerField(_("expired ever"), default=0, db_default=0)
    next_expiry_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    tier = models.ForeignKey(
        "points.Tier",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
    )
    tier_since = models.DateTimeField(null=True, blank=True)
    tier_is_due = models.BooleanField(default=False, db_default=False)
    is_merged = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text=_("As its member says; read again by whoever waited for the lock."),
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(balance__gte=-F("debt")),
                name="points_account_balance_not_below_debt",
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0, debt__gte=0),
                name="points_account_held_and_debt_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                F("member"),
                name="points_account_tier_due",
                condition=Q(tier_is_due=True),
            ),
            models.Index(
                F("tier"),
                F("opened_at").desc(),
                F("member").desc(),
                name="points_account_by_tier",
            ),
        ]

    def __str__(self) -> str:
        return str(self.member_id)


class EntryQuerySet(models.QuerySet["Entry"]):
    """Which entries: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Entries that this member of staff may see."""
        if user.is_authenticated and user.has_perm("points.view_entry"):
            return self
        return self.none()


class Entry(models.Model):
    """One immutable row of the ledger: signed points, and why."""

    class Kind(models.TextChoices):
        """What moved the points."""

        EARN = "earn", _("Earned")
        BONUS = "bonus", _("Bonus")
        ADJUST = "adjust", _("Adjusted")
        REDEEM = "redeem", _("Redeemed")
        REDEEM_REVERSAL = "redeem_reversal", _("Redemption reversed")
        CLAW_BACK = "claw_back", _("Clawed back")
        EXPIRE = "expire", _("Expired")
        DEBT_SETTLEMENT = "debt_settlement", _("Debt settled")
        TRANSFER_OUT = "transfer_out", _("Given to another member")
        TRANSFER_IN = "transfer_in", _("Received from another member")
        MERGE_OUT = "merge_out", _("Moved to a merged membership")
        MERGE_IN = "merge_in", _("Came with a merged membership")
        HOUSEHOLD_OUT = "household_out", _("Passed on within the household")
        HOUSEHOLD_IN = "household_in", _("Came from the household")

    class AdjustReason(models.TextChoices):
        """Why somebody gave or took points by hand; members read it."""

        GOODWILL = "goodwill", _("Goodwill")
        MISSING = "missing", _("Points were missing")
        MISTAKE = "mistake", _("Correction of a mistake")
        OTHER = "other", _("Other reason")

    class ReferralReason(models.TextChoices):
        """What a bonus for a referral was given for; members read it."""

        REFERRER = "referrer", _("A friend you brought has shopped")
        FRIEND = "friend", _("Welcome: a friend brought you")

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    points = models.BigIntegerField(_("points"))
    debt = models.BigIntegerField(
        _("debt"),
        default=0,
        db_default=0,
        help_text=_("By how much it changed what the member owes."),
    )
    qualifying = models.BigIntegerField(_("qualifying points"), default=0)
    occurred_at = models.DateTimeField(_("occurred"))
    qualifies_at = models.DateTimeField(
        _("counts toward a tier at"),
        help_text=_("A reversal counts when the reversed activity happened."),
    )
    posted_at = models.DateTimeField(_("posted"))
    source = models.CharField(_("source"), max_length=40)
    source_id = models.CharField(_("source id"), max_length=120)
    key = models.CharField(_("key"), max_length=200)
    actor = models.CharField(_("actor"), max_length=120)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    trace = models.JSONField(_("explanation"), null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key"], name="points_entry_key_once_per_account"
            ),
        ]
        indexes = [
            models.Index(
                F("account"),
                F("occurred_at").desc(),
                F("id").desc(),
                name="points_entry_newest_of_account",
            ),
            models.Index(
                F("account"),
                F("qualifies_at"),
                include=["qualifying"],
                condition=~Q(qualifying=0),
                name="points_entry_qualifying",
            ),
            models.Index(
                F("account"),
                name="points_entry_of_debt",
                include=["debt", "occurred_at"],
                condition=~Q(debt=0),
            ),
            models.Index(
                F("reverses"),
                name="points_entry_reversals",
                condition=Q(reverses__isnull=False),
            ),
        ]
        triggers = append_only("entry")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.points}"

    def get_absolute_url(self) -> str:
        """Return the entry's page for staff."""
        return reverse("points:entry-detail", args=[self.pk])

    @property
    def reason_text(self) -> str:
        """The reason in words; of adjustments and referrals it is kept as a code."""
        if self.kind == self.Kind.ADJUST and self.reason in self.AdjustReason.values:
            return str(self.AdjustReason(self.reason).label)
        if self.source == "referral" and self.reason in self.ReferralReason.values:
            return str(self.ReferralReason(self.reason).label)
        return self.reason


class Lot(models.Model):
    """The points of one credit, and how many of them are left.

    One that expires in the instant in which it would be effective waits for a
    confirmation: until then it is pending, and from then on cancelled.

    `origin` is the entry that first credited them, where they came from another account.
    The account is that of the entry, which `verify` proves; a constraint of its own
    would look it up a second time for every credit.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="lots",
        db_index=False,
        db_constraint=False,
    )
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="lot")
    points = models.BigIntegerField(_("points"))
    remaining = models.BigIntegerField(_("left"))
    effective_at = models.DateTimeField(_("effective"))
    expires_at = models.DateTimeField(
        _("expires"), null=True, blank=True, help_text=_("Exclusive; empty: never.")
    )
    priority = models.SmallIntegerField(_("priority"), default=0)
    origin = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="moved_lots",
        db_index=False,
        verbose_name=_("first credited by"),
    )
    is_open = models.GeneratedField(
        expression=models.Case(
            models.When(remaining__gt=0, then=True),
            default=False,
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("points")),
                name="points_lot_remaining_between_zero_and_points",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="points_lot_has_points"
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gte=F("effective_at")),
                name="points_lot_expires_not_before_it_is_effective",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "priority", "expires_at", "effective_at", "id"],
                name="points_lot_burn_order",
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["expires_at", "account"],
                name="points_lot_expiring",
                condition=Q(is_open=True),
            ),
            models.Index(
                F("origin"),
                name="points_lot_by_origin",
                condition=Q(origin__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.points}"

    @property
    def is_waiting(self) -> bool:
        """Whether no confirmation has come so far."""
        return self.effective_at == self.expires_at


class Allocation(models.Model):
    """How much of a debit came from which lot; negative where it was given back.

    The account is that of both, which `verify` proves.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="allocations"
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="allocations")
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(
                condition=~Q(points=0), name="points_allocation_moves_something"
            ),
        ]
        triggers = append_only("allocation")

    def __str__(self) -> str:
        return str(self.points)
