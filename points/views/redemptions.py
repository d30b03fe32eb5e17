"""Redemptions: look a voucher up, hand over, take back."""

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
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from points.filters import RedemptionFilterSet
from points.forms.counter import ReasonForm
from points.models import Redemption
from points.selectors.catalogue import pool_of
from points.selectors.lotteries import ticket_of
from points.selectors.programme import current_rulebook
from points.services.redemptions import (
    GIVEN_BACK,
    fulfil_redemption,
    reverse_redemption,
)
from points.tables.ledger import RedemptionTable


@require_safe
@staff_permission_required("points.view_redemption")
def redemption_list(request: HttpRequest) -> HttpResponse:
    """Redemptions, the newest first; a code that is found opens its page."""
    redemptions = Redemption.objects.visible_to(request.user)
    filters = RedemptionFilterSet(request.GET, redemptions)
    page = keyset_page(
        filters.qs.select_related("reward", "account__member"),
        order_by="-at",
        cursor=request.GET.get("cursor", ""),
    )
    is_looked_up = filters.form.is_valid() and filters.form.cleaned_data["code"]
    if is_looked_up and len(page.rows) == 1:
        return redirect(page.rows[0])
    context = {
        "table": RedemptionTable(page.rows),
        "filters": filters,
        "is_looked_up": is_looked_up,
        "pool": pool_of(is_looked_up) if is_looked_up and not page.rows else None,
        **page_links(request, page),
    }
    return render_page(request, "points/redemption_list.html", context)


@require_safe
@staff_permission_required("points.view_redemption")
def redemption_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One redemption, and what can be done with it."""
    redemption = _redemption(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    state = redemption.state_at(now)
    context = {
        "redemption": redemption,
        "state": state,
        "is_late": redemption.is_late(now),
        "state_name": Redemption.State(state).label,
        "member": redemption.account.member,
        "currency": current_rulebook().currency,
        "ticket": ticket_of(redemption),
    }
    return render_page(request, "points/redemption_detail.html", context)


@require_POST
@staff_permission_required("points.view_redemption", "points.redeem_reward")
def redemption_fulfil(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note that the reward was handed over."""
    redemption = _redemption(request, public_id)
    try:
        fulfil_redemption(
            redemption=redemption,
            at=timezone.now(),  # noqa: TID251 -- a view reads the clock
            actor=staff_actor(request.user.get_username()),
        )
    except DomainError as refusal:
        messages.warning(request, str(refusal.sentence))
    else:
        messages.success(request, _("The reward is handed over."))
    return redirect(redemption)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_redemption", "points.change_redemption")
def redemption_reverse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then give the points and the piece back."""
    redemption = _redemption(request, public_id)
    form = ReasonForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            reverse_redemption(
                redemption=redemption,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The points are given back."))
            return redirect(redemption)
    context = {
        "redemption": redemption,
        "member": redemption.account.member,
        "form": form,
        "is_given_back": redemption.state in GIVEN_BACK,
    }
    return render_page(request, "points/redemption_reverse.html", context)


def _redemption(request: HttpRequest, public_id: UUID) -> Redemption:
    redemptions = Redemption.objects.visible_to(request.user)
    return get_object_or_404(
        redemptions.select_related("reward", "account__member", "entry"),
        public_id=public_id,
    )
