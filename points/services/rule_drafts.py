"""Drafts of rules: kept, changed, let go, and published as the next version."""

from datetime import datetime
from typing import Any, Unpack

from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.errors.rules import (
    DraftChanged,
    DraftGone,
    DraftIsThere,
    PublishedInThePast,
)
from points.models import Campaign, EarningRule, RuleDraft, RuleVersion
from points.services.rules import (
    Naming,
    Placing,
    Publication,
    checked_content,
    publish,
    refuse_taken,
)
from points.services.settings_lock import lock_settings


@transaction.atomic
def save_draft(
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
    draft: RuleDraft | None = None,
    campaign: Campaign | None = None,
    **placing: Unpack[Placing],
) -> RuleDraft:
    """Keep what a rule would say, as a new draft or in place of `draft` as it was seen.

    Decides nothing until it is published. Raises what `save_rule` raises, DraftIsThere
    where the rule has another draft, DraftChanged where somebody saved `draft` since,
    and DraftGone.
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
    refuse_taken(name, rule)
    if draft is None:
        naming = Naming(name, kind, rule.campaign if rule else campaign)
        return _new_draft(naming, content, rule=rule, at=at, actor=actor)
    saved = RuleDraft.objects.filter(pk=draft.pk, revision=draft.revision).update(
        name=name,
        revision=draft.revision + 1,
        saved_at=at,
        saved_by=str(actor),
        **content,
    )
    if not saved:
        raise _gone_or_changed(draft)
    return RuleDraft.objects.get(pk=draft.pk)


@transaction.atomic
def restore_version(*, version: RuleVersion, at: datetime, actor: Actor) -> RuleDraft:
    """Begin a draft that says what the version said; raises DraftIsThere."""
    lock_settings()
    rule = version.rule
    naming = Naming(rule.name, rule.kind, rule.campaign)
    return _new_draft(naming, version.content, rule=rule, at=at, actor=actor)


@transaction.atomic
def discard_draft(*, draft: RuleDraft) -> None:
    """Let the draft go; safe to repeat."""
    RuleDraft.objects.filter(pk=draft.pk).delete()


@transaction.atomic
def publish_draft(
    *,
    draft: RuleDraft,
    at: datetime,
    actor: Actor,
    valid_from: datetime | None = None,
) -> RuleVersion:
    """Make the draft, as it was seen, the next version, and let the draft go.

    It decides for purchases from `valid_from`, or from `at`. The first version of a rule
    decides from the start, inside its own dates. Raises DraftGone, DraftChanged,
    PublishedInThePast, and what `save_rule` raises.
    """
    lock_settings()
    seen = RuleDraft.objects.select_related("rule").filter(
        pk=draft.pk, revision=draft.revision
    )
    current = seen.first()
    if current is None:
        raise _gone_or_changed(draft)
    if valid_from is not None and valid_from < at:
        raise PublishedInThePast
    since = at if current.rule is None else valid_from or at
    version = publish(
        Naming(current.name, current.kind, current.campaign),
        checked_content(kind=current.kind, **current.content),
        Publication(at, since, actor, drafted_by=current.saved_by),
        rule=current.rule,
    )
    current.delete()
    return version


def _new_draft(
    naming: Naming,
    content: dict[str, Any],
    *,
    rule: EarningRule | None,
    at: datetime,
    actor: Actor,
) -> RuleDraft:
    if rule is not None and (there := RuleDraft.objects.filter(rule=rule).first()):
        raise DraftIsThere(saved_by=there.saved_by)
    return RuleDraft.objects.create(
        rule=rule,
        **vars(naming),
        based_on=rule.versions.order_by("number").last() if rule else None,
        saved_at=at,
        saved_by=str(actor),
        **content,
    )


def _gone_or_changed(draft: RuleDraft) -> DraftGone | DraftChanged:
    there = RuleDraft.objects.filter(pk=draft.pk).first()
    return DraftChanged(saved_by=there.saved_by) if there else DraftGone()
