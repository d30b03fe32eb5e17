"""Which segments there are, and who is in them."""

from django.utils.translation import gettext as _

from members.models import Segment


def segment_names() -> dict[str, str]:
    """Return the names of all segments by their short names, those in use first."""
    segments = Segment.objects.order_by("archived_at", "name", "pk")
    names = {each.slug: _shown(each) for each in segments if not each.is_archived}
    return names | {each.slug: _shown(each) for each in segments if each.is_archived}


def _shown(segment: Segment) -> str:
    if segment.is_archived:
        return _("%(name)s (archived)") % {"name": segment.local_name}
    return segment.local_name
