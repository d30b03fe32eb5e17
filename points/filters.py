"""Filters of the points lists."""

from datetime import date, datetime, time
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import DayInput
from members.models import Member
from points.models import (
    Adjustment,
    Entry,
    Merge,
    Purchase,
    Redemption,
    RewardCode,
    Transfer,
)
from points.models.codes import plain_code

SOURCES = [
    ("purchase", _("Purchases")),
    ("reward", _("Rewards")),
    ("survey", _("Surveys")),
    ("event", _("Events")),
    ("adjustment", _("Adjustments")),
    ("challenge", _("Challenges")),
    ("referral", _("Members bring friends")),
    ("tier", _("Tiers")),
    ("transfer", _("Transfers")),
    ("household", _("Households")),
    ("merge", _("Merges")),
    ("refund", _("Refunds")),
    ("confirmation", _("Not confirmed in time")),
    ("expiry", _("Expiry")),
    ("void", _("Voided purchases")),
]
Rows = QuerySet[Any]


def name_of_source(source: str) -> str:
    """Return an entry's source in the words of the filter; others as they are."""
    return str(dict(SOURCES).get(source, source))


class PeriodFilterSet(django_filters.FilterSet):
    """From a day to a day, in the programme's zone; `instant` names the field."""

    instant = "occurred_at"

    since = django_filters.DateFilter(
        label=_("From"), widget=DayInput, method="filter_since"
    )
    until = django_filters.DateFilter(
        label=_("Until"), widget=DayInput, method="filter_until"
    )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return self.form.is_valid() and any(self.form.cleaned_data.values())

    def filter_since(self, queryset: Rows, _name: str, value: date) -> Rows:
        """That day and later."""
        return queryset.filter(**{f"{self.instant}__gte": _local(value, time.min)})

    def filter_until(self, queryset: Rows, _name: str, value: date) -> Rows:
        """That day and before."""
        return queryset.filter(**{f"{self.instant}__lte": _local(value, time.max)})


class EntryFilterSet(PeriodFilterSet):
    """Entries of the ledger."""

    member = django_filters.CharFilter(
        label=_("Member number"), max_length=20, method="filter_member"
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Entry.Kind.choices, empty_label=_("All")
    )
    source = django_filters.ChoiceFilter(
        label=_("Source"), choices=SOURCES, empty_label=_("All")
    )

    class Meta:
        model = Entry
        fields = ("member", "kind", "source", "since", "until")

    def filter_member(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Entries of that member number."""
        return queryset.filter(account__member__number=value.strip().upper())


class PurchaseFilterSet(PeriodFilterSet):
    """Purchases."""

    q = django_filters.CharFilter(
        label=_("Receipt or member number"), max_length=120, method="filter_q"
    )
    store = django_filters.CharFilter(label=_("Store"), max_length=40)
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("valid", _("Valid")), ("voided", _("Voided"))],
        empty_label=_("All"),
        method="filter_state",
    )

    class Meta:
        model = Purchase
        fields = ("q", "store", "state", "since", "until")

    def filter_q(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Purchases with that id at their source, or of that member."""
        text = value.strip()
        return queryset.filter(Q(source_id=text) | Q(member__number=text.upper()))

    def filter_state(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Voided purchases or those that count."""
        return queryset.filter(voided_at__isnull=value == "valid")


class RedemptionFilterSet(PeriodFilterSet):
    """Redemptions."""

    instant = "at"

    code = django_filters.CharFilter(
        label=_("Voucher code"), max_length=40, method="filter_code"
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=Redemption.State.choices, empty_label=_("All")
    )

    class Meta:
        model = Redemption
        fields = ("code", "state", "since", "until")

    def filter_code(self, queryset: Rows, _name: str, value: str) -> Rows:
        """The redemption with that code, however it was typed."""
        return with_code(queryset, value)


class AdjustmentFilterSet(PeriodFilterSet):
    """Adjustments."""

    instant = "asked_at"

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=Adjustment.State.choices, empty_label=_("All")
    )
    reason = django_filters.ChoiceFilter(
        label=_("Reason"), choices=Entry.AdjustReason.choices, empty_label=_("All")
    )
    member = django_filters.CharFilter(
        label=_("Member number"), max_length=20, method="filter_member"
    )

    class Meta:
        model = Adjustment
        fields = ("state", "reason", "member", "since", "until")

    def filter_member(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Adjustments of that member number."""
        return queryset.filter(account__member__number=value.strip().upper())


class TransferFilterSet(PeriodFilterSet):
    """Transfers."""

    instant = "at"

    member = django_filters.CharFilter(
        label=_("Member number"), max_length=20, method="filter_member"
    )

    class Meta:
        model = Transfer
        fields = ("member", "since", "until")

    def filter_member(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Transfers from and to that member number."""
        members = Member.objects.filter(number=value.strip().upper()).values("pk")
        return queryset.filter(Q(sender__in=members) | Q(receiver__in=members))


class MergeFilterSet(PeriodFilterSet):
    """Merges."""

    instant = "asked_at"

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=Merge.State.choices, empty_label=_("All")
    )
    member = django_filters.CharFilter(
        label=_("Member number"), max_length=20, method="filter_member"
    )

    class Meta:
        model = Merge
        fields = ("state", "member", "since", "until")

    def filter_member(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Merges of that member number, whether it stayed or went."""
        members = Member.objects.filter(number=value.strip().upper()).values("pk")
        return queryset.filter(Q(kept__in=members) | Q(gone__in=members))


def with_code(queryset: Rows, text: str) -> Rows:
    """Return the redemption with that code, of a pool or not, however it was typed."""
    pooled = RewardCode.objects.filter(plain=plain_code(text)).values("code")
    return queryset.filter(Q(code=voucher_code_of(text)) | Q(code__in=pooled))


def voucher_code_of(text: str) -> str:
    """Return what was typed or scanned as codes are stored: K7QX-2MWB-9TRD."""
    plain = "".join(character for character in text.upper() if character.isalnum())
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=timezone.get_current_timezone())
