"""Lotteries: tickets that points buy, a list that is frozen, and a draw to be proved."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from loyalty_site.lib.localized import in_language
from points.models.ledger import append_only
from points.models.redemptions import Redemption
from points.models.rewards import Reward


class LotteryQuerySet(models.QuerySet["Lottery"]):
    """Which lotteries: by who asks, by the instant."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Lotteries that this member of staff may see: those who see rewards."""
        if user.is_authenticated and user.has_perm("points.view_reward"):
            return self
        return self.none()

    def to_freeze(self, at: datetime) -> Self:
        """Lotteries whose sales have closed and whose list is not frozen yet."""
        return self.filter(closes_at__lte=at, list=None)


class Lottery(models.Model):
    """What was promised before the first ticket was sold; none of it ever changes.

    `commitment` is the SHA-256 of the secret seed; `public_source` says which public
    value will be taken at the draw.
    """

    public_id = models.UUIDField(unique=True, default=new_public_id)
    reward = models.OneToOneField(
        Reward, on_delete=models.PROTECT, related_name="lottery"
    )
    name = models.CharField(_("name"), max_length=80)
    name_zh_hans = models.CharField(_("name in 简体中文"), max_length=80, blank=True)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=80, blank=True)
    closes_at = models.DateTimeField(_("sales close"))
    public_source = models.CharField(_("public value at the draw"), max_length=200)
    commitment = models.CharField(_("commitment to the seed"), max_length=64)
    created_at = models.DateTimeField(_("made"))
    created_by = models.CharField(_("made by"), max_length=120)

    objects = LotteryQuerySet.as_manager()

    class Meta:
        verbose_name = _("lottery")
        verbose_name_plural = _("lotteries")
        permissions = [
            ("draw_lottery", _("Can call a draw")),
            ("witness_draw", _("Can witness a draw that another person calls")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("created_at")),
                name="points_lottery_closes_after_it_was_made",
            )
        ]
        triggers = append_only("lottery")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the lottery's page for staff."""
        return reverse("points:lottery-detail", args=[self.public_id])

    def get_public_url(self) -> str:
        """Return the page on which anybody can check the draw."""
        return reverse("points:public-draw", args=[self.public_id])

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        return in_language(
            self.name, zh_hans=self.name_zh_hans, zh_hant=self.name_zh_hant
        )


class LotterySecret(models.Model):
    """The seed, which nobody sees before the draw."""

    lottery = models.OneToOneField(
        Lottery, on_delete=models.PROTECT, related_name="secret", primary_key=True
    )
    seed = models.BinaryField()

    class Meta:
        verbose_name = _("secret seed")
        verbose_name_plural = _("secret seeds")
        triggers = append_only("lotterysecret")

    def __str__(self) -> str:
        return f"seed of {self.pk}"


class LotteryPrize(models.Model):
    """A prize, and how many of it; those of the lowest place are drawn first."""

    lottery = models.ForeignKey(
        Lottery, on_delete=models.PROTECT, related_name="prizes", db_index=False
    )
    place = models.PositiveSmallIntegerField(_("place"))
    name = models.CharField(_("prize"), max_length=120)
    pieces = models.PositiveIntegerField(_("pieces"))

    class Meta:
        verbose_name = _("prize")
        verbose_name_plural = _("prizes")
        ordering = ["lottery_id", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["lottery", "place"], name="points_lotteryprize_place_once"
            ),
            models.CheckConstraint(
                condition=Q(pieces__gte=1), name="points_lotteryprize_has_pieces"
            ),
        ]
        triggers = append_only("lotteryprize")

    def __str__(self) -> str:
        return self.name


class LotteryCounter(models.Model):
    """How many tickets there are: its row is locked by whoever sells, and who freezes."""

    lottery = models.OneToOneField(
        Lottery, on_delete=models.PROTECT, related_name="counter", primary_key=True
    )
    tickets = models.PositiveBigIntegerField(_("tickets"), default=0)
    is_frozen = models.BooleanField(_("frozen"), default=False)

    class Meta:
        verbose_name = _("counter of tickets")
        verbose_name_plural = _("counters of tickets")

    def __str__(self) -> str:
        return str(self.tickets)


