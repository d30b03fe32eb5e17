"""Rule versions as sentences: what the kind gives, then each condition."""

from collections.abc import Iterator, Mapping
from typing import cast

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from members.selectors.segments import segment_names
from points.models import RuleContent, Tier
from points.rules import RULE_KINDS
from points.rules.conditions import CONDITIONS, describe_all
from points.rules.conditions.base import Words
from points.selectors.activity import store_names

# Why a rule gave nothing, by the code in the trace.
REASONS = {
    "not_started": _("had not started yet"),
    "ended": _("had ended"),
    "not_met": _("its condition was not met"),
    "given": _("it gave its points for this before"),
    "cap": _("its limit was reached"),
    "group": _("%(rule)s counted for its group"),
    "alone": _("%(rule)s counts alone"),
    "stopped": _("%(rule)s passes over rules of a lower priority"),
    "lines": _("no line of the purchase is meant"),
} | {slug: condition.reason for slug, condition in CONDITIONS.items()}


LIMITS = {
    "cap_purchase": _("At most %(points)s points on a purchase."),
    "cap_day": _("At most %(points)s points in a day."),
    "cap_week": _("At most %(points)s points in a week."),
    "cap_month": _("At most %(points)s points in a month."),
}


def current_words(currency: str) -> Words:
    """Return the names of stores, tiers and segments, looked up where a sentence names one."""
    stores = cast("Mapping[str, str]", SimpleLazyObject(store_names))
    tiers = cast("Mapping[str, str]", SimpleLazyObject(_tier_names))
    segments = cast("Mapping[str, str]", SimpleLazyObject(segment_names))
    return Words(currency, stores=stores, tiers=tiers, segments=segments)


def _tier_names() -> dict[str, str]:
    return {tier.slug: tier.local_name for tier in Tier.objects.all()}


def sentence_of(content: RuleContent, words: Words) -> str:
    """Return what a version or a draft says."""
    return formats.sentences(
        what_it_gives(content, words),
        describe_all(content.conditions, words),
        *_placing(content),
    )


def _placing(content: RuleContent) -> Iterator[str]:
    """Say how it goes together with other rules, where that is said at all."""
    for name, said in LIMITS.items():
        if (cap := getattr(content, name)) is not None:
            yield said % {"points": cap}
    if content.group:
        yield gettext("One of the group “%(group)s”.") % {"group": content.group}
    if content.is_alone:
        yield gettext("It counts alone.")
    if content.stops:
        yield gettext("Rules of a lower priority do not count beside it.")
    if content.priority:
        yield gettext("Priority %(priority)s.") % {"priority": content.priority}


def what_it_gives(content: RuleContent, words: Words) -> str:
    """Return what the kind makes of the parameters."""
    kind = RULE_KINDS[content.kind_slug]
    return kind.describe(content.params, words.currency)
