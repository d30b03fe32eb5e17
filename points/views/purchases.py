"""Purchases as tills and shops reported them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from points.filters import PurchaseFilterSet
from points.models import Purchase
from points.selectors.activity import (
    entries_of_purchase,
    listed_with_points,
    with_points,
)
from points.selectors.lot_states import lot_states
from points.selectors.programme import current_rulebook
from points.selectors.refunds import refunded_so_far
from points.selectors.traces import explain
from points.services.confirmations import confirm_purchase
from points.tables.ledger import PurchaseTable


@require_safe
@staff_permission_required("points.view_purchase")
def purchase_list(request: HttpRequest) -> HttpResponse:
    """Purchases, the newest first."""
    purchases = Purchase.objects.visible_to(request.user)
    filters = PurchaseFilterSet(request.GET, purchases)
    page = keyset_page(
        with_points(filters.qs.select_related("member")),
        order_by="-occurred_at",
        cursor=request.GET.get("cursor", ""),
    )
    currency = current_rulebook().currency
    context = {
        "table": PurchaseTable(listed_with_points(page.rows), currency=currency),
        "filters": filters,
        **page_links(request, page),
    }
    return render_page(request, "points/purchase_list.html", context)


@require_safe
@staff_permission_required("points.view_purchase")
def purchase_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One purchase: lines, explanation, entries, refunds."""
    purchases = Purchase.objects.visible_to(request.user)
    purchase = get_object_or_404(
        purchases.select_related("member"), public_id=public_id
    )
    entries = entries_of_purchase(purchase)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    states = lot_states([each.pk for each in entries[:1]], at=now)
    context = {
        "purchase": purchase,
        "member": purchase.member,
        "lines": purchase.lines.order_by("position"),
        "entries": entries,
        "refunds": purchase.refunds.select_related("entry"),
        "so_far": refunded_so_far(purchase),
        "explanation": explain(entries[0].trace) if entries else None,
        "currency": current_rulebook().currency,
        "state": states.get(entries[0].pk) if entries else None,
    }
    return render_page(request, "points/purchase_detail.html", context)


@require_POST
@staff_permission_required("points.view_purchase", "points.add_purchase")
def purchase_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the points of the purchase begin to count."""
    purchases = Purchase.objects.visible_to(request.user)
    purchase = get_object_or_404(purchases, public_id=public_id)
    try:
        confirm_purchase(
            purchase=purchase,
            at=timezone.now(),  # noqa: TID251 -- a view reads the clock
            actor=staff_actor(request.user.get_username()),
        )
    except DomainError as refusal:
        messages.warning(request, str(refusal.sentence))
    else:
        messages.success(request, _("The purchase is confirmed."))
    return redirect(purchase)
