"""Forms of challenges and badges."""

from typing import Any

from crispy_forms.layout import Div, Fieldset, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import (
    Anything,
    Folded,
    InstantInput,
    RefusalsMixin,
    helper_of,
    refuse_backwards,
)
from loyalty_site.lib.money import from_minor, parse_amount
from points.models import Badge, Challenge, ChallengeGoal
from points.services.challenges.keeping import (
    MOST_GOALS,
    ChallengeTerms,
    Goal,
    Texts,
    goals_of,
    terms_of,
)

Kind = ChallengeGoal.Kind
TEXTS = (
    "name",
    "name_zh_hans",
    "name_zh_hant",
    "description",
    "description_zh_hans",
    "description_zh_hant",
)
TERMS = (
    "starts_at",
    "ends_at",
    "tier",
    "needs",
    "repeat",
    "points",
    "badge",
    "campaign",
)
LARGEST_TARGET = 1_000_000_000
MOST_POINTS = 10_000_000
AREAS = {
    name: forms.Textarea(attrs={"rows": 2})
    for name in ("description", "description_zh_hans", "description_zh_hant")
}
ORDINALS: dict[int, str | Promise] = {
    1: _("First goal"),
    2: _("Second goal"),
    3: _("Third goal"),
    4: _("Fourth goal"),
    5: _("Fifth goal"),
}


def _texts(data: dict[str, Any]) -> Texts:
    return Texts(**{name: data[name] for name in TEXTS})


