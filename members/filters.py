"""Filters of the members' list."""

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import partial

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from loyalty_site.lib.forms import DayInput
from members.models import Consent, Member, MemberQuerySet, Segment
from members.panels import MemberFilter, Viewer
from members.selectors.consents import with_consent
from members.selectors.segments import in_segment, segment_names


class MemberFilterSet(django_filters.FilterSet):
    """State, time of joining, consent, segment, and what upper apps registered."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("closed", _("Closed")), ("all", _("Open and closed"))],
        empty_label=pgettext_lazy("membership", "Open"),
        method="keep",
    )
    joined_from = django_filters.DateFilter(
        label=_("Joined from"), widget=DayInput, method="filter_joined_from"
    )
    joined_to = django_filters.DateFilter(
        label=_("Joined until"), widget=DayInput, method="filter_joined_to"
    )
    consent = django_filters.ChoiceFilter(
        label=_("Agreed to mails"),
        choices=Consent.Purpose.choices,
        empty_label=_("All"),
        method="filter_consent",
    )

    segment = django_filters.ChoiceFilter(
        label=_("Segment"),
        choices=[],
        empty_label=_("All"),
        method="filter_segment",
    )

    class Meta:
        model = Member
        fields: tuple[str, ...] = ()

    def __init__(
        self,
        data: object,
        queryset: MemberQuerySet,
        *,
        viewer: Viewer,
        more: Sequence[MemberFilter],
    ) -> None:
        super().__init__(data, queryset)
        names = _segments_for(viewer)
        if names:
            self.filters["segment"].extra["choices"] = list(names.items())
        else:
            del self.filters["segment"]
        self.more = more
        for each in more:
            self.filters[each.name] = django_filters.ChoiceFilter(
                label=each.label,
                choices=each.choices(),
                empty_label=_("All"),
                method=partial(_apply, each),
            )
            self.filters[each.name].parent = self
            self.filters[each.name].field_name = each.name

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the default is asked for."""
        return self.form.is_valid() and any(self.form.cleaned_data.values())

    @property
    def columns(self) -> dict[str, str]:
        """Where the chosen filters have the fields that the list is sorted by."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        return {
            name: column
            for each in self.more
            if chosen.get(each.name)
            for name, column in each.columns.items()
        }

    def filter_queryset(self, queryset: MemberQuerySet) -> MemberQuerySet:
        """Leave closed memberships out unless they are asked for."""
        found: MemberQuerySet = super().filter_queryset(queryset)
        state = self.form.cleaned_data.get("state")
        if state == "all":
            return found
        return found.exclude(closed_at=None) if state == "closed" else found.active()

    def keep(self, queryset: MemberQuerySet, _name: str, _value: str) -> MemberQuerySet:
        """Leave it to `filter_queryset`, which knows the default too."""
        return queryset

    def filter_joined_from(
        self, queryset: MemberQuerySet, _name: str, value: date
    ) -> MemberQuerySet:
        """Members enrolled on that day or later."""
        return queryset.filter(enrolled_at__gte=_local(value, time.min))

    def filter_joined_to(
        self, queryset: MemberQuerySet, _name: str, value: date
    ) -> MemberQuerySet:
        """Members enrolled on that day or before."""
        return queryset.filter(enrolled_at__lte=_local(value, time.max))

    def filter_consent(
        self, queryset: MemberQuerySet, _name: str, value: str
    ) -> MemberQuerySet:
        """Members who agreed to such mails."""
        return with_consent(queryset, value)

    def filter_segment(
        self, queryset: MemberQuerySet, _name: str, value: str
    ) -> MemberQuerySet:
        """Members who are in the segment now."""
        return in_segment(queryset, value)


def _segments_for(viewer: Viewer) -> dict[str, str]:
    is_allowed = bool(Segment.objects.visible_to(viewer)[:1])
    return segment_names() if is_allowed else {}


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=timezone.get_current_timezone())


def _apply(
    chosen: MemberFilter, queryset: MemberQuerySet, _name: str, value: str
) -> MemberQuerySet:
    return chosen.apply(queryset, value)
