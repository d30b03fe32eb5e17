"""Traces as sentences: which rules fired, which did not and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.money import Rounding
from points.models import Campaign, RuleVersion, Tier
from points.rules import LOOKING_BACK, RULE_KINDS
from points.rules.base import BASE, BONUS, MULTIPLIER
from points.rules.conditions.base import Words
from points.selectors.programme import current_rulebook
from points.selectors.rule_sentences import REASONS, current_words, sentence_of

PARTS: dict[str, str | Promise] = {
    "discount": _("The discount counts"),
    "tax": _("Taxes do not count"),
    "delivery": _("Delivery does not count"),
    "gift_card": _("Gift cards do not count"),
    "points_paid": _("The part paid with points does not count"),
}


CAPS: dict[str, str | Promise] = {
    "purchase": _("Limit on a purchase"),
    "day": _("Limit in a day"),
    "week": _("Limit in a week"),
    "month": _("Limit in a month"),
    "balance": _("Largest balance"),
}


@dataclass(frozen=True)
class TraceStep:
    """One rule and what came of it; `value` is exact, `reason` says why it did not fire.

    `lines` are the numbers of the lines it was for, empty for all of them;
    `worth` is what it would have given, had it not lost to another rule;
    `cap` is the limit that cut it, `before` what it was then.
    """

    rule_name: str
    version: int
    rule_id: int
    has_fired: bool
    sentence: str
    value: str
    reason: str
    is_factor: bool
    lines: str = ""
    worth: str = ""
    cap: str = ""
    before: str = ""


@dataclass(frozen=True)
class TracePart:
    """A part of a purchase that lifted the tier; `percent` and `exact` are readable."""

    percent: str
    tier_name: str
    factor: str
    exact: str


@dataclass(frozen=True)
class Explanation:
    """A trace made readable; `points` are whole, `exact` is before the rounding.

    `together` is what several multipliers came to, empty where there was at most one.
    `cap` is the limit of the programme that cut it, `before_cap` the points before that.
    Where another amount was paid than earns, `paid` and `counted` are the two, and
    `changes` the parts between them.
    """

    steps: tuple[TraceStep, ...]
    together: str
    tier_name: str
    tier_factor: str
    exact: str
    rounding: str
    points: int
    cap: str = ""
    before_cap: str = ""
    paid: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    counted: str = ""
    left_out: tuple[str, ...] = ()
    parts: tuple[TracePart, ...] = ()


def explain(trace: dict[str, Any] | None) -> Explanation | None:
    """Return the explanation of an entry's trace; None where it has no rules in it."""
    return explain_all([trace])[0]


def explain_all(
    traces: Sequence[dict[str, Any] | None],
) -> list[Explanation | None]:
    """Return the explanation of each trace, in order; see `explain`."""
    with_rules = [trace for trace in traces if trace and "steps" in trace]
    versions = RuleVersion.objects.select_related("rule").in_bulk(
        {version_id for trace in with_rules for version_id, *_ in trace["steps"]}
    )
    slugs = {trace["tier"][0] for trace in with_rules if trace.get("tier")}
    slugs |= {slug for trace in with_rules for slug, *_ in trace.get("rise", ())}
    tiers = Tier.objects.in_bulk(slugs, field_name="slug") if slugs else {}
    words = current_words(current_rulebook().currency)
    return [
        _explained(trace, versions, tiers, words)
        if trace and "steps" in trace
        else None
        for trace in traces
    ]


def _explained(
    trace: dict[str, Any],
    versions: dict[int, RuleVersion],
    tiers: dict[str, Tier],
    words: Words,
) -> Explanation:
    slug, factor = trace.get("tier") or ("", "")
    tier = tiers.get(slug)
    changes = trace.get("changes", {})
    paid_minor = trace["amount"] - sum(changes.values())
    shown = partial(formats.money, currency=words.currency)
    return Explanation(
        steps=tuple(
            _step(versions, version_id, answer, words)
            for version_id, *answer in trace["steps"]
        ),
        tier_name=tier.local_name if tier else slug,
        tier_factor=readable(factor),
        together=_together(trace, versions),
        exact=readable(trace["exact"]),
        rounding=str(Rounding(trace["rounding"]).label),
        points=trace["points"],
        cap=str(CAPS.get(trace.get("cap", {}).get("cap", ""), "")),
        before_cap=str(trace.get("cap", {}).get("before", "")),
        paid=shown(paid_minor) if changes else "",
        changes=tuple(
            (str(PARTS[name]), shown(change)) for name, change in changes.items()
        ),
        counted=shown(trace["amount"]) if changes else "",
        left_out=(
            *_left_out(trace.get("campaigns", ())),
            *_short(trace.get("budgets", ())),
        ),
        parts=tuple(_part(tiers, part) for part in trace.get("rise", ())),
    )


