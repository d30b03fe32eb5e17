"""Sections of badges and challenges."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import Actor
from points.forms.challenges import BadgeForm, ChallengeForm
from points.models import Badge, Challenge
from points.programme_file.base import Item, Section
from points.programme_file.values import ANY
from points.selectors.programme import current_programme
from points.services.challenges.keeping import save_badge, save_challenge


class BadgeSection(Section):
    """Badges, by their name; pictures are no part of the file."""

    key = "badges"
    title: str | Promise = _("Badges")
    identity = "name"

    def names(self) -> list[str]:
        """Return the names."""
        return list(Badge.objects.values_list("name", flat=True))

    def head(self, name: str) -> dict[str, Any]:
        """Return nothing: the form has the name."""
        return {}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the badge's page."""
        badge = Badge.objects.filter(name=item["name"]).first()
        return BadgeForm(data, instance=badge)

    def save(self, form: BadgeForm, item: Item, *, at: datetime, actor: Actor) -> None:
        """Make or change the badge."""
        badge = Badge.objects.filter(name=item["name"]).first()
        save_badge(texts=form.texts, actor=actor, badge=badge)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return an empty form."""
        return [({}, BadgeForm())]


class ChallengeSection(Section):
    """Challenges, by their name; new ones are drafts, to be started on their page.

    Those of a campaign are no part of the file, as its rules are none.
    """

    key = "challenges"
    title: str | Promise = _("Challenges")
    identity = "name"

    def names(self) -> list[str]:
        """Return the names."""
        challenges = Challenge.objects.filter(campaign=None)
        return list(challenges.values_list("name", flat=True))

    def head(self, name: str) -> dict[str, Any]:
        """Return nothing: the form has the name."""
        return {}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the challenge's page."""
        return _challenge_form(data, _named(item))

    def save(
        self, form: ChallengeForm, item: Item, *, at: datetime, actor: Actor
    ) -> None:
        """Make or change the challenge."""
        save_challenge(
            texts=form.texts,
            terms=form.terms,
            goals=form.goals,
            at=at,
            actor=actor,
            challenge=_named(item),
        )

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return an empty form; which tiers and badges there are is said elsewhere."""
        form = _challenge_form(None, None)
        for name in ("tier", "badge"):
            form.fields[name].choices = [(ANY, ANY)]  # type: ignore[attr-defined]
        return [({}, form)]


def _named(item: Item) -> Challenge | None:
    return Challenge.objects.filter(name=item["name"]).first()


def _challenge_form(
    data: dict[str, Any] | None, challenge: Challenge | None
) -> ChallengeForm:
    currency = current_programme().currency
    return ChallengeForm(data, instance=challenge, currency=currency, is_of_file=True)
