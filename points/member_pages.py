"""What the points engine adds to the members' pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from loyalty_site.lib import formats
from members.models import Member, MemberQuerySet
from members.panels import (
    Column,
    Figure,
    FigureSource,
    MemberColumns,
    MemberFilter,
    Panel,
    TimelineItem,
    TimelineSource,
    register_action,
    register_columns,
    register_figures,
    register_filter,
    register_panel,
    register_timeline,
)
from points.member_actions import ACTIONS
from points.member_challenges import CHALLENGES
from points.models import Account, Entry, Redemption, Tier
from points.selectors.activity import (
    other_entries_of,
    purchases_of,
    redemptions_of,
    store_names,
)
from points.selectors.balances import balance_of, balances_of
from points.selectors.households import Means, household_of, means_of, members_of
from points.selectors.programme import current_programme, current_rulebook
from points.selectors.referrals import SHOWN, brought_of, referral_of, referrals_of
from points.selectors.tier_history import latest_tier_changes
from points.selectors.tier_progress import progress_of

VIEW_MEMBER = "members.view_member"
PANEL_ROWS = 50
ICONS = {
    Entry.Kind.BONUS: "star",
    Entry.Kind.ADJUST: "adjustments-horizontal",
    Entry.Kind.EXPIRE: "hourglass",
    Entry.Kind.REDEEM_REVERSAL: "refresh",
    Entry.Kind.CLAW_BACK: "arrow-left",
    Entry.Kind.DEBT_SETTLEMENT: "coins",
    Entry.Kind.TRANSFER_OUT: "arrow-right",
    Entry.Kind.TRANSFER_IN: "arrow-left",
    Entry.Kind.MERGE_OUT: "arrow-right",
    Entry.Kind.MERGE_IN: "arrow-left",
    Entry.Kind.HOUSEHOLD_OUT: "arrow-right",
    Entry.Kind.HOUSEHOLD_IN: "arrow-left",
}


def register_member_pages() -> None:
    """Register everything; called once, when the app is ready."""
    register_figures(FigureSource("points", 10, VIEW_MEMBER, figures))
    register_columns(
        MemberColumns(
            "points",
            10,
            VIEW_MEMBER,
            (
                Column("tier", gettext_lazy("Tier")),
                Column("balance", gettext_lazy("Points"), "number"),
                Column("last_activity", gettext_lazy("Last activity"), "day"),
            ),
            columns,
        )
    )
    register_filter(
        MemberFilter(
            "tier",
            gettext_lazy("Tier"),
            tier_choices,
            of_tier,
            VIEW_MEMBER,
            {"enrolled_at": "account__opened_at"},
        )
    )
    _register_timeline()
    _register_panels()
    for action in ACTIONS:
        register_action(action)


def _register_timeline() -> None:
    for source in (
        TimelineSource(
            "purchase",
            gettext_lazy("Purchases"),
            "points.view_purchase",
            purchase_items,
        ),
        TimelineSource(
            "redemption",
            gettext_lazy("Redemptions"),
            "points.view_redemption",
            redemption_items,
        ),
        TimelineSource(
            "entry", gettext_lazy("Other points"), "points.view_entry", entry_items
        ),
    ):
        register_timeline(source)


def _register_panels() -> None:
    for panel in (
        Panel(
            "points",
            gettext_lazy("Points"),
            10,
            "points.view_entry",
            points_panel,
            "points/_member_points.html",
        ),
        Panel(
            "transactions",
            gettext_lazy("Transactions"),
            20,
            "points.view_purchase",
            purchases_panel,
            "points/_member_purchases.html",
        ),
        Panel(
            "rewards",
            gettext_lazy("Rewards"),
            30,
            "points.view_redemption",
            redemptions_panel,
            "points/_member_redemptions.html",
        ),
        CHALLENGES,
    ):
        register_panel(panel)


def figures(member: Member, at: datetime) -> Sequence[Figure]:
    """Balance, tier, what expires next, lifetime, last activity."""
    account = account_of(member)
    means = means_of(member_id=member.pk, at=at)
    balance = means.own
    following = balance.expiring[0] if balance.expiring else None
    return [
        Figure(_("Points to spend"), balance.available, note=_beside(means)),
        Figure(
            _("Tier"),
            account.tier.local_name if account.tier else None,
            note=_since(account.tier_since),
        ),
        Figure(
            _("Expiring next"),
            following.points if following else None,
            note=_until(following.at) if following else "",
        ),
        Figure(_("Earned ever"), account.earned),
        Figure(_("Last activity"), account.last_activity_at),
    ]


def account_of(member: Member) -> Account:
    """Return the member's account with its tier."""
    return Account.objects.select_related("tier").get(pk=member.pk)


def columns(member_ids: list[int], at: datetime) -> Mapping[int, Mapping[str, Any]]:
    """Tier, points to spend and last activity of each member."""
    balances = balances_of(member_ids=member_ids, at=at, now=at)
    accounts = Account.objects.select_related("tier").filter(pk__in=member_ids)
    return {
        account.pk: {
            "tier": account.tier.local_name if account.tier else None,
            "balance": balances[account.pk].available,
            "last_activity": account.last_activity_at,
        }
        for account in accounts
    }


