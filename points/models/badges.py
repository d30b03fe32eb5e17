"""Badges: what a member has for good, to be shown, not spent."""

from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.ids import new_public_id
from loyalty_site.lib.localized import in_language


class BadgeQuerySet(models.QuerySet["Badge"]):
    """Which badges: by who asks."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Badges that this member of staff may see: those who see the rules."""
        if user.is_authenticated and user.has_perm("points.view_earningrule"):
            return self
        return self.none()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Badge(models.Model):
    """A mark that challenges give, once for each member."""

    public_id = models.UUIDField(unique=True, default=new_public_id)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_zh_hans = models.CharField(_("name in 简体中文"), max_length=80, blank=True)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=1000)
    description_zh_hans = models.TextField(
        _("description in 简体中文"), blank=True, default="", max_length=1000
    )
    description_zh_hant = models.TextField(
        _("description in 繁體中文"), blank=True, default="", max_length=1000
    )
    picture_digest = models.CharField(max_length=64, blank=True, default="")
    picture_width = models.PositiveSmallIntegerField(default=0)
    picture_height = models.PositiveSmallIntegerField(default=0)
    picture_alt = models.CharField(
        _("what the picture shows"), max_length=200, blank=True, default=""
    )
    picture_alt_zh_hans = models.CharField(
        _("what it shows, in 简体中文"), max_length=200, blank=True, default=""
    )
    picture_alt_zh_hant = models.CharField(
        _("what it shows, in 繁體中文"), max_length=200, blank=True, default=""
    )

    objects = BadgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the badge's page for staff."""
        return reverse("points:badge-edit", args=[self.public_id])

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        return in_language(
            self.name, zh_hans=self.name_zh_hans, zh_hant=self.name_zh_hant
        )

    @property
    def local_description(self) -> str:
        """The description in the language of the page."""
        return in_language(
            self.description,
            zh_hans=self.description_zh_hans,
            zh_hant=self.description_zh_hant,
        )

    @property
    def local_alt(self) -> str:
        """What the picture shows, in the language of the page."""
        return in_language(
            self.picture_alt,
            zh_hans=self.picture_alt_zh_hans,
            zh_hant=self.picture_alt_zh_hant,
        )
