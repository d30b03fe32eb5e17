"""The programme's settings and rules, compiled for the engine and kept while true."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from loyalty_site.lib.money import minor_digits
from loyalty_site.lib.periods import add_days_at, start_of_day
from points import sql
from points.expiry_policies import read_policy
from points.expiry_policies.base import ExpiryPolicy
from points.models import Programme, RuleVersion, Tier, TierTerms
from points.rules import RULE_KINDS, is_for_events, need_of
from points.rules.base import BASE, as_whole
from points.rules.basis import Basis
from points.rules.caps import NO_CAPS, Caps
from points.rules.conditions import CONDITIONS
from points.rules.conditions.base import Setting
from points.rules.conditions.lines import LINE_CONDITIONS, all_of
from points.rules.event_bonus import event_name
from points.rules.pipeline import TierBenefit
from points.rules.terms import Terms
from points.rules.versions import VersionInForce
from points.selectors.campaigns_in_force import CampaignInForce, campaigns_of
from points.selectors.rule_spans import Span, spans_of

# Every change of the settings leaves a row in its history table, whoever made it, so
# the newest of those rows tell whether what was compiled still holds.
STAMP = """
ROW((SELECT max(id) FROM points_ruleversion),
    (SELECT max(pgh_id) FROM points_earningruleevent),
    (SELECT max(pgh_id) FROM points_tierevent),
    (SELECT max(pgh_id) FROM points_tiertermsevent),
    (SELECT max(pgh_id) FROM points_campaignevent),
    (SELECT max(pgh_id) FROM points_programmeevent))::text