def tier_choices() -> Sequence[tuple[str, str]]:
    """The tiers, and none."""
    tiers = [(tier.slug, tier.local_name) for tier in Tier.objects.all()]
    return [*tiers, ("-", _("No tier"))]


def of_tier(members: MemberQuerySet, slug: str) -> MemberQuerySet:
    """Members who hold that tier."""
    if slug == "-":
        return members.filter(account__tier=None)
    # By its number, so that an index of accounts gives them in order.
    tier_id = Tier.objects.filter(slug=slug).values_list("pk", flat=True).first()
    return members.filter(account__tier=tier_id) if tier_id else members.none()


def purchase_items(
    member: Member, before: datetime | None, limit: int
) -> list[TimelineItem]:
    """Purchases with what they earned."""
    currency, stores = current_rulebook().currency, store_names()
    return [
        TimelineItem(
            at=each.purchase.occurred_at,
            kind="purchase",
            icon="shopping-cart",
            title=_("Purchase of %(amount)s")
            % {"amount": formats.money(each.purchase.amount_minor, currency)},
            text=stores.get(each.purchase.store, each.purchase.store),
            amount=each.points,
            url=each.purchase.get_absolute_url(),
            badge=_("Voided") if each.purchase.voided_at else "",
        )
        for each in purchases_of(member.pk, before=before, limit=limit)
    ]


def redemption_items(
    member: Member, before: datetime | None, limit: int
) -> list[TimelineItem]:
    """Redemptions with what they cost."""
    return [
        TimelineItem(
            at=each.at,
            kind="redemption",
            icon="gift",
            title=each.reward.local_name,
            text=each.code,
            amount=-each.points,
            url=each.get_absolute_url(),
            badge=""
            if each.state == Redemption.State.FULFILLED
            else each.get_state_display(),
        )
        for each in redemptions_of(member.pk, before=before, limit=limit)
    ]


def entry_items(
    member: Member, before: datetime | None, limit: int
) -> list[TimelineItem]:
    """Whatever else moved points."""
    return [
        TimelineItem(
            at=entry.occurred_at,
            kind="entry",
            icon=ICONS.get(Entry.Kind(entry.kind), "coins"),
            title=entry.get_kind_display(),
            text=entry.reason_text,
            amount=entry.points,
            url=entry.get_absolute_url(),
        )
        for entry in other_entries_of(member.pk, before=before, limit=limit)
    ]


def points_panel(member: Member, at: datetime) -> Mapping[str, Any]:
    """Balance by expiry, tier progress, the latest entries."""
    entries = Entry.objects.filter(account=member.pk).order_by("-occurred_at", "-pk")
    return {
        "balance": balance_of(member_id=member.pk, at=at, now=at),
        "progress": progress_of(account_of(member), at=at),
        "brought": brought_of(member),
        "brought_by": referral_of(member),
        "friends": list(
            referrals_of(member)
            .select_related("friend__member")
            .order_by("-at")[:SHOWN]
        ),
        "tier_changes": latest_tier_changes(member.pk),
        **_household(member, at),
        "entries": entries[:PANEL_ROWS],
    }


def _household(member: Member, at: datetime) -> Mapping[str, Any]:
    """The household with its members, or whether there could be one."""
    household = household_of(member.pk)
    if household is None:
        return {
            "has_households": member.is_open
            and bool(current_programme().household_limit)
        }
    return {"household": household, "sharers": members_of(household, at=at)}


def purchases_panel(member: Member, at: datetime) -> Mapping[str, Any]:
    """The latest purchases."""
    return {
        "purchases": purchases_of(member.pk, limit=PANEL_ROWS),
        "currency": current_rulebook().currency,
        "at": at,
    }


def redemptions_panel(member: Member, at: datetime) -> Mapping[str, Any]:
    """The latest redemptions."""
    return {"redemptions": redemptions_of(member.pk, limit=PANEL_ROWS), "at": at}


def _beside(means: Means) -> str:
    """Return what stands beside the points to spend: shared and pending ones, a debt."""
    said, balance = [], means.own
    if means.household:
        said.append(
            _("%(points)s with the household.")
            % {"points": formats.number(means.available)}
        )
    if balance.pending:
        said.append(
            ngettext(
                "%(points)s point is still pending.",
                "%(points)s points are still pending.",
                balance.pending,
            )
            % {"points": formats.number(balance.pending)}
        )
    if balance.debt:
        said.append(
            ngettext(
                "%(points)s point is owed.",
                "%(points)s points are owed.",
                balance.debt,
            )
            % {"points": formats.number(balance.debt)}
        )
    return formats.sentences(*said)


def _since(at: datetime | None) -> str:
    return _("since %(day)s") % {"day": formats.day(at)} if at else ""


def _until(at: datetime) -> str:
    return _("on %(day)s") % {"day": formats.day(at)}
