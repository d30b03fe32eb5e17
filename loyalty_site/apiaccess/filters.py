"""Filters of the log of calls."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty_site.apiaccess.models import ApiKey, LoggedRequest

OUTCOMES = [
    ("ok", _("Answered")),
    ("refused", _("Refused (4xx)")),
    ("broken", _("Broken (5xx)")),
]
_FIRST_REFUSED, _FIRST_BROKEN = 400, 500
Rows = QuerySet[Any]


class LoggedRequestFilterSet(django_filters.FilterSet):
    """Calls by key, by what came of them, by their request id."""

    api_key = django_filters.ModelChoiceFilter(
        label=_("API key"),
        queryset=ApiKey.objects.order_by("name"),
        empty_label=_("All"),
    )
    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"),
        choices=OUTCOMES,
        empty_label=_("All"),
        method="filter_outcome",
    )
    request_id = django_filters.CharFilter(label=_("Request id"), max_length=64)

    class Meta:
        model = LoggedRequest
        fields = ("api_key", "outcome", "request_id")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return self.form.is_valid() and any(self.form.cleaned_data.values())

    def filter_outcome(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Calls that were answered, refused, or broke."""
        if value == "ok":
            return queryset.filter(status__lt=_FIRST_REFUSED)
        if value == "refused":
            return queryset.filter(status__range=(_FIRST_REFUSED, _FIRST_BROKEN - 1))
        # Also what the index of refused calls holds.
        return queryset.filter(status__gte=_FIRST_REFUSED).filter(
            status__gte=_FIRST_BROKEN
        )
