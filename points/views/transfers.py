"""Points from one member to another: fill in, look at what moves, then do it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from members.models import Member
from points.filters import TransferFilterSet
from points.forms.transfers import TransferForm
from points.member_pages import account_of
from points.models import Programme, Transfer
from points.selectors.adjustment_limits import limit_of
from points.selectors.programme import current_programme, current_rulebook
from points.selectors.transfers import lots_of_transfer, plan_transfer
from points.services.transfers import points_transferred_by, transfer_points
from points.tables.transfers import TransferTable


@require_safe
@staff_permission_required("points.view_transfer")
def transfer_list(request: HttpRequest) -> HttpResponse:
    """Every transfer, the newest first."""
    filters = TransferFilterSet(request.GET, Transfer.objects.visible_to(request.user))
    page = keyset_page(
        filters.qs.select_related("sender__member", "receiver__member"),
        order_by="-at",
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "table": TransferTable(page.rows),
        "filters": filters,
        **page_links(request, page),
    }
    return render_page(request, "points/transfer_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "points.transfer_points")
def transfer_add(request: HttpRequest) -> HttpResponse:
    """Fill in, look at what it does, then do it."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = TransferForm(
        posted(request),
        at=now,
        members=Member.objects.visible_to(request.user).active(),
        initial={"sender": request.GET.get("sender", "")[:20]},
    )
    if form.is_valid() and "change" not in request.POST:
        if "confirmed" not in request.POST:
            context = _preview(request, form) | {"form": form}
            return render_page(request, "points/transfer_confirm.html", context)
        with form.domain_errors():
            transfer = transfer_points(
                gift=form.gift,
                key=f"staff:{form.cleaned_data['key'].value}",
                at=now,
                actor=staff_actor(request.user.get_username()),
                limit=limit_of(request.user),
            )
            messages.success(request, _("The points are transferred."))
            return redirect(transfer)
    return render_page(request, "points/transfer_form.html", {"form": form})


@require_safe
@staff_permission_required("points.view_transfer")
def transfer_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One transfer: from whom, to whom, which points."""
    transfers = Transfer.objects.visible_to(request.user)
    transfer = get_object_or_404(
        transfers.select_related("sender__member", "receiver__member"),
        public_id=public_id,
    )
    context = {
        "transfer": transfer,
        "sender": transfer.sender.member,
        "receiver": transfer.receiver.member,
        "lots": lots_of_transfer(transfer),
    }
    return render_page(request, "points/transfer_detail.html", context)


def _preview(request: HttpRequest, form: TransferForm) -> dict[str, Any]:
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    gift, rulebook, limit = form.gift, current_rulebook(), limit_of(request.user)
    plan = plan_transfer(
        sender_id=gift.sender.pk,
        receiver_id=gift.receiver.pk,
        points=gift.points,
        at=now,
    )
    moved = points_transferred_by(
        staff_actor(request.user.get_username()), at=now, zone=rulebook.zone
    )
    keeps_expiry = current_programme().transfer_expiry == Programme.TransferExpiry.KEPT
    tier = rulebook.tier_of(account_of(gift.receiver).tier_id)
    return {
        "gift": gift,
        "plan": plan,
        "sender_after": plan.sender_available - gift.points,
        "is_allowed": limit.allows(gift.points, so_far=moved),
        "limit": limit,
        "moved": moved,
        "keeps_expiry": keeps_expiry,
        "expires_at": rulebook.expires_at(now, tier),
    }
