"""The section of earning rules."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.forms import Anything
from points.forms.rules import RuleForm
from points.models import EarningRule
from points.programme_file.base import Item, Section
from points.programme_file.errors import ProgrammeFileRefused
from points.programme_file.values import ANY
from points.rules import RULE_KINDS
from points.rules.conditions.base import Words
from points.selectors.programme import current_programme
from points.selectors.rule_sentences import current_words
from points.services.rules import save_rule, set_rule_active


class RuleItemForm(RuleForm):
    """A rule as its page has it, and whether it works."""

    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        rule = kwargs.get("rule")
        if rule is not None:
            self.initial["is_active"] = rule.is_active


class RuleSection(Section):
    """Earning rules, by their name; a change is a new version."""

    key = "rules"
    title: str | Promise = _("Earning rules")
    identity = "name"

    def names(self) -> list[str]:
        """Return the names of rules that have a version."""
        rules = EarningRule.objects.filter(
            versions__isnull=False, campaign=None
        ).distinct()
        return list(rules.values_list("name", flat=True))

    def head(self, name: str) -> dict[str, Any]:
        """Return the kind, which is fixed."""
        return {"name": name, "kind": EarningRule.objects.get(name=name).kind}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the rule's page, for its kind."""
        rule = EarningRule.objects.filter(name=item["name"]).first()
        slug = item.get("kind", rule.kind if rule else "")
        if not isinstance(slug, str) or slug not in RULE_KINDS:
            raise ProgrammeFileRefused(
                sentence=_("“kind” is one of %(kinds)s.")
                % {"kinds": ", ".join(RULE_KINDS)}
            )
        return RuleItemForm(
            data,
            kind=RULE_KINDS[slug],
            words=current_words(current_programme().currency),
            rule=rule,
            last=rule.versions.order_by("number").last() if rule else None,
        )

    def save(
        self, form: RuleItemForm, item: Item, *, at: datetime, actor: Actor
    ) -> None:
        """Make the rule, or its next version where something changed."""
        version = save_rule(
            **form.content,
            at=at,
            actor=actor,
            rule=EarningRule.objects.filter(name=item["name"]).first(),
        )
        is_active = form.cleaned_data["is_active"]
        set_rule_active(rule=version.rule, is_active=is_active, actor=actor)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return an empty form for every kind."""
        words = Words("", stores={ANY: ANY}, tiers={ANY: ANY}, segments={ANY: ANY})
        return [
            ({"kind": slug}, RuleItemForm(kind=kind, words=words))
            for slug, kind in RULE_KINDS.items()
        ]
