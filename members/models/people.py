"""Members, the identifiers they are found by, and what they agreed to."""

from datetime import datetime
from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from loyalty_site.lib.ids import new_member_number


class MemberQuerySet(models.QuerySet["Member"]):
    """Which members: by who asks, by state, by text."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Members that this user may see."""
        if user.is_authenticated and user.has_perm("members.view_member"):
            return self
        return self.none()

    def active(self) -> Self:
        """Members that are enrolled and not closed."""
        return self.filter(closed_at=None)

    def merged(self) -> Self:
        """Members whose membership went into another one."""
        return self.exclude(merged_into=None)

    def with_email(self, email: str) -> Self:
        """Members with that address, in any case; among open ones by an index."""
        lowered = self.alias(email_lowered=Lower("email"))
        return lowered.filter(email_lowered=email.lower()).exclude(email="")

    def enrolled_before(self, at: datetime) -> Self:
        """The member base at an instant: enrolled before it and not closed by then."""
        return self.filter(enrolled_at__lt=at).exclude(closed_at__lte=at)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["search_text"],
)
class Member(models.Model):
    """A person enrolled in the programme."""

    class Language(models.TextChoices):
        """Languages that members are written to in."""

        EN = "en", _("English")
        ZH_HANS = "zh-hans", "简体中文"
        ZH_HANT = "zh-hant", "繁體中文"

    number = models.CharField(
        _("member number"), max_length=20, unique=True, default=new_member_number
    )
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    address_as = models.CharField(
        _("how to address"),
        max_length=80,
        blank=True,
        help_text=_("Used in mails, for example “Ms Chan”."),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    birth_on = models.DateField(_("date of birth"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.EN
    )
    note = models.TextField(_("note"), blank=True, max_length=2000)
    enrolled_at = models.DateTimeField(_("enrolled"))
    enrolled_via = models.CharField(
        _("enrolled via"), max_length=40, default="staff", db_default="staff"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_reason = models.CharField(_("reason"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        db_index=False,
        verbose_name=_("merged into"),
        help_text=_("Never a merged one itself: it is kept at the last of them."),
    )
    search_text = models.GeneratedField(
        expression=RawSQL(
            "lower(full_name || ' ' || number || ' ' || email || ' ' || phone)", ()
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        permissions = [
            ("view_member_contact", _("Can see phone and e-mail in full")),
            ("close_member", _("Can close a membership")),
            ("export_member", _("Can export members")),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email="") & Q(closed_at=None),
                name="members_member_email_once_among_open",
            ),
            models.UniqueConstraint(
                F("phone"),
                condition=~Q(phone="") & Q(closed_at=None),
                name="members_member_phone_once_among_open",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None)
                | Q(~Q(merged_into=F("id")), closed_at__isnull=False),
                name="members_member_merged_is_closed",
            ),
        ]
        indexes = [
            GinIndex(
                fields=["search_text"],
                name="members_member_search",
                opclasses=["gin_trgm_ops"],
            ),
            models.Index(
                F("enrolled_at").desc(), F("id").desc(), name="members_member_newest"
            ),
            models.Index(F("full_name"), F("id"), name="members_member_by_name"),
            models.Index(
                F("closed_at").desc(),
                name="members_member_closed",
                condition=~Q(closed_at=None),
            ),
            models.Index(
                F("merged_into"),
                name="members_member_merged",
                condition=~Q(merged_into=None),
            ),
            models.Index(
                Lower("email"),
                name="members_member_merged_email",
                condition=~Q(merged_into=None),
            ),
            models.Index(
                F("phone"),
                name="members_member_merged_phone",
                condition=~Q(merged_into=None),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        """Return the member's page for staff."""
        return reverse("members:member-detail", args=[self.number])

    @property
    def display_name(self) -> str:
        """The full name, or the number where no name is known."""
        return self.full_name or self.number

    @property
    def is_open(self) -> bool:
        """Whether the membership has not been closed."""
        return self.closed_at is None


class Identifier(models.Model):
    """A value that some system knows the member by: a card, a customer number."""

    CARD = "card"

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="identifiers"
    )
    system = models.CharField(_("system"), max_length=40)
    value = models.CharField(_("value"), max_length=80)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            models.UniqueConstraint(
                fields=["system", "value"],
                name="members_identifier_once_per_system",
            )
        ]
        indexes = [models.Index(F("value"), name="members_identifier_by_value")]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


CONSENT_SOURCES = {
    "staff": _("Staff"),
    "portal": _("Page of the member"),
    "app": _("App"),
    "web": _("Website"),
    "api": _("API"),
    "survey": _("Survey"),
    "unsubscribe link": _("Unsubscribe link"),
    "merge": _("Merge of two memberships"),
}


@pghistory.track(pghistory.InsertEvent())
class Consent(models.Model):
    """What a member said about one purpose on one channel; the latest row counts."""

    class Purpose(models.TextChoices):
        """What a message is for."""

        SURVEY = "survey", _("Surveys")
        MARKETING = "marketing", _("Offers and news")

    class Channel(models.TextChoices):
        """The way a message goes out."""

        EMAIL = "email", _("E-mail")

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="consents"
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    is_granted = models.BooleanField(_("granted"))
    at = models.DateTimeField(_("when"))
    source = models.CharField(_("source"), max_length=80)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(
                F("member"),
                F("purpose"),
                F("channel"),
                F("at").desc(),
                name="members_consent_latest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.get_channel_display()}"

    @property
    def source_name(self) -> str:
        """Where it was said, as people read it; a member of staff by name."""
        place, _separator, name = self.source.partition(":")
        return name or str(CONSENT_SOURCES.get(place, place))
