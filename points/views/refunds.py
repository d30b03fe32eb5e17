"""Refunds of a purchase: fill in, look at what it takes back, then do it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib import formats
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.forms.refunds import RefundForm
from points.models import Purchase, Refund
from points.selectors.balances import balance_of
from points.selectors.programme import current_programme, current_rulebook
from points.selectors.refunds import refunded_so_far, sold_lines
from points.services.refunds import plan_refund, refund_purchase


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_purchase", "points.refund_purchase")
def purchase_refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refund a purchase, in whole or in part."""
    purchase = _purchase(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    left_minor = purchase.amount_minor - refunded_so_far(purchase).amount_minor
    sold = sold_lines(purchase)
    context: dict[str, Any] = {
        "purchase": purchase,
        "member": purchase.member,
        "left_minor": left_minor,
        "currency": current_rulebook().currency,
    }
    form = RefundForm(
        posted(request),
        at=now,
        currency=context["currency"],
        left_minor=left_minor,
        lines=[
            (line, sold[line.position]) for line in purchase.lines.order_by("position")
        ],
    )
    context["form"] = form
    if form.is_valid() and "change" not in request.POST:
        with form.domain_errors():
            if "confirmed" not in request.POST:
                plan = plan_refund(purchase=purchase, wish=form.wish, at=now)
                balance = balance_of(member_id=purchase.member_id, at=now, now=now)
                context |= {
                    "plan": plan,
                    "available": balance.available,
                    "programme": current_programme(),
                }
                return render_page(request, "points/refund_confirm.html", context)
            refund, _is_new = refund_purchase(
                purchase=purchase,
                wish=form.wish,
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            _say_what_came_back(request, refund, context["currency"])
            return redirect(purchase)
    return render_page(request, "points/refund_form.html", context)


def _say_what_came_back(request: HttpRequest, refund: Refund, currency: str) -> None:
    sentence = ngettext(
        "%(amount)s refunded, %(points)s point taken back.",
        "%(amount)s refunded, %(points)s points taken back.",
        refund.collected,
    )
    values = {
        "amount": formats.money(refund.amount_minor, currency),
        "points": formats.number(refund.collected),
    }
    said = sentence % values
    if refund.owed:
        owed = ngettext(
            "The member owes %(points)s point.",
            "The member owes %(points)s points.",
            refund.owed,
        )
        said = formats.sentences(said, owed % {"points": formats.number(refund.owed)})
    if refund.returned:
        returned = ngettext(
            "%(points)s point that had paid came back.",
            "%(points)s points that had paid came back.",
            refund.returned,
        )
        count = formats.number(refund.returned)
        said = formats.sentences(said, returned % {"points": count})
    messages.success(request, said)


def _purchase(request: HttpRequest, public_id: UUID) -> Purchase:
    purchases = Purchase.objects.visible_to(request.user).select_related("member")
    return get_object_or_404(purchases, public_id=public_id)
