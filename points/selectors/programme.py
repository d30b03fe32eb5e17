"""The programme's settings and rules, compiled for the engine and kept while true."""

import threading
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from loyalty_site.lib.money import minor_digits
from loyalty_site.lib.periods import add_days_at, add_months_at
from points import sql
from points.models import Programme, RuleVersion, Tier
from points.rules import RULE_KINDS
from points.rules.base import BASE, as_whole
from points.rules.conditions import CONDITIONS
from points.rules.conditions.base import Setting
from points.rules.conditions.who import FirstPurchase
from points.rules.pipeline import Terms, TierBenefit, VersionInForce

# Every change of the settings leaves a row in its history table, whoever made it, so
# the newest of those rows tell whether what was compiled still holds.
STAMP = """
ROW((SELECT max(id) FROM points_ruleversion),
    (SELECT max(pgh_id) FROM points_earningruleevent),
    (SELECT max(pgh_id) FROM points_tierevent),
    (SELECT max(pgh_id) FROM points_programmeevent))::text
"""


@dataclass(frozen=True)
class Rulebook:
    """Everything that decides what a purchase earns, compiled."""

    currency: str
    zone: ZoneInfo
    expiry_months: int | None
    pending_days: int
    backdating_days: int
    terms: Terms
    versions: tuple[VersionInForce, ...]
    asks_for_first: bool
    tiers: dict[int, TierBenefit]

    def effective_at(self, earned_at: datetime) -> datetime:
        """Return when points of a purchase can be spent."""
        if not self.pending_days:
            return earned_at
        return add_days_at(earned_at, self.pending_days, self.zone)

    def expires_at(self, since: datetime) -> datetime | None:
        """Return when points that become active at `since` expire; None is never."""
        if self.expiry_months is None:
            return None
        return add_months_at(since, self.expiry_months, self.zone)


class _Kept(threading.local):
    """The last rulebook compiled in this thread."""

    stamp: str = ""
    rulebook: Rulebook | None = None


_kept = _Kept()


def current_programme() -> Programme:
    """Return the programme's settings row."""
    return Programme.objects.get()


def current_rulebook(stamp: str | None = None) -> Rulebook:
    """Return the rulebook as it is now; compiled again only after a change.

    Whoever has read the `stamp` along with something else need not ask for it again.
    """
    if stamp is None:
        [(stamp,)] = sql.run(f"SELECT {STAMP}", {})
    if _kept.rulebook is None or _kept.stamp != stamp:
        _kept.rulebook = compile_rulebook()
        _kept.stamp = stamp
    return _kept.rulebook


def compile_rulebook() -> Rulebook:
    """Read settings, rule versions and tiers into a rulebook."""
    programme = current_programme()
    setting = Setting(10 ** minor_digits(programme.currency), programme.zone)
    versions = compile_versions(setting)
    return Rulebook(
        currency=programme.currency,
        zone=programme.zone,
        expiry_months=programme.expiry_months,
        pending_days=programme.pending_days,
        backdating_days=programme.backdating_days,
        terms=Terms(
            rounding=programme.rounding,
            combination=programme.multiplier_combination,
        ),
        versions=versions,
        asks_for_first=any(
            slug == FirstPurchase.slug
            for version in versions
            for slug, _check in version.conditions
        ),
        tiers={
            tier.pk: TierBenefit(tier.slug, as_whole(Fraction(tier.multiplier)))
            for tier in Tier.objects.all()
        },
    )


def compile_versions(setting: Setting) -> tuple[VersionInForce, ...]:
    """Return the versions of all active rules, base rules first.

    Each holds from its `valid_from` until that of the next; the first one also holds
    for everything before it, limited by its own dates.
    """
    by_rule: dict[int, list[RuleVersion]] = {}
    for version in RuleVersion.objects.published().order_by("rule_id", "number"):
        by_rule.setdefault(version.rule_id, []).append(version)
    compiled = [
        _in_force(version, following, setting, is_first=index == 0)
        for versions in by_rule.values()
        for index, (version, following) in enumerate(pairwise([*versions, None]))
        if version is not None
    ]
    return tuple(sorted(compiled, key=lambda each: (each.stage != BASE, each.id)))


def _in_force(
    version: RuleVersion,
    following: RuleVersion | None,
    setting: Setting,
    *,
    is_first: bool,
) -> VersionInForce:
    kind = RULE_KINDS[version.rule.kind]
    return VersionInForce(
        id=version.pk,
        stage=kind.stage,
        ask=kind.prepare(version.params, setting.minor_units),
        starts_at=version.starts_at,
        ends_at=version.ends_at,
        since=None if is_first else version.valid_from,
        until=following.valid_from if following else None,
        conditions=tuple(
            (slug, condition.prepare(version.conditions[slug], setting))
            for slug, condition in CONDITIONS.items()
            if slug in version.conditions
        ),
    )
