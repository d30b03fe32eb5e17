"""What of the fulfilment desk is shown."""

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything
from points.models import Reward
from points.models.redemptions import RedemptionQuerySet
from points.selectors.activity import store_names


class DeskFilter(forms.Form):
    """By store, kind of reward and how long it waits."""

    store = forms.ChoiceField(label=_("Store"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    age = forms.ChoiceField(
        label=_("Waits"),
        required=False,
        choices=[
            ("", _("All")),
            ("late", _("too long")),
            ("today", _("less than a day")),
        ],
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        stores = [everything, *store_names().items()]
        self.fields["store"].choices = stores  # type: ignore[attr-defined]
        kinds = [everything, *Reward.Kind.choices]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    @property
    def form(self) -> "DeskFilter":
        """The form itself, as the template of filters asks for it."""
        return self

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrowed(self, rows: RedemptionQuerySet, at: datetime) -> RedemptionQuerySet:
        """Return the rows that are asked for; nonsense asks for nothing."""
        if not self.is_valid():
            return rows
        asked = self.cleaned_data
        if asked["store"]:
            rows = rows.filter(store=asked["store"])
        if asked["kind"]:
            rows = rows.filter(reward__kind=asked["kind"])
        if asked["age"] == "late":
            return rows.late(at)
        if asked["age"] == "today":
            return rows.filter(at__gt=at - timedelta(days=1))
        return rows
