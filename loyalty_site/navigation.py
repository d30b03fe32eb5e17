"""The main menu: what is in it, in which order, and who sees it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Person = AbstractUser | AnonymousUser


@dataclass(frozen=True)
class Entry:
    """A line of the menu; without a permission every member of staff sees it.

    Several permissions, with spaces between them, are all needed.
    """

    label: str | Promise
    url_name: str
    permission: str = ""
    icon: str = ""
    children: tuple["Entry", ...] = ()


@dataclass(frozen=True)
class Link:
    """An entry as one person sees it on one page."""

    label: str | Promise
    url: str
    icon: str
    children: list["Link"] = field(default_factory=list)
    is_current: bool = False
    is_open: bool = False


# A single child says nothing more than the entry above it.
ALONE = 1

MENU = (
    Entry(_("Home"), "home", icon="home"),
    Entry(_("Counter"), "points:counter", "points.add_purchase", "building-store"),
    Entry(
        _("Members"),
        "members:member-list",
        "members.view_member",
        "users",
        (
            Entry(_("All members"), "members:member-list", "members.view_member"),
            Entry(_("Segments"), "members:segment-list", "members.view_segment"),
            Entry(_("Merges"), "points:merge-list", "points.view_merge"),
            Entry(_("Households"), "points:household-list", "points.view_household"),
            Entry(_("Imports"), "points:import-list", "points.import_purchases"),
            Entry(
                _("Imports of refunds"),
                "points:refund-import-list",
                "points.refund_purchase points.import_purchases",
            ),
        ),
    ),
    Entry(
        _("Points"),
        "points:entry-list",
        "points.view_entry",
        "coins",
        (
            Entry(_("Ledger"), "points:entry-list", "points.view_entry"),
            Entry(_("Adjustments"), "points:adjustment-list", "points.view_adjustment"),
            Entry(_("Transfers"), "points:transfer-list", "points.view_transfer"),
            Entry(_("Transactions"), "points:purchase-list", "points.view_purchase"),
            Entry(_("Re-dating"), "points:redating-list", "points.redate_points"),
        ),
    ),
    Entry(
        _("Rewards"),
        "points:reward-list",
        "points.view_reward",
        "gift",
        (
            Entry(_("Catalogue"), "points:reward-list", "points.view_reward"),
            Entry(_("Redemptions"), "points:redemption-list", "points.view_redemption"),
            Entry(_("Draws"), "points:lottery-list", "points.view_reward"),
            Entry(_("Stock"), "points:stock-list", "points.change_reward"),
        ),
    ),
    Entry(
        _("Campaigns"),
        "points:rule-list",
        "points.view_earningrule",
        "target",
        (
            Entry(_("Campaigns"), "points:campaign-list", "points.view_earningrule"),
            Entry(_("Challenges"), "points:challenge-list", "points.view_earningrule"),
            Entry(_("Earning rules"), "points:rule-list", "points.view_earningrule"),
            Entry(_("Tiers"), "points:tier-list", "points.view_earningrule"),
        ),
    ),
    Entry(
        _("Surveys"),
        "surveys:survey-list",
        "surveys.view_survey",
        "message-2",
        (
            Entry(_("All surveys"), "surveys:survey-list", "surveys.view_survey"),
            Entry(_("Responses"), "surveys:response-list", "surveys.view_response"),
            Entry(_("Cases"), "surveys:case-list", "surveys.view_case"),
        ),
    ),
    Entry(
        _("Reports"),
        "reports:report-list",
        "reports.view_report",
        "report-analytics",
        (
            Entry(_("Overview"), "reports:report-list", "reports.view_report"),
            Entry(_("Points and liability"), "reports:points", "reports.view_report"),
            Entry(
                _("Redemption and breakage"), "reports:breakage", "reports.view_report"
            ),
            Entry(_("Revenue from points"), "reports:revenue", "reports.view_report"),
            Entry(_("Retention"), "reports:cohorts", "reports.view_report"),
            Entry(_("NPS"), "reports:nps", "reports.view_report"),
            Entry(_("Definitions"), "reports:definition-list", "reports.view_report"),
        ),
    ),
    Entry(
        _("Settings"),
        "points:programme-edit",
        "points.change_programme",
        "settings",
        (
            Entry(_("Programme"), "points:programme-edit", "points.change_programme"),
            Entry(_("Expiry"), "points:expiry-edit", "points.change_programme"),
            Entry(_("Limits"), "points:limit-edit", "points.change_programme"),
            Entry(
                _("Paying with points"), "points:paying-edit", "points.change_programme"
            ),
            Entry(
                _("Members bring friends"),
                "points:referral-terms-edit",
                "points.change_programme",
            ),
            Entry(_("Books"), "reports:valuation-list", "reports.value_points"),
            Entry(
                _("Programme file"), "points:programme-file", "points.change_programme"
            ),
        ),
    ),
    Entry(
        _("Developer"),
        "developer",
        "apiaccess.change_apikey",
        "code",
        (
            Entry(_("Quick start"), "developer", "apiaccess.change_apikey"),
            Entry(_("API keys"), "apiaccess:key-list", "apiaccess.change_apikey"),
            Entry(_("Requests"), "apiaccess:request-list", "apiaccess.change_apikey"),
            Entry(_("Webhooks"), "webhooks:endpoint-list", "webhooks.change_endpoint"),
            Entry(_("Events"), "webhooks:event-catalogue", "webhooks.change_endpoint"),
        ),
    ),
)


def menu_for(user: Person, path: str) -> list[Link]:
    """Return the menu of that person with the place of `path` marked.

    Entries they may not open, and those whose page does not exist, are left out. An
    entry with children leads to the first child that is left.
    """
    links = list(_visible(MENU, user))
    current = _longest_match(links, path)
    return [_marked(link, current) for link in links]


def _visible(entries: Iterable[Entry], user: Person) -> Iterable[Link]:
    for entry in entries:
        children = list(_visible(entry.children, user))
        url = children[0].url if children else _address(entry, user)
        if url:
            yield Link(entry.label, url, entry.icon, children)


def _address(entry: Entry, user: Person) -> str:
    if not user.has_perms(entry.permission.split()):
        return ""
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""


def _longest_match(links: list[Link], path: str) -> str:
    addresses = {link.url for link in links}
    addresses |= {child.url for link in links for child in link.children}
    matches = [url for url in addresses if _is_under(path, url)]
    return max(matches, key=len, default="")


def _is_under(path: str, url: str) -> bool:
    return path == url if url == reverse("home") else path.startswith(url)


def _marked(link: Link, current: str) -> Link:
    if not current:
        return link
    children = [
        replace(child, is_current=child.url == current) for child in link.children
    ]
    is_open = link.url == current or any(child.is_current for child in children)
    return replace(
        link,
        children=children if len(children) > ALONE else [],
        is_open=is_open,
        is_current=is_open and len(children) <= ALONE,
    )
