"""The counter: find a customer, give points for an amount, redeem."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib import formats
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import fenced
from members.models import Member
from members.selectors.search import cleaned_text, exact_matches, matching
from points.filters import with_code
from points.forms.counter import GiveForm, RedeemForm
from points.member_pages import account_of
from points.models import Redemption
from points.selectors.activity import purchases_of
from points.selectors.balances import balance_of
from points.selectors.catalogue import offer_of, offers_for
from points.selectors.programme import current_rulebook
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.services.purchase_types import NewPurchase, PostedPurchase
from points.services.purchases import post_purchase
from points.services.redemptions import redeem_reward

SOURCE = "counter"
MOST_FOUND = 20
RECENT = 5
SERVE = ("members.view_member", "points.add_purchase")


@require_safe
@staff_permission_required(*SERVE)
def counter(request: HttpRequest) -> HttpResponse:
    """One field that finds a customer by anything, or a voucher by its code."""
    text = cleaned_text(request.GET.get("q", ""))
    members = Member.objects.visible_to(request.user).active()
    found = exact_matches(members, text)
    if len(found) == 1:
        return redirect("points:counter-member", found[0].number)
    if voucher := _voucher(request, text):
        return redirect(voucher)
    if text:
        known = [each.pk for each in found]
        rest = fenced(matching(members, text).exclude(pk__in=known))
        found += rest.order_by("full_name", "pk")[: MOST_FOUND + 1]
    context = {
        "text": text,
        "found": found[:MOST_FOUND],
        "has_more": len(found) > MOST_FOUND,
        "enrol_url": _enrol_url(text),
    }
    return render_page(request, "points/counter.html", context, fragment="results")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*SERVE)
def counter_member(request: HttpRequest, number: str) -> HttpResponse:
    """The customer's card; give points for an amount, pick a reward."""
    member = _customer(request, number)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    currency = current_rulebook().currency
    initial = {"amount": request.GET.get("amount", ""), "store": _store(request)}
    form = GiveForm(posted(request), at=now, currency=currency, initial=initial)
    if form.is_valid():
        with form.domain_errors():
            answer = _post(request, member, form, now)
            _say_what_was_given(request, answer, form.cleaned_data["amount"], currency)
            request.session["store"] = form.cleaned_data["store"]
            return redirect("points:counter-member", member.number)
    context = _card(request, member, now) | {"form": form, "currency": currency}
    return render_page(request, "points/counter_member.html", context)


@require_safe
@staff_permission_required(*SERVE)
def counter_quote(request: HttpRequest, number: str) -> HttpResponse:
    """What an amount would earn, and why; nothing is written."""
    member = _customer(request, number)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    currency = current_rulebook().currency
    # The quote needs no key: it posts nothing.
    data = {
        "amount": request.GET.get("amount", ""),
        "store": request.GET.get("store", ""),
    }
    form = GiveForm(data, at=now, currency=currency)
    form.fields.pop("key")
    context: dict[str, Any] = {"member": member, "currency": currency, "asked": data}
    if form.is_valid():
        quote = quote_purchase(purchase=_purchase(member, form, "quote", now), at=now)
        context |= {
            "quote": quote,
            "explanation": explain(quote.trace),
            "amount_minor": form.cleaned_data["amount"],
        }
    else:
        context["problem"] = (
            form.errors.get("amount", [""])[0] if data["amount"] else ""
        )
    return render_page(request, "points/counter_quote.html", context, fragment="quote")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "points.redeem_reward")
def counter_redeem(request: HttpRequest, number: str, reward_id: UUID) -> HttpResponse:
    """Ask, then redeem one piece of a reward."""
    member = _customer(request, number)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    balance = balance_of(member_id=member.pk, at=now, now=now)
    offer = offer_of(
        reward_id, account=account_of(member), available=balance.available, at=now
    )
    if offer is None:
        raise Http404
    form = RedeemForm(posted(request), at=now)
    if form.is_valid():
        with form.domain_errors():
            redemption = redeem_reward(
                member=member,
                reward=offer.reward,
                key=form.cleaned_data["key"].value,
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(
                request,
                _("%(reward)s is redeemed for %(name)s.")
                % {"reward": offer.reward.local_name, "name": member.display_name},
            )
            return redirect(redemption)
    context = {
        "member": member,
        "form": form,
        "balance": balance,
        "offer": offer,
        "after": balance.available - offer.cost_points,
        "currency": current_rulebook().currency,
    }
    return render_page(request, "points/counter_redeem.html", context)


def _customer(request: HttpRequest, number: str) -> Member:
    members = Member.objects.visible_to(request.user).active()
    return get_object_or_404(members, number=number.upper())


def _voucher(request: HttpRequest, text: str) -> Redemption | None:
    redemptions = Redemption.objects.visible_to(request.user)
    return with_code(redemptions, text).first() if text else None


def _card(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    balance = balance_of(member_id=member.pk, at=at, now=at)
    account = account_of(member)
    return {
        "member": member,
        "account": account,
        "balance": balance,
        "offers": offers_for(account=account, available=balance.available, at=at),
        "recent": purchases_of(member.pk, limit=RECENT),
        "shows_contact": request.user.has_perm("members.view_member_contact"),
    }


def _post(
    request: HttpRequest, member: Member, form: GiveForm, at: datetime
) -> PostedPurchase:
    key = form.cleaned_data["key"]
    return post_purchase(
        # Dated when the page was shown, so that the same page sent twice is the same.
        purchase=_purchase(member, form, key.value, key.issued_at),
        at=at,
        actor=staff_actor(request.user.get_username()),
    )


def _purchase(
    member: Member, form: GiveForm, source_id: str, at: datetime
) -> NewPurchase:
    return NewPurchase(
        member_id=member.pk,
        source=SOURCE,
        source_id=source_id,
        amount_minor=form.cleaned_data["amount"],
        occurred_at=at,
        store=form.cleaned_data["store"],
        channel="store",
    )


def _say_what_was_given(
    request: HttpRequest, answer: PostedPurchase, amount_minor: int, currency: str
) -> None:
    values = {
        "points": formats.number(answer.points),
        "amount": formats.money(amount_minor, currency),
    }
    if answer.is_new:
        sentence = ngettext(
            "%(points)s point given for %(amount)s.",
            "%(points)s points given for %(amount)s.",
            answer.points,
        )
        messages.success(request, sentence % values)
    else:
        sentence = _("This purchase of %(amount)s was posted already, only once.")
        messages.info(request, sentence % values)


def _store(request: HttpRequest) -> str:
    return request.GET.get("store", "") or str(request.session.get("store", ""))


def _enrol_url(text: str) -> str:
    """Return the enrolment form, filled with what was looked for."""
    digits = sum(character.isdigit() for character in text)
    if "@" in text:
        name = "email"
    elif digits > len(text) // 2:
        name = "phone" if len(text) <= len("+86 138 0013 8000") else "card"
    else:
        name = "full_name"
    target = reverse("points:counter-member", args=["NUMBER"])
    following = target.replace("NUMBER", "{number}")
    query = urlencode({name: text, "next": following})
    return f"{reverse('members:member-add')}?{query}"
