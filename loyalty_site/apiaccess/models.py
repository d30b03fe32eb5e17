"""API keys, of which only a hash is stored, and the answers given to keyed requests."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Which keys: by who asks, by whether they open anything."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Keys that this user may see and revoke."""
        if user.is_authenticated and user.has_perm("apiaccess.change_apikey"):
            return self
        return self.none()

    def known_by(self, digest: str, at: datetime) -> Self:
        """The key with this hash, or that had it until a rotation of late."""
        had_it = Q(previous_hash=digest, previous_until__gt=at)
        return self.filter(Q(hash=digest) | had_it)

    def valid(self, at: datetime) -> Self:
        """Keys that are neither revoked nor expired at that instant."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


class ApiKey(models.Model):
    """A key of a till or a shop: shown once, stored as SHA-256, limited by scopes."""

    class Scope(models.TextChoices):
        """What a key may do."""

        MEMBERS_READ = "members:read", _("Read members")
        MEMBERS_WRITE = "members:write", _("Enrol members")
        PURCHASES_READ = "purchases:read", _("Read purchases and refunds")
        PURCHASES_WRITE = "purchases:write", _("Post, quote and refund purchases")
        POINTS_READ = "points:read", _("Read balances, entries and tiers")
        POINTS_ADJUST = "points:adjust", _("Give and take points by hand")
        REDEMPTIONS_WRITE = "redemptions:write", _("Redeem rewards")
        TRANSFERS_WRITE = "transfers:write", _("Transfer points between members")

    name = models.CharField(_("name"), max_length=60, unique=True)
    prefix = models.CharField(_("starts with"), max_length=12)
    hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(
        models.CharField(max_length=30, choices=Scope), verbose_name=_("scopes")
    )
    created_at = models.DateTimeField(_("created"))
    created_by = models.CharField(_("by"), max_length=120)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_on = models.DateField(_("last used"), null=True, blank=True)
    adjusts_at_once = models.BigIntegerField(
        _("points at once"),
        default=0,
        db_default=0,
        null=True,
        help_text=_("By hand, without a second person. Empty: no limit."),
    )
    adjusts_in_a_day = models.BigIntegerField(
        _("points in one day"), default=0, db_default=0, null=True
    )

    keeps_bodies = models.BooleanField(
        _("keep bodies"),
        default=False,
        db_default=False,
        help_text=_("For finding mistakes: what is sent and answered, redacted."),
    )
    previous_hash = models.CharField(
        max_length=64, blank=True, default="", db_default=""
    )
    previous_until = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(adjusts_at_once__gte=0, adjusts_in_a_day__gte=0),
                name="apiaccess_apikey_limits_not_negative",
            )
        ]

    def __str__(self) -> str:
        return self.name


class LoggedRequestQuerySet(models.QuerySet["LoggedRequest"]):
    """Which calls: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Calls that this user may see: those who see the keys."""
        if user.is_authenticated and user.has_perm("apiaccess.change_apikey"):
            return self
        return self.none()


class LoggedRequest(models.Model):
    """A call of the API, kept for some days; bodies only where the key asks for it."""

    id = models.BigAutoField(primary_key=True)
    request_id = models.CharField(_("request id"), max_length=64)
    api_key = models.ForeignKey(
        ApiKey,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    method = models.CharField(_("method"), max_length=8)
    path = models.CharField(_("path"), max_length=300)
    status = models.PositiveSmallIntegerField(_("status"))
    code = models.CharField(_("code"), max_length=60)
    milliseconds = models.PositiveIntegerField(_("ms"))
    at = models.DateTimeField(_("when"))
    asked = models.JSONField(null=True)
    answered = models.JSONField(null=True)

    objects = LoggedRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [
            models.Index(fields=["request_id"], name="apiaccess_logged_by_id"),
            models.Index(F("api_key"), F("id").desc(), name="apiaccess_logged_of_key"),
            models.Index(
                F("id").desc(),
                name="apiaccess_logged_refused",
                condition=Q(status__gte=400),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class KeyedRequest(models.Model):
    """The answer once given to an `Idempotency-Key`; kept for ever.

    Written in the transaction of the write it belongs to, so that the row exists
    exactly when the write does.
    """

    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("keyed request")
        verbose_name_plural = _("keyed requests")
        constraints = [
            models.UniqueConstraint(
                fields=["api_key", "key"], name="apiaccess_keyedrequest_once_per_key"
            )
        ]

    def __str__(self) -> str:
        return self.key
