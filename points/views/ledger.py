"""The ledger: every entry, and why it is there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from members.models import Member
from points.filters import EntryFilterSet, name_of_source
from points.models import Entry
from points.selectors.activity import context_of
from points.selectors.lot_states import lot_states
from points.selectors.programme import current_rulebook
from points.selectors.totals import totals_of
from points.selectors.traces import explain
from points.tables.ledger import EntryTable


@require_safe
@staff_permission_required("points.view_entry")
def entry_list(request: HttpRequest) -> HttpResponse:
    """Every entry, the newest first, and whether the books add up."""
    entries = Entry.objects.visible_to(request.user)
    filters = EntryFilterSet(request.GET, entries)
    page = keyset_page(
        filters.qs.select_related("account__member"),
        order_by="-pk",
        cursor=request.GET.get("cursor", ""),
    )
    member = _member(request)
    wants_totals = member is not None or "totals" in request.GET
    context = {
        "table": EntryTable(page.rows),
        "filters": filters,
        "member": member,
        "totals": totals_of(member.pk if member else None) if wants_totals else None,
        **page_links(request, page),
    }
    return render_page(request, "points/entry_list.html", context)


@require_safe
@staff_permission_required("points.view_entry")
def entry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: what it belongs to, which rules made it, which did not."""
    entries = Entry.objects.visible_to(request.user).select_related("account__member")
    entry = get_object_or_404(entries, pk=pk)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    context = {
        "entry": entry,
        "member": entry.account.member,
        "belongs": context_of(entry),
        "explanation": explain(entry.trace),
        "currency": current_rulebook().currency,
        "source": name_of_source(entry.source),
        "state": lot_states([entry.pk], at=now).get(entry.pk),
    }
    return render_page(request, "points/entry_detail.html", context)


def _member(request: HttpRequest) -> Member | None:
    number = request.GET.get("member", "").strip().upper()[:20].replace("\x00", "")
    if not number:
        return None
    return Member.objects.visible_to(request.user).filter(number=number).first()
