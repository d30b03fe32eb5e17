"""Tiers, as the programme's keepers set them; who holds which follows by recompute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_site.lib.actors import Actor
from points.errors.posting import NameTaken
from points.errors.tiers import (
    TermsRefused,
    ThresholdTaken,
    TiersNotComparable,
    TiersOutOfOrder,
)
from points.models import Tier, TierTerms
from points.services.settings_lock import lock_settings


@dataclass(frozen=True)
class TierDetails:
    """What a tier is; its criteria are inclusive, None asks for nothing."""

    slug: str
    name: str
    threshold: int | None = None
    spend_minor: int | None = None
    visits: int | None = None
    active_days: int | None = None
    bonus_events: int | None = None
    needs: str = Tier.Needs.ALL
    is_for_life: bool = False
    multiplier: Decimal = Decimal(1)
    entry_gift: int = 0
    name_zh_hans: str = ""
    name_zh_hant: str = ""
    perks: str = ""
    perks_zh_hans: str = ""
    perks_zh_hant: str = ""


@dataclass(frozen=True)
class TierTermsWish:
    """The terms on which all tiers are reached, kept and lost; see `TierTerms`."""

    window: str = TierTerms.Window.ROLLING_MONTHS
    window_length: int = 12
    start_month: int = 1
    upgrade: str = TierTerms.Upgrade.AT_ONCE
    lifting: str = TierTerms.Lifting.BEFORE
    valid_periods: int = 0
    downgrade: str = TierTerms.Downgrade.FULL
    grace_days: int = 0


@transaction.atomic
def save_tier(*, details: TierDetails, actor: Actor, tier: Tier | None = None) -> Tier:
    """Make a tier, or change `tier`, and return it; the ladder is numbered anew.

    Members move with the next recompute, which the caller starts. Raises NameTaken,
    ThresholdTaken where another tier asks for the same, TiersNotComparable, or
    TiersOutOfOrder where a higher tier would ask for less.
    """
    lock_settings()
    others = list(Tier.objects.exclude(pk=tier.pk if tier else 0))
    _refuse_taken_names(details, others)
    wanted = Tier(pk=tier.pk if tier else None, **vars(details))
    ladder = in_order([*others, wanted])
    with pghistory.context(reason="tier", actor=str(actor)):
        for rank, each in enumerate(ladder, start=1):
            if each is wanted or each.rank != rank:
                each.rank = rank
                each.save()
    return wanted


@transaction.atomic
def change_tier_terms(*, wish: TierTermsWish, actor: Actor) -> TierTerms:
    """Set the terms and return them; safe to repeat.

    Members move with the next recompute. Raises TermsRefused for what does not go
    together.
    """
    lock_settings()
    terms = TierTerms.objects.get()
    changed = [
        name for name, value in vars(wish).items() if getattr(terms, name) != value
    ]
    for name in changed:
        setattr(terms, name, getattr(wish, name))
    refuse_terms(terms, Tier.objects.all())
    if changed:
        with pghistory.context(reason="tier terms", actor=str(actor)):
            terms.save(update_fields=changed)
    return terms


def in_order(tiers: Sequence[Tier]) -> list[Tier]:
    """Return the tiers from the lowest up, by what they all ask for.

    Raises TiersNotComparable, ThresholdTaken or TiersOutOfOrder.
    """
    shared = [
        name for name in Tier.COUNTERS if all(name in each.criteria for each in tiers)
    ]
    if not shared:
        first, second = _strangers(tiers)
        raise TiersNotComparable(name=first.local_name, other=second.local_name)
    ladder = sorted(tiers, key=lambda each: _height(each, shared))
    for lower, higher in combinations(ladder, 2):
        _refuse_wrong_order(lower, higher)
    return ladder


def _height(tier: Tier, shared: Sequence[str]) -> tuple[int, ...]:
    """Return what tiers are sorted by; of two that begin together, who asks for more."""
    further = (
        len(tier.criteria) if tier.needs == Tier.Needs.ALL else -len(tier.criteria)
    )
    return (*(tier.criteria[name] for name in shared), further)


def refuse_terms(terms: TierTerms, tiers: Iterable[Tier]) -> None:
    """Raise TermsRefused where the terms contradict each other or the tiers."""
    if terms.is_periodic:
        if terms.upgrade == terms.Upgrade.NEXT_PERIOD and not terms.valid_periods:
            raise TermsRefused(
                _(
                    "A tier that begins with the next period must be valid for at "
                    "least one further period."
                ),
                field="valid_periods",
            )
        return
    sentence = _("This needs a window with periods, such as a year.")
    for field, default in (
        ("upgrade", terms.Upgrade.AT_ONCE),
        ("valid_periods", 0),
        ("downgrade", terms.Downgrade.FULL),
        ("grace_days", 0),
    ):
        if getattr(terms, field) != default:
            raise TermsRefused(sentence, field=field)
    for tier in tiers:
        if tier.is_for_life:
            raise TermsRefused(
                _("%(name)s is for life, which needs a window with periods.")
                % {"name": tier.local_name},
                field="window",
            )


def _refuse_taken_names(details: TierDetails, others: Sequence[Tier]) -> None:
    if any(each.name == details.name for each in others):
        raise NameTaken(name=details.name)
    if any(each.slug == details.slug for each in others):
        raise NameTaken(name=details.slug, field="slug")
    terms = TierTerms.objects.get()
    if details.is_for_life and not terms.is_periodic:
        raise TermsRefused(
            _("A tier for life needs a window with periods, such as a year."),
            field="is_for_life",
        )


def _strangers(tiers: Sequence[Tier]) -> tuple[Tier, Tier]:
    """Return two tiers without a counter in common, or else the first and the last."""
    pairs = (
        (one, other)
        for one in tiers
        for other in tiers
        if not one.criteria.keys() & other.criteria.keys()
    )
    return next(pairs, (tiers[0], tiers[-1]))


def _refuse_wrong_order(lower: Tier, higher: Tier) -> None:
    both = [name for name in lower.criteria if name in higher.criteria]
    if lower.criteria == higher.criteria:
        raise ThresholdTaken(name=lower.local_name, field=both[0])
    for name in both:
        if higher.criteria[name] < lower.criteria[name]:
            raise TiersOutOfOrder(
                name=higher.local_name, lower=lower.local_name, field=name
            )