class LotteryTicket(models.Model):
    """A ticket with its number; void once its redemption gave the points back.

    `holder` is a pseudonym of the member, the same on all of their tickets of a draw.
    """

    lottery = models.ForeignKey(
        Lottery, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    number = models.PositiveBigIntegerField(_("number"))
    redemption = models.OneToOneField(
        Redemption, on_delete=models.PROTECT, related_name="ticket"
    )
    holder = models.CharField(_("holder"), max_length=20)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["lottery", "number"], name="points_lotteryticket_number_once"
            )
        ]
        triggers = append_only("lotteryticket")

    def __str__(self) -> str:
        return str(self.number)


class LotteryList(models.Model):
    """The list of valid tickets as it stood when it was frozen, by its hash."""

    lottery = models.OneToOneField(
        Lottery, on_delete=models.PROTECT, related_name="list", primary_key=True
    )
    tickets = models.PositiveBigIntegerField(_("tickets"))
    digest = models.CharField(_("SHA-256 of the list"), max_length=64)
    frozen_at = models.DateTimeField(_("frozen"))
    frozen_by = models.CharField(_("frozen by"), max_length=120)

    class Meta:
        verbose_name = _("list of a draw")
        verbose_name_plural = _("lists of draws")
        triggers = append_only("lotterylist")

    def __str__(self) -> str:
        return self.digest


class LotteryCall(models.Model):
    """Somebody entered the public value; another person witnesses it, or refuses."""

    class State(models.TextChoices):
        """Where the call stands."""

        WAITING = "waiting", _("Waiting for a witness")
        DRAWN = "drawn", _("Drawn")
        REFUSED = "refused", _("Refused")

    lottery = models.ForeignKey(Lottery, on_delete=models.PROTECT, related_name="calls")
    public_value = models.CharField(_("public value"), max_length=200)
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.WAITING
    )
    asked_at = models.DateTimeField(_("entered"))
    asked_by = models.CharField(_("entered by"), max_length=120)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    note = models.CharField(_("why so"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("call of a draw")
        verbose_name_plural = _("calls of draws")
        constraints = [
            models.UniqueConstraint(
                fields=["lottery"],
                condition=~Q(state="refused"),
                name="points_lotterycall_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="drawn")
                | Q(~Q(decided_by=""), ~Q(decided_by=F("asked_by"))),
                name="points_lotterycall_witnessed_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return self.public_value


class LotteryDraw(models.Model):
    """The draw: with the seed it can be repeated by anybody."""

    lottery = models.OneToOneField(
        Lottery, on_delete=models.PROTECT, related_name="draw", primary_key=True
    )
    call = models.OneToOneField(
        LotteryCall, on_delete=models.PROTECT, related_name="draw"
    )
    public_value = models.CharField(_("public value"), max_length=200)
    seed = models.CharField(_("seed"), max_length=64)
    called_by = models.CharField(_("called by"), max_length=120)
    witnessed_by = models.CharField(_("witnessed by"), max_length=120)
    drawn_at = models.DateTimeField(_("drawn"))

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        triggers = append_only("lotterydraw")

    def __str__(self) -> str:
        return self.public_value


class LotteryWin(models.Model):
    """A ticket that won, and what; `position` counts from 1 in the order of drawing."""

    lottery = models.ForeignKey(
        Lottery, on_delete=models.PROTECT, related_name="wins", db_index=False
    )
    position = models.PositiveIntegerField(_("position"))
    prize = models.ForeignKey(LotteryPrize, on_delete=models.PROTECT, related_name="+")
    ticket = models.OneToOneField(
        LotteryTicket, on_delete=models.PROTECT, related_name="win"
    )

    class Meta:
        verbose_name = _("win")
        verbose_name_plural = _("wins")
        constraints = [
            models.UniqueConstraint(
                fields=["lottery", "position"], name="points_lotterywin_position_once"
            )
        ]
        triggers = append_only("lotterywin")

    def __str__(self) -> str:
        return f"{self.position} {self.prize_id}"
