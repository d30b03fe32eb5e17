"""The books: what moved points and money in the month in which it was posted."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Member

NEVER = date(9999, 12, 1)


class BookLine(models.TextChoices):
    """Lines of the books that are not kinds of entries; no kind has a dot."""

    SOLD = "sales.sold", _("Sales posted")
    BALANCE = "account.balance", _("Balances of the accounts")
    DEBT = "account.debt", _("Debt of the accounts")


class MemberBook(models.Model):
    """What one line of the ledger moved for one member in a month of posting.

    `line` is the kind of the entries, whatever kinds there are, or a `BookLine`: money
    of purchases, and, in the month of enrolment, what the account says it holds.
    """

    pk = models.CompositePrimaryKey("member_id", "month", "line")
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    month = models.DateField(_("month of posting"))
    line = models.CharField(_("line"), max_length=24)
    points_in = models.BigIntegerField(_("points in"))
    points_out = models.BigIntegerField(_("points out"))
    amount_minor = models.BigIntegerField(_("amount in minor units"))

    class Meta:
        verbose_name = _("member's line of the books")
        verbose_name_plural = _("members' lines of the books")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.member_id} {self.month} {self.line}"


class BookCube(models.Model):
    """The lines of the books of all members."""

    pk = models.CompositePrimaryKey("month", "line")
    month = models.DateField(_("month of posting"))
    line = models.CharField(_("line"), max_length=24)
    points_in = models.BigIntegerField(_("points in"))
    points_out = models.BigIntegerField(_("points out"))
    amount_minor = models.BigIntegerField(_("amount in minor units"))

    class Meta:
        verbose_name = _("line of the books")
        verbose_name_plural = _("lines of the books")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.month} {self.line}"


class Origin(models.TextChoices):
    """What points were given for: it decides how the books treat them."""

    SALE = "sale", _("With a purchase")
    GIFT = "gift", _("As a gift")
    OTHER = "other", _("From another account")


class Vintage(models.Model):
    """Points that were issued alike, and what a month of posting did to them.

    `effective_month` is the month after whose first instant they can be spent, and
    `expiry_month` the last one that they live in, `NEVER` where they do not end: at the
    end of a month they have expired if that month is not before `expiry_month`. Points
    are signed as in the ledger; the sums over the months are what is left in the lots.
    """

    issued_month = models.DateField(_("month of issue"))
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)
    effective_month = models.DateField(_("can be spent after the start of"))
    expiry_month = models.DateField(_("last month"))
    month = models.DateField(_("month of posting"))
    issued = models.BigIntegerField(_("points issued"))
    taken_back = models.BigIntegerField(_("points taken back"))
    redeemed = models.BigIntegerField(_("points redeemed"))
    expired = models.BigIntegerField(_("points expired"))
    other = models.BigIntegerField(_("points moved otherwise"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.issued_month} {self.origin}: {self.month}"


VINTAGE_KEY = ("issued_month", "origin", "effective_month", "expiry_month", "month")
VINTAGE_POINTS = ("issued", "taken_back", "redeemed", "expired", "other")


class MemberVintage(Vintage):
    """A vintage of one member's lots."""

    pk = models.CompositePrimaryKey("member_id", *VINTAGE_KEY)
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta:
        verbose_name = _("member's vintage of points")
        verbose_name_plural = _("members' vintages of points")
        default_permissions = ()


class VintageCube(Vintage):
    """A vintage of all members' lots."""

    pk = models.CompositePrimaryKey(*VINTAGE_KEY)

    class Meta:
        verbose_name = _("vintage of points")
        verbose_name_plural = _("vintages of points")
        default_permissions = ()
