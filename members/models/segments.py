"""Segments: groups of members that staff and other systems fill."""

from typing import Self

import pghistory
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.localized import in_language
from members.models.people import Member


class SegmentQuerySet(models.QuerySet["Segment"]):
    """Which segments: by who asks, by state."""

    def visible_to(self, user: AbstractUser | AnonymousUser) -> Self:
        """Segments that this user may see."""
        if user.is_authenticated and user.has_perm("members.view_segment"):
            return self
        return self.none()

    def in_use(self) -> Self:
        """Segments that members can be added to."""
        return self.filter(archived_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Segment(models.Model):
    """A group of members with a name; an archived one stays as it is."""

    slug = models.SlugField(
        _("short name"),
        max_length=40,
        unique=True,
        help_text=_(
            "For files, rules and other systems, such as “tea-lovers”. It never changes."
        ),
    )
    name = models.CharField(_("name"), max_length=80)
    name_zh_hans = models.CharField(_("name in 简体中文"), max_length=80, blank=True)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=80, blank=True)
    description = models.CharField(
        _("description"),
        max_length=300,
        blank=True,
        help_text=_("Who belongs to it, for colleagues."),
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        permissions = [("fill_segment", _("Can add members to segments"))]

    def __str__(self) -> str:
        return self.local_name

    def get_absolute_url(self) -> str:
        """Return the segment's page for staff."""
        return reverse("members:segment-detail", args=[self.slug])

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        return in_language(
            self.name, zh_hans=self.name_zh_hans, zh_hant=self.name_zh_hant
        )

    @property
    def is_archived(self) -> bool:
        """Whether nobody can be added any more."""
        return self.archived_at is not None


class SegmentStay(models.Model):
    """That a member is in a segment, or was: from `joined_at` up to `left_at`."""

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="stays", db_index=False
    )
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, related_name="stays", db_index=False
    )
    joined_at = models.DateTimeField(_("since"))
    joined_by = models.CharField(_("added by"), max_length=120)
    left_at = models.DateTimeField(_("until"), null=True, blank=True)
    left_by = models.CharField(_("taken out by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("stay in a segment")
        verbose_name_plural = _("stays in segments")
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "member"],
                condition=Q(left_at=None),
                name="members_stay_open_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")),
                name="members_stay_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, left_by="")
                | Q(~Q(left_by=""), left_at__isnull=False),
                name="members_stay_end_says_who",
            ),
        ]
        indexes = [
            models.Index(F("member"), F("segment"), name="members_stay_of_member"),
            models.Index(
                F("segment"),
                F("joined_at").desc(),
                F("id").desc(),
                name="members_stay_newest",
                condition=Q(left_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.member_id}"
