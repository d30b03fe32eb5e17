"""The section of segments, which rules ask about."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import Actor
from members.forms import SegmentForm
from members.models import Segment
from members.segmenting import change_segment, make_segment
from points.programme_file.base import Item, Section


class SegmentSection(Section):
    """Segments, by their short name; who is in them is no part of the file."""

    key = "segments"
    title: str | Promise = _("Segments")
    identity = "slug"

    def names(self) -> list[str]:
        """Return the short names of those in use."""
        in_use = Segment.objects.in_use().order_by("slug")
        return list(in_use.values_list("slug", flat=True))

    def head(self, name: str) -> dict[str, Any]:
        """Return the short name."""
        return {"slug": name}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the segment's page."""
        segment = Segment.objects.filter(slug=item["slug"]).first()
        return SegmentForm(data, instance=segment or Segment(slug=item["slug"]))

    def save(
        self, form: SegmentForm, item: Item, *, at: datetime, actor: Actor
    ) -> None:
        """Make or change the segment."""
        segment = Segment.objects.filter(slug=item["slug"]).first()
        if segment is None:
            make_segment(slug=item["slug"], content=form.content, actor=actor)
        else:
            change_segment(segment=segment, content=form.content, actor=actor)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return an empty form."""
        return [({"slug": ""}, SegmentForm())]
