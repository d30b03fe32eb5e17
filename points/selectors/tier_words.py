"""Tiers in words: what they ask for, over which time."""

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from loyalty_site.lib import formats
from points.models import Tier, TierTerms
from points.selectors.programme import current_rulebook
from points.tiering.plan import ACTIVE_DAYS, POINTS, SPEND, VISITS

WINDOWS: dict[str, str | Promise] = {
    TierTerms.Window.YEAR: _("in this year"),
    TierTerms.Window.HALF_YEAR: _("in this half-year"),
    TierTerms.Window.QUARTER: _("in this quarter"),
    TierTerms.Window.MONTH: _("in this month"),
    TierTerms.Window.ANNIVERSARY: _("in this year of the membership"),
    TierTerms.Window.LIFETIME: _("since the member joined"),
}


def needed_words(counter: str, amount: int) -> str:
    """Return so much of a counter in words."""
    if counter == SPEND:
        money = formats.money(amount, current_rulebook().currency)
        return gettext("%(money)s of purchases") % {"money": money}
    shown = {"n": formats.number(amount)}
    if counter == POINTS:
        words = ngettext("%(n)s qualifying point", "%(n)s qualifying points", amount)
    elif counter == VISITS:
        words = ngettext(
            "%(n)s day with a purchase", "%(n)s days with a purchase", amount
        )
    elif counter == ACTIVE_DAYS:
        words = ngettext("%(n)s active day", "%(n)s active days", amount)
    else:
        words = ngettext("%(n)s event", "%(n)s events", amount)
    return words % shown


def window_words(terms: TierTerms) -> str:
    """Return over which time counters run, to be read after "qualifying points"."""
    if terms.window == TierTerms.Window.ROLLING_MONTHS:
        text = ngettext(
            "in the last month", "in the last %(n)s months", terms.window_length
        )
        return text % {"n": terms.window_length}
    if terms.window == TierTerms.Window.ROLLING_DAYS:
        text = ngettext(
            "in the last day", "in the last %(n)s days", terms.window_length
        )
        return text % {"n": terms.window_length}
    return str(WINDOWS[terms.window])


def criteria_words(tier: Tier) -> str:
    """Return what a tier asks for."""
    texts = [needed_words(name, least) for name, least in tier.criteria.items()]
    if tier.needs == Tier.Needs.ANY:
        return formats.listed(texts)
    return formats.together(texts)


def terms_words(terms: TierTerms) -> str:
    """Return the terms in a few sentences."""
    return formats.sentences(_counts_words(terms), *_ends_words(terms))


def _counts_words(terms: TierTerms) -> str:
    said = gettext("What counts is what was collected %(window)s.")
    if terms.upgrade == TierTerms.Upgrade.NEXT_PERIOD:
        said = gettext(
            "What counts is what was collected %(window)s; a tier begins with the next "
            "period."
        )
    return said % {"window": window_words(terms)}


def _ends_words(terms: TierTerms) -> list[str]:
    if not terms.is_periodic:
        return []
    said = [
        ngettext(
            "A tier is valid to the end of the period and for %(n)s more period.",
            "A tier is valid to the end of the period and for %(n)s more periods.",
            terms.valid_periods,
        )
        % {"n": terms.valid_periods}
        if terms.valid_periods
        else gettext("A tier is valid to the end of the period.")
    ]
    if terms.grace_days:
        said.append(
            ngettext(
                "After that there is %(n)s day of grace.",
                "After that there are %(n)s days of grace.",
                terms.grace_days,
            )
            % {"n": terms.grace_days}
        )
    if terms.downgrade == TierTerms.Downgrade.ONE_STEP:
        said.append(gettext("Then it falls by one tier with each period."))
    if terms.downgrade == TierTerms.Downgrade.NONE:
        said = [gettext("A tier that was reached stays.")]
    return said
