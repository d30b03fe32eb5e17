"""Earning rules: every change is a new version, from now on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

import pghistory
from django.db import transaction
from django.utils.translation import gettext

from loyalty_site.lib.actors import Actor
from points.errors.campaigns import CampaignRulesFixed
from points.errors.posting import NameTaken, ParametersRefused, RuleKindFixed
from points.models import Campaign, EarningRule, RuleVersion
from points.rules import RULE_KINDS, has_limits, is_for_events
from points.rules.conditions import ASKED
from points.services.settings_lock import lock_settings


class Placing(TypedDict, total=False):
    """How a rule goes together with others, and its limits: fields of `RuleContent`."""

    priority: int
    group: str
    is_alone: bool
    stops: bool
    cap_purchase: int | None
    cap_day: int | None
    cap_week: int | None
    cap_month: int | None


UNPLACED = Placing(
    priority=0,
    group="",
    is_alone=False,
    stops=False,
    cap_purchase=None,
    cap_day=None,
    cap_week=None,
    cap_month=None,
)


@transaction.atomic
def save_rule(
    *,
    name: str,
    kind: str,
    params: dict[str, Any],
    at: datetime,
    actor: Actor,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    conditions: dict[str, Any] | None = None,
    rule: EarningRule | None = None,
    campaign: Campaign | None = None,
    **placing: Unpack[Placing],
) -> RuleVersion:
    """Make a rule, or the next version of `rule`, and return the version.

    `params` are those of the kind's form, `conditions` the values of conditions by their
    slug; the version decides for purchases from `at` until its successor, inside
    `starts_at` (inclusive) and `ends_at` (exclusive). Saving what is already in force
    returns that version. A new rule belongs to `campaign` for good. Raises NameTaken,
    ParametersRefused, RuleKindFixed for another kind than the rule has, or
    CampaignRulesFixed once its campaign was started.
    """
    lock_settings()
    content = checked_content(
        kind=kind,
        params=params,
        conditions=conditions,
        starts_at=starts_at,
        ends_at=ends_at,
        **placing,
    )
    naming = Naming(name, kind, campaign)
    return publish(naming, content, Publication(at, at, actor), rule=rule)


@dataclass(frozen=True)
class Naming:
    """What a rule is called, of which kind it is, and the campaign it is made for."""

    name: str
    kind: str
    campaign: Campaign | None = None

    def __post_init__(self) -> None:
        if self.campaign is not None and is_for_events(self.kind):
            sentence = gettext("A campaign has rules for purchases only.")
            raise ParametersRefused(sentences=[sentence])


@dataclass(frozen=True)
class Publication:
    """When a version is published, from when it decides, by whom, and who drafted it."""

    at: datetime
    valid_from: datetime
    actor: Actor
    drafted_by: str = ""


def checked_content(
    *,
    kind: str,
    params: dict[str, Any],
    conditions: dict[str, Any] | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    **placing: Unpack[Placing],
) -> dict[str, Any]:
    """Return the fields of `RuleContent`, cleaned; raises ParametersRefused."""
    content = {
        "params": _cleaned(kind, params),
        "conditions": _known_conditions(conditions or {}),
        "starts_at": starts_at,
        "ends_at": ends_at,
        **(UNPLACED | placing),
    }
    _refuse_limits_of_factor(kind, placing)
    return content


def publish(
    naming: Naming,
    content: dict[str, Any],
    publication: Publication,
    *,
    rule: EarningRule | None,
) -> RuleVersion:
    """Write the version, under the settings' lock; see `save_rule`.

    A later version wins from its `valid_from` on: one that was planned for a day after
    that never comes into force.
    """
    refuse_taken(naming.name, rule)
    _refuse_started(rule.campaign_id if rule else getattr(naming.campaign, "pk", None))
    with pghistory.context(reason="rule", actor=str(publication.actor)):
        rule = _named(rule, naming)
    last = rule.versions.order_by("number").last()
    if last and last.content == content and last.valid_from <= publication.valid_from:
        return last
    return RuleVersion.objects.create(
        rule=rule,
        number=last.number + 1 if last else 1,
        valid_from=publication.valid_from,
        published_at=publication.at,
        created_by=str(publication.actor),
        drafted_by=publication.drafted_by,
        **content,
    )


@transaction.atomic
def set_rule_active(*, rule: EarningRule, is_active: bool, actor: Actor) -> None:
    """Switch a rule on or off for purchases posted from now on; safe to repeat."""
    lock_settings()
    with pghistory.context(reason="switch", actor=str(actor)):
        EarningRule.objects.filter(pk=rule.pk).exclude(is_active=is_active).update(
            is_active=is_active
        )


def _refuse_limits_of_factor(kind: str, placing: Placing) -> None:
    """Refuse limits in points for what gives no points for purchases."""
    is_limited = any(
        value is not None for name, value in placing.items() if name.startswith("cap_")
    )
    if is_limited and not has_limits(kind):
        sentence = gettext(
            "Multipliers and rules for events have no limits of their own."
        )
        raise ParametersRefused(sentences=[sentence])


def _cleaned(kind: str, params: dict[str, Any]) -> dict[str, Any]:
    if kind not in RULE_KINDS:
        raise ParametersRefused(sentences=[kind])
    form = RULE_KINDS[kind].params_form(params)
    if not form.is_valid():
        sentences = [
            f"{form.fields[name].label}: {error}" if name in form.fields else str(error)
            for name, errors in form.errors.items()
            for error in errors
        ]
        raise ParametersRefused(sentences=sentences)
    return form.cleaned_data


def _known_conditions(conditions: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(conditions) - set(ASKED))
    if unknown:
        raise ParametersRefused(sentences=unknown)
    return conditions


def refuse_taken(name: str, rule: EarningRule | None) -> None:
    """Raise NameTaken where another rule has the name."""
    others = EarningRule.objects.exclude(pk=rule.pk if rule else 0)
    if others.filter(name=name).exists():
        raise NameTaken(name=name)


def _refuse_started(campaign_id: int | None) -> None:
    if campaign_id is None:
        return
    if Campaign.objects.get(pk=campaign_id).state != Campaign.State.DRAFT:
        raise CampaignRulesFixed


def _named(rule: EarningRule | None, naming: Naming) -> EarningRule:
    if rule is None:
        return EarningRule.objects.create(**vars(naming))
    rule = EarningRule.objects.get(pk=rule.pk)
    if rule.kind != naming.kind:
        raise RuleKindFixed
    if rule.name != naming.name:
        rule.name = naming.name
        rule.save(update_fields=["name"])
    return rule