def _part(tiers: dict[str, Tier], told: Sequence[str]) -> TracePart:
    slug, factor, share, exact = told
    tier = tiers.get(slug)
    return TracePart(
        percent=readable(str(100 * Fraction(share))),
        tier_name=tier.local_name if tier else slug or gettext("No tier"),
        factor=readable(factor),
        exact=readable(exact),
    )


LEFT_OUT = {
    "audience": _("The campaign %(name)s was not for this tier."),
    "held_out": _("The member is kept apart from the campaign %(name)s, to compare."),
}


def _short(budgets: Iterable[tuple[int, int, int]]) -> Iterator[str]:
    names = Campaign.objects.in_bulk([campaign_id for campaign_id, *_points in budgets])
    for campaign_id, asked, given in budgets:
        yield gettext(
            "The budget of %(name)s ran out: %(given)s of %(asked)s points were left."
        ) % {"name": names[campaign_id].local_name, "given": given, "asked": asked}


def _left_out(campaigns: Iterable[tuple[int, str]]) -> Iterator[str]:
    names = Campaign.objects.in_bulk([campaign_id for campaign_id, _why in campaigns])
    for campaign_id, why in campaigns:
        yield str(LEFT_OUT[why]) % {"name": names[campaign_id].local_name}


def _step(
    versions: dict[int, RuleVersion], version_id: int, answer: list[Any], words: Words
) -> TraceStep:
    code, value, *more = answer
    detail = more[0] if more else {}
    version, winner = versions[version_id], versions.get(detail.get("to", 0))
    reason = _reason(version, code, detail, words)
    return TraceStep(
        rule_name=version.rule.name,
        version=version.number,
        rule_id=version.rule_id,
        has_fired=value is not None,
        sentence=sentence_of(version, words),
        value=readable(value or ""),
        reason=reason % {"rule": winner.rule.name} if winner else reason,
        worth=readable(detail.get("worth", "")),
        is_factor=RULE_KINDS[version.rule.kind].stage == MULTIPLIER,
        cap=str(CAPS.get(detail.get("cap", ""), "")),
        before=readable(detail.get("before", "")),
        lines=", ".join(str(each) for each in detail.get("lines", [])),
    )


def _reason(
    version: RuleVersion, code: str, detail: dict[str, Any], words: Words
) -> str:
    looking = LOOKING_BACK.get(version.rule.kind)
    if looking is not None and code == "not_met" and detail.get("had"):
        return looking.why_not(version.params, detail["had"], words.currency)
    return str(REASONS.get(code, ""))


def _together(trace: dict[str, Any], versions: dict[int, RuleVersion]) -> str:
    fired = [
        (RULE_KINDS[versions[version_id].rule.kind].stage, Fraction(value))
        for version_id, _code, value, *_more in trace["steps"]
        if value is not None
    ]
    base = sum(value for stage, value in fired if stage == BASE)
    bonus = sum(value for stage, value in fired if stage == BONUS)
    factors = sum(stage == MULTIPLIER for stage, _value in fired)
    factors += (trace.get("tier") or ("", "1"))[1] != "1"
    is_by_line = any(
        value is not None and more and "lines" in more[0]
        for _id, _code, value, *more in trace["steps"]
    )
    if not base or factors < 2 or is_by_line or "rise" in trace:  # noqa: PLR2004 -- one says itself what it does
        return ""
    return readable(str((Fraction(trace["exact"]) - bonus) / base))


def readable(exact: str) -> str:
    """Return a fraction such as `87/2` as `43.5`, with at most four decimals."""
    if not exact:
        return ""
    value = Fraction(exact)
    if value.denominator == 1:
        return str(value.numerator)
    scaled = round(value * 10_000)
    return f"{scaled // 10_000}.{scaled % 10_000:04d}".rstrip("0")
