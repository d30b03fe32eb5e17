"""The results of a campaign as its page shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from loyalty_site.lib import formats
from loyalty_site.lib.money import minor_digits
from points.selectors.campaign_results import Arm, CampaignSums
from reports.statistics.differences import Difference, Sample, difference_of


@dataclass(frozen=True)
class Row:
    """A measure of both arms; the difference is empty where an arm is too small."""

    label: str
    reached: str
    held_out: str
    difference: str
    interval: str
    is_clear: bool = False


@dataclass(frozen=True)
class CampaignPage:
    """What the page shows: a sentence, the measures, and what the points cost."""

    finding: str
    rows: list[Row]
    extra: str
    cost: str
    points: int


def page_of(
    sums: CampaignSums, *, currency: str, worth: Decimal | None
) -> CampaignPage:
    """Return the page; money per member is rounded to minor units, for reading only."""
    reached, held_out = sums.reached, sums.held_out
    purchases = difference_of(_purchases(reached), _purchases(held_out))
    spend = difference_of(_spend(reached), _spend(held_out))
    rows = [
        _counted(_("Members"), reached.members, held_out.members),
        _counted(_("Who bought something"), reached.buyers, held_out.buyers),
        _row(
            _("Purchases per member"),
            _purchases(reached),
            _purchases(held_out),
            difference=purchases,
            shown=_count,
        ),
        _row(
            _("Spend per member"),
            _spend(reached),
            _spend(held_out),
            difference=spend,
            shown=lambda value: formats.money(round(value), currency),
        ),
    ]
    return CampaignPage(
        finding=_finding(spend),
        rows=rows,
        extra=_extra(spend, reached.members, currency),
        cost=_cost(sums.points, worth, currency),
        points=sums.points,
    )


def _purchases(arm: Arm) -> Sample:
    return Sample(arm.members, arm.purchases, arm.purchases_squared)


def _spend(arm: Arm) -> Sample:
    return Sample(arm.members, arm.spend_minor, arm.spend_squared)


def _counted(label: str, reached: int, held_out: int) -> Row:
    return Row(label, formats.number(reached), formats.number(held_out), "", "")


def _count(value: float) -> str:
    return formats.number(Decimal(f"{value:.2f}"))


def _row(
    label: str,
    reached: Sample,
    held_out: Sample,
    *,
    difference: Difference | None,
    shown: Callable[[float], str],
) -> Row:
    first, second = (
        "" if each.mean is None else shown(float(each.mean))
        for each in (reached, held_out)
    )
    if difference is None:
        return Row(label, first, second, "", "")
    ends = _("%(low)s to %(high)s") % {
        "low": shown(difference.low),
        "high": shown(difference.high),
    }
    sign = "+" if difference.value > 0 else ""
    value = f"{sign}{shown(difference.value)}"
    return Row(label, first, second, value, ends, difference.is_clear)


def _finding(spend: Difference | None) -> str:
    if spend is None:
        return _(
            "Too few members on one side to say what the campaign did: thirty are the "
            "least."
        )
    if not spend.is_clear:
        return _(
            "Nobody can tell yet whether the campaign changed what members spend: the "
            "interval holds zero."
        )
    if spend.value > 0:
        return _("Members that it reached spent more than those kept apart.")
    return _("Members that it reached spent less than those kept apart.")


def _extra(spend: Difference | None, members: int, currency: str) -> str:
    if spend is None:
        return ""
    amounts = {
        name: formats.money(round(value * members), currency)
        for name, value in (
            ("value", spend.value),
            ("low", spend.low),
            ("high", spend.high),
        )
    }
    return _("%(value)s, between %(low)s and %(high)s") % amounts


def _cost(points: int, worth: Decimal | None, currency: str) -> str:
    if worth is None:
        return ""
    minor = (points * worth).scaleb(minor_digits(currency))
    return formats.money(int(minor.to_integral_value()), currency)
