"""The fulfilment desk: what waits to be handed over, and the voucher on paper."""

from io import BytesIO
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from points.filters import with_code
from points.forms.desk import DeskFilter
from points.models import Hold, Redemption
from points.selectors.programme import current_rulebook
from points.tables.desk import ApprovalTable, DeskTable


@require_safe
@staff_permission_required("points.view_redemption")
def desk(request: HttpRequest) -> HttpResponse:
    """What waits to be handed over, the oldest first; a scanned code opens its page."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    redemptions = Redemption.objects.visible_to(request.user)
    code = request.GET.get("code", "").strip()[:40]
    scanned = with_code(redemptions, code).first() if code else None
    if scanned is not None:
        return redirect(scanned)
    filters = DeskFilter(request.GET)
    waiting = filters.narrowed(redemptions.to_hand_over(now), now)
    page = keyset_page(
        waiting.select_related("reward", "account__member"),
        order_by="at",
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "table": DeskTable(page.rows, at=now),
        "filters": filters,
        "code": code,
        **page_links(request, page),
    }
    return render_page(request, "points/desk.html", context)


@require_safe
@staff_permission_required("points.view_redemption")
def approval_list(request: HttpRequest) -> HttpResponse:
    """Rewards that wait for a second person, the oldest first."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    holds = Hold.objects.visible_to(request.user).to_approve(now)
    page = keyset_page(
        holds.select_related("reward", "account__member"),
        order_by="placed_at",
        cursor=request.GET.get("cursor", ""),
    )
    context = {"table": ApprovalTable(page.rows), **page_links(request, page)}
    return render_page(request, "points/approval_list.html", context)


@require_safe
@staff_permission_required("points.view_redemption")
def redemption_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The voucher, to be printed or sent."""
    redemption = _redemption(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    context = {
        "redemption": redemption,
        "member": redemption.account.member,
        "state": redemption.state_at(now),
        "currency": current_rulebook().currency,
    }
    return render_page(request, "points/redemption_print.html", context)


@require_safe
@staff_permission_required("points.view_redemption")
def redemption_qr(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The voucher's code as a QR code."""
    return qr_of(_redemption(request, public_id).code)


def qr_of(text: str) -> HttpResponse:
    """Return the text as a drawing of its QR code."""
    drawing = BytesIO()
    segno.make_qr(text, error="m").save(
        drawing, kind="svg", border=2, omitsize=True, xmldecl=False, light="#fff"
    )
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")


def _redemption(request: HttpRequest, public_id: UUID) -> Redemption:
    redemptions = Redemption.objects.visible_to(request.user)
    return get_object_or_404(
        redemptions.select_related("reward", "account__member"), public_id=public_id
    )