"""


@dataclass(frozen=True)
class Rulebook:
    """Everything that decides what a purchase earns, compiled.

    `asks_for` are the slugs of all conditions that a rule has. `events` are the versions
    that are asked about events, and `events_since` says for which, and since when.
    """

    currency: str
    zone: ZoneInfo
    expiry: ExpiryPolicy
    tier_expiry: dict[str, ExpiryPolicy]
    sliding_by: frozenset[str]
    pending_days: int
    pending_until: date | None
    confirm_days: int | None
    backdating_days: int
    terms: Terms
    versions: tuple[VersionInForce, ...]
    asks_for: frozenset[str]
    tiers: dict[int, TierBenefit]
    campaigns: tuple[CampaignInForce, ...] = ()
    events: tuple[VersionInForce, ...] = ()
    events_since: Mapping[str, datetime] = field(default_factory=dict)
    lifting: str = TierTerms.Lifting.BEFORE

    @property
    def needs_tally(self) -> bool:
        """Whether a limit or a rule looks at more than the purchase itself."""
        return (
            self.terms.balance_limit is not None
            or self.terms.caps.has_spans
            or any(each.caps.has_spans or each.need for each in self.versions)
        )

    def effective_at(self, earned_at: datetime) -> datetime:
        """Return when points of a purchase can be spent."""
        effective_at = earned_at
        if self.pending_days:
            effective_at = add_days_at(earned_at, self.pending_days, self.zone)
        if self.pending_until is not None:
            effective_at = max(effective_at, self._pending_until_at)
        return effective_at

    def confirm_until(self, earned_at: datetime) -> datetime | None:
        """Return when points of an unconfirmed purchase are cancelled; None is not."""
        if self.confirm_days is None:
            return None
        return add_days_at(earned_at, self.confirm_days, self.zone)

    def dates_of(
        self, earned_at: datetime, tier: TierBenefit | None
    ) -> tuple[datetime, datetime | None]:
        """Return from when to when points of a purchase count, as their lot says it.

        A lot that waits for a confirmation ends in the instant in which it begins.
        """
        if (cancelled_at := self.confirm_until(earned_at)) is not None:
            return cancelled_at, cancelled_at
        effective_at = self.effective_at(earned_at)
        return effective_at, self.expires_at(effective_at, tier)

    @cached_property
    def _pending_until_at(self) -> datetime:
        return start_of_day(self.pending_until or date.min, self.zone)

    def expires_at(
        self, since: datetime, tier: TierBenefit | None = None
    ) -> datetime | None:
        """Return when points that become active at `since` expire; None is never.

        `tier` is the one in which they were given; it may have a policy of its own.
        """
        policy = self.tier_expiry.get(tier.slug, self.expiry) if tier else self.expiry
        return policy.expires_at(since, self.zone)

    def tier_of(self, tier_id: int | None) -> TierBenefit | None:
        """Return the tier that an account holds."""
        return self.tiers.get(tier_id) if tier_id else None


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


def compile_rulebook(versions: Sequence[RuleVersion] | None = None) -> Rulebook:
    """Read settings, rule versions and tiers into a rulebook.

    Other `versions` than the published ones make the rulebook that would be.
    """
    programme = current_programme()
    setting = Setting(10 ** minor_digits(programme.currency), programme.zone)
    if versions is None:
        versions = published_versions()
    of_events = [each for each in versions if is_for_events(each.rule.kind)]
    of_purchases = [each for each in versions if not is_for_events(each.rule.kind)]
    compiled = compile_versions(of_purchases, setting)
    events = compile_versions(of_events, setting)
    return Rulebook(
        currency=programme.currency,
        zone=programme.zone,
        expiry=read_policy(programme.expiry),
        tier_expiry={
            slug: read_policy(stored) for slug, stored in programme.tier_expiry.items()
        },
        sliding_by=frozenset(programme.sliding_by),
        pending_days=programme.pending_days,
        pending_until=programme.pending_until,
        confirm_days=programme.confirm_days,
        backdating_days=programme.backdating_days,
        terms=_terms_of(programme),
        versions=compiled,
        asks_for=frozenset(
            slug
            for version in (*compiled, *events)
            for slug, _check in version.conditions
        ),
        events=events,
        events_since=_events_since(of_events),
        tiers={
            tier.pk: TierBenefit(tier.slug, as_whole(Fraction(tier.multiplier)))
            for tier in Tier.objects.all()
        },
        campaigns=campaigns_of(versions),
        lifting=TierTerms.objects.values_list("lifting", flat=True).get(),
    )


def _events_since(versions: Sequence[RuleVersion]) -> dict[str, datetime]:
    """Return the events that rules are for, with when the first of them was made."""
    since: dict[str, datetime] = {}
    for version in versions:
        name = event_name(version.params)
        since[name] = min(version.valid_from, since.get(name, version.valid_from))
    return since


def _terms_of(programme: Programme) -> Terms:
    return Terms(
        rounding=programme.rounding,
        combination=programme.multiplier_combination,
        group_policy=programme.group_policy,
        rounds_each_rule=programme.rounds_each_rule,
        caps=caps_of(programme),
        balance_limit=programme.balance_limit,
        overflow=programme.cap_overflow,
        basis=Basis(
            discount=programme.earns_on_discount,
            tax=programme.earns_on_tax,
            delivery=programme.earns_on_delivery,
            gift_card=programme.earns_on_gift_card,
            points_paid=programme.earns_on_points_paid,
        ),
    )


def caps_of(said: RuleVersion | Programme) -> Caps:
    """Return the limits, or the one NO_CAPS."""
    caps = Caps(said.cap_purchase, said.cap_day, said.cap_week, said.cap_month)
    return NO_CAPS if caps == NO_CAPS else caps


def published_versions() -> list[RuleVersion]:
    """Return the versions of all active rules, in the order of their numbers."""
    return list(RuleVersion.objects.published().order_by("rule_id", "number"))


def compile_versions(
    versions: Sequence[RuleVersion], setting: Setting
) -> tuple[VersionInForce, ...]:
    """Return the versions that come into force, base rules first; see `spans_of`."""
    compiled = [
        _in_force(span, setting) for span in spans_of(versions) if not span.is_empty
    ]
    return tuple(sorted(compiled, key=lambda each: (each.stage != BASE, each.id)))


def _in_force(span: Span, setting: Setting) -> VersionInForce:
    version = span.version
    kind = RULE_KINDS[version.rule.kind]
    return VersionInForce(
        id=version.pk,
        stage=kind.stage,
        ask=kind.prepare(version.params, setting.minor_units),
        starts_at=version.starts_at,
        ends_at=version.ends_at,
        since=span.since,
        until=span.until,
        conditions=tuple(
            (slug, condition.prepare(version.conditions[slug], setting))
            for slug, condition in CONDITIONS.items()
            if slug in version.conditions
        ),
        lines=all_of(
            [
                condition.prepare(version.conditions[slug])
                for slug, condition in LINE_CONDITIONS.items()
                if slug in version.conditions
            ]
        ),
        by_pieces=kind.by_pieces,
        rule_id=version.rule_id,
        priority=version.priority,
        group=version.group,
        is_alone=version.is_alone,
        stops=version.stops,
        caps=caps_of(version),
        need=need_of(version.rule.kind, version.params),
    )
