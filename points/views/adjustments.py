"""Points by hand: ask, look at it first, approve what others asked for."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from members.models import Member
from points.filters import AdjustmentFilterSet
from points.forms.adjustments import AdjustmentForm, DecisionForm, RefusalForm
from points.member_pages import account_of
from points.models import Adjustment, Entry
from points.selectors.adjustment_limits import limit_of
from points.selectors.balances import balance_of
from points.selectors.programme import current_rulebook
from points.services.adjustments import (
    approve_adjustment,
    ask_adjustment,
    points_moved_by,
    refuse_adjustment,
)
from points.tables.ledger import AdjustmentTable


@require_safe
@staff_permission_required("points.view_adjustment")
def adjustment_list(request: HttpRequest) -> HttpResponse:
    """Every adjustment, the newest first."""
    adjustments = Adjustment.objects.visible_to(request.user)
    filters = AdjustmentFilterSet(request.GET, adjustments)
    page = keyset_page(
        filters.qs.select_related("account__member"),
        order_by="-asked_at",
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "table": AdjustmentTable(page.rows),
        "filters": filters,
        **page_links(request, page),
    }
    return render_page(request, "points/adjustment_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "points.adjust_points")
def adjustment_add(request: HttpRequest) -> HttpResponse:
    """Fill in, look at what it does, then do it."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    members = Member.objects.visible_to(request.user).active()
    form = AdjustmentForm(
        posted(request),
        at=now,
        members=members,
        initial={"member": request.GET.get("member", "")},
    )
    if form.is_valid() and "change" not in request.POST:
        if "confirmed" not in request.POST:
            context = _preview(request, form) | {"form": form}
            return render_page(request, "points/adjustment_confirm.html", context)
        with form.domain_errors():
            adjustment = ask_adjustment(
                member=form.cleaned_data["member"],
                wish=form.wish,
                limit=limit_of(request.user),
                key=f"staff:{form.cleaned_data['key'].value}",
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            _say_what_was_done(request, adjustment)
            return redirect(adjustment)
    return render_page(request, "points/adjustment_form.html", {"form": form})


@require_safe
@staff_permission_required("points.view_adjustment")
def adjustment_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One adjustment, and what can be done with it."""
    return _detail(request, _adjustment(request, public_id))


@require_POST
@staff_permission_required("points.view_adjustment", "points.approve_adjustment")
def adjustment_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Post what a colleague asked for."""
    adjustment = _adjustment(request, public_id)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with form.domain_errors():
            approve_adjustment(
                adjustment=adjustment,
                note=form.cleaned_data["note"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The points are posted."))
            return redirect(adjustment)
    return _detail(request, adjustment, approval=form)


@require_POST
@staff_permission_required("points.view_adjustment")
def adjustment_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse it, or take one's own request back."""
    adjustment = _adjustment(request, public_id)
    get_object_or_404(_decidable(request), pk=adjustment.pk)
    form = RefusalForm(request.POST)
    if form.is_valid():
        with form.domain_errors():
            refuse_adjustment(
                adjustment=adjustment,
                note=form.cleaned_data["note"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("Nothing is posted."))
            return redirect(adjustment)
    return _detail(request, adjustment, refusal=form)


def _detail(
    request: HttpRequest,
    adjustment: Adjustment,
    *,
    approval: DecisionForm | None = None,
    refusal: RefusalForm | None = None,
) -> HttpResponse:
    is_own = adjustment.asked_by == str(staff_actor(request.user.get_username()))
    may_approve = request.user.has_perm("points.approve_adjustment")
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    balance = balance_of(member_id=adjustment.account_id, at=now, now=now)
    context = {
        "adjustment": adjustment,
        "member": adjustment.account.member,
        "available": balance.available,
        "after": balance.available + adjustment.points,
        "is_own": is_own,
        "may_approve": may_approve and not is_own,
        "may_refuse": may_approve or is_own,
        "approval": approval or DecisionForm(auto_id="approve_%s"),
        "refusal": refusal or RefusalForm(auto_id="refuse_%s"),
        "form": refusal or approval,
    }
    return render_page(request, "points/adjustment_detail.html", context)


def _preview(request: HttpRequest, form: AdjustmentForm) -> dict[str, Any]:
    member, wish = form.cleaned_data["member"], form.wish
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    available = balance_of(member_id=member.pk, at=now, now=now).available
    rulebook = current_rulebook()
    limit = limit_of(request.user)
    tier = rulebook.tier_of(account_of(member).tier_id)
    moved = points_moved_by(
        staff_actor(request.user.get_username()), at=now, zone=rulebook.zone
    )
    return {
        "member": member,
        "wish": wish,
        "taken": -wish.points,
        "reason": Entry.AdjustReason(wish.reason).label,
        "available": available,
        "after": available + wish.points,
        "expires_at": rulebook.expires_at(now, tier) if wish.points > 0 else None,
        "needs_approval": not limit.allows(abs(wish.points), so_far=moved),
        "limit": limit,
        "moved": moved,
    }


def _say_what_was_done(request: HttpRequest, adjustment: Adjustment) -> None:
    if adjustment.is_waiting:
        messages.info(request, _("Sent. A colleague has to approve it."))
    else:
        messages.success(request, _("The points are posted."))


def _decidable(request: HttpRequest) -> Any:  # noqa: ANN401 -- an AdjustmentQuerySet
    adjustments = Adjustment.objects.visible_to(request.user)
    if request.user.has_perm("points.approve_adjustment"):
        return adjustments
    return adjustments.filter(asked_by=str(staff_actor(request.user.get_username())))


def _adjustment(request: HttpRequest, public_id: UUID) -> Adjustment:
    adjustments = Adjustment.objects.visible_to(request.user)
    return get_object_or_404(
        adjustments.select_related("account__member", "entry"), public_id=public_id
    )
