"""The buttons of a member's page that lead to points."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from members.models import Member
from members.panels import Action


def adjust_url(member: Member) -> str | None:
    """Return the form that adjusts the member's points; none once the membership ended."""
    if not member.is_open:
        return None
    return f"{reverse('points:adjustment-add')}?member={member.number}"


def transfer_url(member: Member) -> str | None:
    """Return the form that gives the member's points to another one."""
    if not member.is_open:
        return None
    return f"{reverse('points:transfer-add')}?sender={member.number}"


def merge_url(member: Member) -> str | None:
    """Return the form that merges another membership into this one."""
    if not member.is_open:
        return None
    return f"{reverse('points:merge-add')}?member={member.number}"


def tier_url(member: Member) -> str | None:
    """Return the form that gives the member a tier; none once the membership ended."""
    if not member.is_open:
        return None
    return f"{reverse('points:tier-assignment-add')}?member={member.number}"


ACTIONS = (
    Action(
        "adjust",
        gettext_lazy("Adjust points"),
        20,
        "points.adjust_points",
        adjust_url,
        "adjustments-horizontal",
    ),
    Action(
        "transfer",
        gettext_lazy("Transfer points"),
        30,
        "points.transfer_points",
        transfer_url,
        "arrow-right",
    ),
    Action(
        "merge",
        gettext_lazy("Merge"),
        40,
        "points.merge_members",
        merge_url,
        "users",
    ),
    Action(
        "tier",
        gettext_lazy("Give a tier by hand"),
        35,
        "points.assign_tier",
        tier_url,
        "award",
    ),
    Action(
        "counter",
        gettext_lazy("Give or redeem"),
        10,
        "points.add_purchase",
        lambda member: reverse("points:counter-member", args=[member.number]),
        "coins",
        is_primary=True,
    ),
)
