"""Sections of what holds for the whole programme."""

from datetime import datetime
from typing import Any, Protocol

import pghistory
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import Actor
from points.forms.adjustments import LimitForm
from points.forms.settings import ProgrammeForm
from points.forms.tiers import TierTermsForm
from points.models import Programme, Store, TierTerms
from points.programme_file.base import Item, Section
from points.selectors.tier_plan import current_terms
from points.services.adjustment_limits import change_limits
from points.services.programme import change_programme
from points.services.tier_settings import change_tier_terms


class _OneObject(Section, Protocol):
    identity: str = ""

    def names(self) -> list[str]:
        """Return the one object."""
        return [""]

    def head(self, name: str) -> dict[str, Any]:
        """Return nothing: the form has it all."""
        return {}


class SettingSection(_OneObject):
    """The programme's settings."""

    key = "settings"
    title: str | Promise = _("Programme")

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the settings page."""
        return ProgrammeForm(data, instance=Programme.objects.get())

    def save(
        self, form: ProgrammeForm, item: Item, *, at: datetime, actor: Actor
    ) -> None:
        """Change the settings."""
        change_programme(wanted=form.settings, actor=actor)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return the form as a new installation has it."""
        return [({}, ProgrammeForm(instance=Programme()))]


class LimitSection(_OneObject):
    """How many points each role gives or takes alone."""

    key = "limits"
    title: str | Promise = _("Limits of adjustments")

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the limits page."""
        return LimitForm(data)

    def save(self, form: LimitForm, item: Item, *, at: datetime, actor: Actor) -> None:
        """Change the limits."""
        change_limits(wanted=form.limits, actor=actor)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return the form."""
        return [({}, LimitForm())]


class TierTermSection(_OneObject):
    """The window that counts, when a tier begins and when it ends."""

    key = "tier_terms"
    title: str | Promise = _("Terms of the tiers")

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the terms' page."""
        return TierTermsForm(data, instance=current_terms())

    def save(
        self, form: TierTermsForm, item: Item, *, at: datetime, actor: Actor
    ) -> None:
        """Change the terms."""
        change_tier_terms(wish=form.wish, actor=actor)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return the form as a new installation has it."""
        return [({}, TierTermsForm(instance=TierTerms()))]


class StoreForm(forms.Form):
    """What a store is called; its code is what tills send."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)


class StoreSection(Section):
    """Stores, by their code."""

    key = "stores"
    title: str | Promise = _("Stores")
    identity = "code"

    def names(self) -> list[str]:
        """Return the codes."""
        return list(Store.objects.values_list("code", flat=True))

    def head(self, name: str) -> dict[str, Any]:
        """Return the code."""
        return {"code": name}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the name of the store."""
        store = Store.objects.filter(code=item["code"]).first()
        return StoreForm(data, initial={"name": store.name if store else ""})

    def save(self, form: StoreForm, item: Item, *, at: datetime, actor: Actor) -> None:
        """Name the store."""
        with pghistory.context(reason="programme", actor=str(actor)):
            Store.objects.update_or_create(
                code=item["code"], defaults={"name": form.cleaned_data["name"]}
            )

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return an empty form."""
        return [({"code": ""}, StoreForm())]
