"""Forms of earning rules: the rule itself, and a purchase to try rules with."""

import copy
from typing import Any

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import InlineCheckboxes, PrependedText
from crispy_forms.layout import Fieldset, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import (
    Anything,
    InstantInput,
    RefusalsMixin,
    helper_of,
    refuse_backwards,
)
from loyalty_site.lib.money import parse_amount
from points.models import EarningRule, RuleContent, RuleDraft
from points.rules.base import EarningEvent, RuleKind
from points.rules.conditions import CONDITIONS
from points.rules.conditions.base import Words
from points.rules.conditions.where import CHANNELS


class RuleForm(RefusalsMixin, forms.Form):
    """A rule's name, dates and the parameters of its kind."""

    name = forms.CharField(label=_("Name"), max_length=80)
    starts_at = forms.DateTimeField(
        label=_("Starts"),
        required=False,
        widget=InstantInput,
        help_text=_("In the programme's time zone. Empty: no start."),
    )
    ends_at = forms.DateTimeField(
        label=_("Ends"),
        required=False,
        widget=InstantInput,
        help_text=_("Purchases from then on do not count. Empty: no end."),
    )

    def __init__(
        self,
        *args: Anything,
        kind: RuleKind,
        words: Words,
        rule: EarningRule | RuleDraft | None = None,
        last: RuleContent | None = None,
        **kwargs: Anything,
    ) -> None:
        initial: dict[str, Any] = {}
        if rule is not None and last is not None:
            dates = {"starts_at": last.starts_at, "ends_at": last.ends_at}
            initial = {"name": rule.name, **dates, **last.params}
            for slug, value in last.conditions.items():
                initial |= CONDITIONS[slug].initial(value)
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.params: dict[str, Any] = {}
        self.conditions: dict[str, Any] = {}
        own = copy.deepcopy(kind.params_form.base_fields)
        asked = {
            name: field
            for condition in CONDITIONS.values()
            for name, field in condition.fields(words).items()
        }
        self.fields |= own | asked
        self.helper = helper_of(
            Fieldset(_("Name"), "name"),
            Fieldset(_("What it gives"), *own),
            Fieldset(_("When"), "starts_at", "ends_at"),
            Fieldset(_("Only if"), *(_laid_out(*each) for each in asked.items())),
        )

    def clean(self) -> dict[str, Any]:
        """Let the kind and the conditions check their own, and the dates each other."""
        data = super().clean() or self.cleaned_data
        inner = self.kind.params_form(self.data)
        if inner.is_valid():
            self.params = inner.cleaned_data
        for name, errors in inner.errors.items():
            if name not in self.errors:
                self.add_error(name, [str(error) for error in errors])
        for slug, condition in CONDITIONS.items():
            try:
                value = condition.read(data)
            except ValidationError as refusal:
                self.add_error(None, refusal)
            else:
                if value is not None:
                    self.conditions[slug] = value
        refuse_backwards(self, data)
        return data

    @property
    def content(self) -> dict[str, Any]:
        """The cleaned form as `save_rule` and `save_draft` take it."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "kind": self.kind.slug,
            "params": self.params,
            "conditions": self.conditions,
            "starts_at": data["starts_at"],
            "ends_at": data["ends_at"],
        }


def _laid_out(name: str, field: forms.Field) -> LayoutObject | str:
    """Return the field; boxes stand side by side."""
    is_boxes = isinstance(field.widget, forms.CheckboxSelectMultiple)
    return InlineCheckboxes(name) if is_boxes else name


class DraftForm(RuleForm):
    """A draft that is changed; `revision` is how it was shown."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Anything, draft: RuleDraft, **kwargs: Anything) -> None:
        super().__init__(*args, rule=draft, last=draft, **kwargs)
        self.initial["revision"] = draft.revision
        self.helper.layout.append("revision")


class PublicationForm(RefusalsMixin, forms.Form):
    """From when a draft decides; `revision` is how it was shown."""

    valid_from = forms.DateTimeField(
        label=_("Decides for purchases from"),
        required=False,
        widget=InstantInput,
        help_text=_("In the programme's time zone. Empty: from now."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Anything, draft: RuleDraft, **kwargs: Anything) -> None:
        kwargs["initial"] = {"revision": draft.revision}
        super().__init__(*args, **kwargs)
        if draft.rule_id is None:
            # The first version decides from the start, inside its own dates.
            del self.fields["valid_from"]
        self.helper = helper_of(*self.fields)


class TrialForm(forms.Form):
    """A purchase that is only asked about; cleans to an EarningEvent."""

    amount = forms.CharField(
        label=_("Amount of the purchase"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    occurred_at = forms.DateTimeField(label=_("Time of purchase"), widget=InstantInput)
    store = forms.ChoiceField(label=_("Store"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    is_first = forms.BooleanField(label=_("First purchase"), required=False)

    def __init__(self, *args: Anything, words: Words, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.currency = words.currency
        for name, none, choices in (
            ("store", gettext("No store"), words.stores),
            ("channel", gettext("No channel"), CHANNELS),
            ("tier", gettext("No tier"), words.tiers),
        ):
            self.fields[name].choices = [("", none), *choices.items()]  # type: ignore[attr-defined]
        symbol = get_currency_symbol(words.currency, locale="en")
        self.helper = helper_of(
            PrependedText("amount", symbol),
            "occurred_at",
            "store",
            "channel",
            "tier",
            "is_first",
        )

    def clean_amount(self) -> int:
        """Return minor units."""
        try:
            amount_minor = parse_amount(self.cleaned_data["amount"], self.currency)
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        if amount_minor <= 0:
            raise ValidationError(_("Enter an amount above zero."))
        return amount_minor

    @property
    def event(self) -> EarningEvent:
        """The cleaned form as rules see it."""
        data = self.cleaned_data
        return EarningEvent(
            amount_minor=data["amount"],
            occurred_at=data["occurred_at"],
            store=data["store"],
            channel=data["channel"],
            tier=data["tier"],
            is_first=data["is_first"],
        )