class ChallengeForm(RefusalsMixin, forms.ModelForm[Challenge]):
    """A challenge with its goals; cleans to Texts, ChallengeTerms and Goals.

    That of the programme's file leaves it to the service what cannot change any more, and
    knows no campaign.
    """

    class Meta:
        model = Challenge
        fields = (*TEXTS, *TERMS)
        widgets = {"starts_at": InstantInput, "ends_at": InstantInput} | AREAS
        labels = {"tier": _("For members from this tier up")}
        help_texts = {
            "starts_at": _("In the programme's time zone. What was done since counts."),
            "ends_at": _("What is done from then on does not count."),
            "campaign": _(
                "Its members kept apart get nothing, its budget pays, and the challenge "
                "gives nothing while it does not run."
            ),
            "badge": _("Once for each member."),
            "points": _("Each time it is reached. 0: only the badge."),
        }

    def __init__(
        self,
        *args: Anything,
        currency: str,
        is_of_file: bool = False,
        **kwargs: Anything,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["points"].required = False
        for name, column, empty in (
            ("tier", "slug", _("Everybody")),
            ("badge", "name", _("No badge")),
            ("campaign", "name", _("No campaign")),
        ):
            self._name_choices(name, column, empty)
        if is_of_file:
            del self.fields["campaign"]
        is_draft = self.instance.state == Challenge.State.DRAFT
        self.is_started = not is_draft and not is_of_file
        # A field that is switched off loses the fractions of a second.
        self.fixed = (
            (terms_of(self.instance), goals_of(self.instance))
            if self.is_started
            else None
        )
        rows = [self._add_goal(number) for number in range(1, MOST_GOALS + 1)]
        if self.is_started:
            for name, field in self.fields.items():
                field.disabled = name not in TEXTS
        self.helper = helper_of(
            Fieldset(_("Names"), *TEXTS[:3]),
            Folded(_("What members read about it"), *TEXTS[3:]),
            Fieldset(_("When"), "starts_at", "ends_at", "repeat"),
            *rows,
            "needs",
            Fieldset(_("What it gives"), "points", "badge"),
            Fieldset(_("For whom"), "tier", *(["campaign"] if not is_of_file else [])),
        )

    def _name_choices(self, name: str, column: str, empty: str | Promise) -> None:
        """Let the rows be chosen by what the file calls them, and read in words."""
        field: Anything = self.fields[name]
        field.to_field_name, field.empty_label = column, empty
        field.label_from_instance = lambda each: each.local_name
        chosen = getattr(self.instance, name)
        self.initial[name] = getattr(chosen, column) if chosen else ""

    def _add_goal(self, number: int) -> LayoutObject:
        """Add the fields of a row, and return how they are laid out."""
        goals = list(self.instance.goals.all()) if self.instance.pk else []
        goal = goals[number - 1] if number <= len(goals) else None
        name = f"goal_{number}"
        self.fields[f"{name}_kind"] = forms.ChoiceField(
            label=_("What counts"),
            choices=[("", pgettext_lazy("no goal", "Nothing")), *Kind.choices],
            required=False,
            initial=goal.kind if goal else "",
        )
        self.fields[f"{name}_target"] = _text(
            _("How many, or how much"), initial=self._target(goal)
        )
        self.fields[f"{name}_what"] = _text(
            _("Article, category or event"),
            initial=goal.what if goal else "",
            help_text=_("Only for goals of an article, a category or an event."),
        )
        least = goal.least_minor if goal else 0
        self.fields[f"{name}_least"] = _text(
            _("Smallest purchase"),
            initial=str(from_minor(least, self.currency)) if least else "",
            help_text=_("Only for goals of purchases. Empty: any."),
        )
        group = Fieldset if number == 1 else Folded
        return group(
            ORDINALS[number],
            Div(f"{name}_kind", f"{name}_target", css_class="pair"),
            Div(f"{name}_what", f"{name}_least", css_class="pair"),
        )

    def _target(self, goal: ChallengeGoal | None) -> str:
        if goal is None:
            return ""
        if goal.kind == Kind.SPEND:
            return str(from_minor(goal.target, self.currency))
        return str(goal.target)

    def clean_points(self) -> int:
        """Return nothing where nothing was typed; refuse absurd numbers."""
        points = self.cleaned_data["points"] or 0
        if points > MOST_POINTS:
            raise ValidationError(_("Enter a smaller number."))
        return int(points)

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start, no goal, a goal that is incomplete, no award."""
        data = super().clean() or self.cleaned_data
        refuse_backwards(self, data)
        goals = [self._goal(number, data) for number in range(1, MOST_GOALS + 1)]
        data["goals"] = [goal for goal in goals if goal]
        if not any(data.get(f"goal_{n}_kind") for n in range(1, MOST_GOALS + 1)):
            self.add_error("goal_1_kind", _("Choose at least one goal."))
        if "points" in data and not data["points"] and not data.get("badge"):
            self.add_error("points", _("Enter points, or choose a badge."))
        return data

    def _goal(self, number: int, data: dict[str, Any]) -> Goal | None:
        name = f"goal_{number}"
        kind = data.get(f"{name}_kind", "")
        if not kind:
            if data.get(f"{name}_target"):
                self.add_error(f"{name}_kind", _("Choose what counts."))
            return None
        what = data.get(f"{name}_what", "")
        if kind in ChallengeGoal.NAMED and not what:
            self.add_error(f"{name}_what", _("Say which one."))
        is_money = kind == Kind.SPEND
        target = self._number(f"{name}_target", data, is_money=is_money)
        least = 0
        if kind == Kind.PURCHASES and data.get(f"{name}_least"):
            least = self._number(f"{name}_least", data, is_money=True)
        return Goal(kind, target, what if kind in ChallengeGoal.NAMED else "", least)

    def _number(self, name: str, data: dict[str, Any], *, is_money: bool) -> int:
        """Return minor units or a count; 0 with an error where it is none above zero."""
        text = data.get(name, "")
        try:
            if is_money:
                number = parse_amount(text, self.currency)
            else:
                number = int(text.replace(",", ""))
        except DomainError as refusal:
            self.add_error(name, str(refusal.sentence))
            return 0
        except ValueError:
            number = 0
        if not 0 < number <= LARGEST_TARGET * (100 if is_money else 1):
            self.add_error(name, _("Enter a whole number above zero."))
        return number

    @property
    def texts(self) -> Texts:
        """What it is called."""
        return _texts(self.cleaned_data)

    @property
    def terms(self) -> ChallengeTerms:
        """What members work toward."""
        if self.fixed:
            return self.fixed[0]
        data = self.cleaned_data
        return ChallengeTerms(
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            points=data["points"],
            badge_id=data["badge"].pk if data["badge"] else None,
            tier_id=data["tier"].pk if data["tier"] else None,
            campaign_id=data["campaign"].pk if data.get("campaign") else None,
            needs=data["needs"],
            repeat=data["repeat"],
        )

    @property
    def goals(self) -> list[Goal]:
        """The goals, in their order."""
        if self.fixed:
            return self.fixed[1]
        goals: list[Goal] = self.cleaned_data["goals"]
        return goals


class BadgeForm(RefusalsMixin, forms.ModelForm[Badge]):
    """A badge; cleans to Texts."""

    class Meta:
        model = Badge
        fields = TEXTS
        widgets = AREAS
        help_texts = {"description": _("Members read it beside the badge.")}

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of(
            Fieldset(_("Names"), *TEXTS[:3]),
            Fieldset(_("What members read about it"), *TEXTS[3:]),
        )

    @property
    def texts(self) -> Texts:
        """What it is called."""
        return _texts(self.cleaned_data)


def _text(label: Anything, **given: Anything) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=80, required=False, widget=widget, **given
    )
