"""The list of members, and the list as a file."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.exports import Row, export_response
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.tables import page_links
from members.filters import MemberFilterSet
from members.models import Member
from members.panels import MemberColumns, columns_for, filters_for
from members.selectors.listing import (
    DEFAULT_SORT,
    SORTS,
    Listed,
    Wanted,
    all_listed,
    list_members,
)
from members.selectors.search import cleaned_text
from members.tables import MemberTable, contact_of

EXPORTS = ("csv", "xlsx")


@require_safe
@staff_permission_required("members.view_member")
def member_list(request: HttpRequest) -> HttpResponse:
    """Find members, filter, sort, page."""
    filters = _filters(request)
    sort = request.GET.get("sort", "")
    wanted = Wanted(
        text=cleaned_text(request.GET.get("q", "")),
        sort=sort if sort in SORTS else DEFAULT_SORT,
        cursor=request.GET.get("cursor", ""),
        is_narrowed=filters.is_narrowed,
        columns=filters.columns,
    )
    columns = columns_for(request.user)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    listing = list_members(filters.qs, wanted, columns=columns, at=now)
    table = MemberTable(
        listing.rows,
        columns=columns,
        shows_contact=request.user.has_perm("members.view_member_contact"),
        sort=wanted.sort,
    )
    context = {"table": table, "listing": listing, "wanted": wanted, "filters": filters}
    return render_page(
        request,
        "members/member_list.html",
        context | page_links(request, listing.page) | {"query": _query(request)},
        fragment="rows",
    )


@require_safe
@staff_permission_required("members.view_member", "members.export_member")
def member_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The filtered list as a file."""
    if kind not in EXPORTS:
        raise Http404
    columns = columns_for(request.user)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    rows = all_listed(
        _filters(request).qs,
        cleaned_text(request.GET.get("q", "")),
        columns=columns,
        at=now,
    )
    shows_contact = request.user.has_perm("members.view_member_contact")
    header = [
        *(_("Number"), _("Name"), _("E-mail"), _("Phone"), _("Joined"), _("Closed")),
        *(str(each.label) for source in columns for each in source.columns),
    ]
    name = f"members-{timezone.localdate(now).isoformat()}"
    return export_response(kind, name, header, _cells(rows, columns, shows_contact))


def _filters(request: HttpRequest) -> MemberFilterSet:
    members = Member.objects.visible_to(request.user)
    return MemberFilterSet(
        request.GET, members, viewer=request.user, more=filters_for(request.user)
    )


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("cursor", None)
    return query.urlencode()


def _cells(
    rows: Iterator[Listed],
    columns: list[MemberColumns],
    shows_contact: bool,  # noqa: FBT001 -- the row's third part
) -> Iterator[Row]:
    slugs = [each.slug for source in columns for each in source.columns]
    for row in rows:
        member = row.member
        email, phone = contact_of(member, shows_contact=shows_contact)
        yield [
            *(member.number, member.full_name, email, phone),
            timezone.localtime(member.enrolled_at),
            timezone.localtime(member.closed_at) if member.closed_at else None,
            *(_cell(row.more.get(slug)) for slug in slugs),
        ]


def _cell(value: object) -> str | int | None:
    return value if isinstance(value, str | int | None) else str(value)
