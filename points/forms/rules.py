"""The form of an earning rule."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.layout import Fieldset, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import (
    Anything,
    Folded,
    InstantInput,
    RefusalsMixin,
    helper_of,
    refuse_backwards,
)
from points.models import EarningRule, RuleContent, RuleDraft, RuleVersion
from points.rules import has_limits, is_for_events
from points.rules.base import RuleKind
from points.rules.conditions import ASKED, initial_of
from points.rules.conditions.base import Words
from points.rules.conditions.lines import LINE_CONDITIONS
from points.services.rules import UNPLACED

# What can be asked about an event that is no purchase.
OF_EVENTS = frozenset({"weekdays", "hours", "tiers", "segments", "birthday"})
CAPS = ("cap_purchase", "cap_day", "cap_week", "cap_month")
Fields = dict[str, forms.Field]
SECTIONS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("Only for certain goods"), tuple(LINE_CONDITIONS)),
    (_("Only for certain purchases"), ("minimum", "payment", "codes")),
    (_("Only at certain times"), ("weekdays", "hours")),
    (_("Only in certain places"), ("stores", "channels")),
    (
        _("Only for certain members"),
        ("tiers", "segments", "first_purchase", "birthday"),
    ),
)


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
            initial |= initial_of(last.conditions)
            initial |= {name: getattr(last, name) for name in UNPLACED}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.params: dict[str, Any] = {}
        self.conditions: dict[str, Any] = {}
        own = copy.deepcopy(kind.params_form.base_fields)
        asked = {
            slug: each.fields(words)
            for slug, each in ASKED.items()
            if slug in OF_EVENTS or not is_for_events(kind.slug)
        }
        placing = _placing_fields(kind)
        for fields in (own, *asked.values(), placing):
            self.fields |= fields
        self.helper = helper_of(
            Fieldset(_("Name"), "name"),
            Fieldset(_("What it gives"), *own),
            Fieldset(_("When"), "starts_at", "ends_at"),
            *_sections(asked),
            *_limits(placing),
            Folded(
                _("Together with other rules"),
                *(name for name in placing if name not in CAPS),
            ),
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
        for slug, asked in ASKED.items():
            try:
                value = asked.read(data)
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
            "priority": data["priority"] or 0,
            "group": data["group"],
            "is_alone": data["is_alone"],
            "stops": data["stops"],
            **{name: data.get(name) for name in CAPS},
        }


def _placing_fields(kind: RuleKind) -> Fields:
    fields: Fields = forms.fields_for_model(RuleVersion, fields=tuple(UNPLACED))
    fields["priority"].required = False
    if not has_limits(kind.slug):
        for name in CAPS:
            del fields[name]
    return fields


def _sections(asked: Mapping[str, Fields]) -> list[Folded]:
    known = ((title, [s for s in slugs if s in asked]) for title, slugs in SECTIONS)
    return [_section(title, slugs, asked) for title, slugs in known if slugs]


def _limits(placing: Fields) -> list[Folded]:
    caps = [name for name in placing if name in CAPS]
    return [Folded(_("Limits"), *caps)] if caps else []


def _section(
    title: str | Promise, slugs: Iterable[str], asked: Mapping[str, Fields]
) -> Folded:
    return Folded(
        title,
        *(_laid_out(*each) for slug in slugs for each in asked[slug].items()),
    )


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
