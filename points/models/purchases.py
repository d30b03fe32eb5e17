"""Purchases: what tills and shops report, and what the points follow from."""

from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from members.models import Member
from points.models.ledger import Account

NO_TEXTS = Value([], output_field=ArrayField(models.CharField(max_length=80)))


class Store(models.Model):
    """A shop or a till, known by its code."""

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name or self.code


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    """Which purchases: by who asks, by validity."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Purchases that this user may see."""
        if user.is_authenticated and user.has_perm("points.view_purchase"):
            return self
        return self.none()

    def valid(self) -> Self:
        """Purchases that count: posted and not voided (convention C1)."""
        return self.filter(voided_at=None)


class Purchase(models.Model):
    """A paid basket; without lines of its own it is one line of the whole amount.

    Its entry, which `verify` proves to be there, has a constraint that the account
    exists; the member is looked up no second time.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_public_id)
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="purchases",
        db_index=False,
        db_constraint=False,
    )
    earned_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("account of its entry"),
        help_text=_("Where it was posted, if that member was merged since."),
    )
    source = models.CharField(_("source"), max_length=40)
    source_id = models.CharField(_("id at the source"), max_length=120)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    occurred_at = models.DateTimeField(_("time of purchase"))
    posted_at = models.DateTimeField(_("posted"))
    store = models.CharField(_("store"), max_length=40, blank=True)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    units = models.DecimalField(
        _("units"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    payment = models.CharField(
        _("payment method"), max_length=40, blank=True, db_default=""
    )
    codes = ArrayField(
        models.CharField(max_length=80),
        verbose_name=_("promotion codes"),
        default=list,
        db_default=NO_TEXTS,
        blank=True,
    )
    discount_minor = models.BigIntegerField(
        _("discount in minor units"), null=True, blank=True
    )
    tax_minor = models.BigIntegerField(_("tax in minor units"), null=True, blank=True)
    delivery_minor = models.BigIntegerField(
        _("delivery in minor units"), null=True, blank=True
    )
    gift_card_minor = models.BigIntegerField(
        _("paid with gift cards in minor units"), null=True, blank=True
    )
    points_paid_minor = models.BigIntegerField(
        _("paid with points in minor units"), null=True, blank=True
    )
    import_batch = models.ForeignKey(
        "points.PurchaseImport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="purchases",
        db_index=False,
    )
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)
    is_released = models.BooleanField(
        _("id released"),
        default=False,
        db_default=False,
        help_text=_("Voided with its import; the same id may come again."),
    )

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        permissions = [
            ("import_purchases", _("Can import purchases")),
            ("reverse_import", _("Can reverse an import")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=Q(is_released=False),
                name="points_purchase_once_per_source",
            ),
            models.CheckConstraint(
                condition=Q(is_released=False) | Q(voided_at__isnull=False),
                name="points_purchase_released_only_when_voided",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0),
                name="points_purchase_amount_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                F("member"),
                F("occurred_at").desc(),
                F("id").desc(),
                name="points_purchase_of_member",
            ),
            models.Index(
                F("occurred_at").desc(),
                F("id").desc(),
                name="points_purchase_newest",
            ),
            models.Index(
                F("import_batch"),
                F("id"),
                name="points_purchase_of_import",
                condition=~Q(import_batch=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"

    def get_absolute_url(self) -> str:
        """Return the purchase's page for staff."""
        return reverse("points:purchase-detail", args=[self.public_id])

    @property
    def entry_account_id(self) -> int:
        """The account that the entry of the purchase is in."""
        return self.earned_account_id or self.member_id


class PurchaseLine(models.Model):
    """One line of a basket, with the points it earned."""

    id = models.BigAutoField(primary_key=True)
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField(_("position"))
    sku = models.CharField(_("SKU"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=80, blank=True)
    brand = models.CharField(_("brand"), max_length=80, blank=True, db_default="")
    labels = ArrayField(
        models.CharField(max_length=80),
        verbose_name=_("labels"),
        default=list,
        db_default=NO_TEXTS,
        blank=True,
    )
    quantity = models.DecimalField(
        _("quantity"), max_digits=12, decimal_places=3, default=1
    )
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    points = models.BigIntegerField(_("points"), default=0)

    class Meta:
        verbose_name = _("purchase line")
        verbose_name_plural = _("purchase lines")
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "position"],
                name="points_purchaseline_position_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.sku or str(self.position)
