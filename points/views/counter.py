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
from loyalty_site.lib.forms import new_form_key, posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import fenced
from members.models import Member
from members.selectors.search import cleaned_text, exact_matches, matching
from points.filters import with_code
from points.forms.counter import GiveForm, RedeemForm, UndoForm
from points.models import Hold, Redemption
from points.selectors.activity import purchases_of
from points.selectors.catalogue import offer_of, offers_for
from points.selectors.households import means_of, spendable_by
from points.selectors.paying import offer_to_pay, points_pay
from points.selectors.programme import current_rulebook
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.selectors.undoing import last_done
from points.services.asking import redeem_or_ask
from points.services.paid_purchases import post_paid_purchase
from points.services.purchase_types import PostedPurchase
from points.services.purchases import post_purchase
from points.services.undoing import undo_last

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
    """The customer's card; give points for an amount, pay with points, pick a reward."""
    member = _customer(request, number)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    currency = current_rulebook().currency
    initial = {"amount": request.GET.get("amount", ""), "store": _store(request)}
    form = GiveForm(
        posted(request),
        at=now,
        currency=currency,
        points_pay=points_pay(),
        initial=initial,
    )
    if form.is_valid():
        with form.domain_errors():
            answer = _post(request, member, form, now)
            _say_what_was_given(request, answer, form, currency)
            request.session["store"] = form.cleaned_data["store"]
            return redirect("points:counter-member", member.number)
    context = _card(request, member, now) | {"form": form, "currency": currency}
    return render_page(request, "points/counter_member.html", context)


@require_safe
@staff_permission_required(*SERVE)
def counter_quote(request: HttpRequest, number: str) -> HttpResponse:
    """What an amount would earn and what points would pay of it; nothing is written."""
    member = _customer(request, number)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    currency = current_rulebook().currency
    names = ("amount", "store", "most_points")
    data = {name: request.GET.get(name, "") for name in names}
    # The key is for the page that posts, not for the quote itself.
    asked = data | {"key": new_form_key(now)}
    form = GiveForm(asked, at=now, currency=currency, points_pay=points_pay())
    context: dict[str, Any] = {"member": member, "currency": currency, "asked": asked}
    if form.is_valid():
        context |= _quoted(member, form, now)
    elif data["amount"]:
        context["problem"] = " ".join(
            str(error) for errors in form.errors.values() for error in errors
        )
    return render_page(request, "points/counter_quote.html", context, fragment="quote")


def _quoted(member: Member, form: GiveForm, at: datetime) -> dict[str, Any]:
    """Return what the purchase earns, and what of it points can pay."""
    purchase = form.purchase_of(member.pk, source_id="quote", at=at)
    quote = quote_purchase(purchase=purchase, at=at)
    context: dict[str, Any] = {
        "quote": quote,
        "explanation": explain(quote.trace),
        "amount_minor": purchase.amount_minor,
    }
    paid = offer_to_pay(
        purchase_minor=purchase.amount_minor,
        available=spendable_by(member.pk, at=at),
        most_points=form.cleaned_data.get("most_points"),
    )
    if paid is not None:
        less = purchase._replace(points_paid_minor=paid.amount_minor)
        context |= {
            "paid": paid,
            "left_minor": purchase.amount_minor - paid.amount_minor,
            "earned": quote_purchase(purchase=less, at=at).points,
        }
    return context


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "points.redeem_reward")
def counter_redeem(request: HttpRequest, number: str, reward_id: UUID) -> HttpResponse:
    """Ask, then redeem one piece of a reward."""
    member = _customer(request, number)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    means = means_of(member_id=member.pk, at=now)
    offer = offer_of(
        reward_id, account=member.account, available=means.available, at=now
    )
    if offer is None:
        raise Http404
    form = RedeemForm(posted(request), at=now)
    if form.is_valid():
        with form.domain_errors():
            redemption = redeem_or_ask(
                member=member,
                reward=offer.reward,
                key=form.cleaned_data["key"].value,
                at=now,
                actor=staff_actor(request.user.get_username()),
                store=str(request.session.get("store", "")),
            )
            if isinstance(redemption, Hold):
                messages.info(request, _("The points are set aside until approval."))
                return redirect(redemption)
            messages.success(
                request,
                _("%(reward)s is redeemed for %(name)s.")
                % {"reward": offer.reward.local_name, "name": member.display_name},
            )
            return redirect(redemption)
    context = {
        "member": member,
        "form": form,
        "means": means,
        "offer": offer,
        "after": means.available - offer.cost_points,
        "currency": current_rulebook().currency,
    }
    return render_page(request, "points/counter_redeem.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*SERVE)
def counter_undo(request: HttpRequest, number: str, public_id: UUID) -> HttpResponse:
    """Ask, then take back what this person did last for the customer."""
    member = _customer(request, number)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    actor = staff_actor(request.user.get_username())
    last = last_done(member_id=member.pk, at=now, actor=actor)
    form = UndoForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            undo_last(member=member, public_id=public_id, at=now, actor=actor)
            messages.success(request, _("It is undone."))
            return redirect("points:counter-member", member.number)
    context = {
        "member": member,
        "form": form,
        "last": last if last and last.public_id == public_id else None,
        "currency": current_rulebook().currency,
    }
    return render_page(request, "points/counter_undo.html", context)


def _customer(request: HttpRequest, number: str) -> Member:
    members = Member.objects.visible_to(request.user)
    asked = get_object_or_404(members, number=number.upper())
    stayed = asked.merged_into or asked
    served = members.active().select_related("account__tier")
    return get_object_or_404(served, pk=stayed.pk)


def _voucher(request: HttpRequest, text: str) -> Redemption | None:
    redemptions = Redemption.objects.visible_to(request.user)
    return with_code(redemptions, text).first() if text else None


def _card(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    means = means_of(member_id=member.pk, at=at)
    account = member.account
    return {
        "member": member,
        "account": account,
        "balance": means.own,
        "means": means,
        "offers": offers_for(account=account, available=means.available, at=at),
        "recent": purchases_of(member.pk, limit=RECENT),
        "last": last_done(
            member_id=member.pk,
            at=at,
            actor=staff_actor(request.user.get_username()),
        ),
        "shows_contact": request.user.has_perm("members.view_member_contact"),
    }


def _post(
    request: HttpRequest, member: Member, form: GiveForm, at: datetime
) -> PostedPurchase:
    key = form.cleaned_data["key"]
    actor = staff_actor(request.user.get_username())
    # Dated when the page was shown, so that the same page sent twice is the same.
    purchase = form.purchase_of(member.pk, source_id=key.value, at=key.issued_at)
    if paid := form.cleaned_data["agreed"]:
        return post_paid_purchase(
            member=member, purchase=purchase, paid=paid, at=at, actor=actor
        )
    return post_purchase(purchase=purchase, at=at, actor=actor)


def _say_what_was_given(
    request: HttpRequest, answer: PostedPurchase, form: GiveForm, currency: str
) -> None:
    values = {
        "points": formats.number(answer.points),
        "amount": formats.money(form.cleaned_data["amount"], currency),
    }
    if not answer.is_new:
        sentence = _("This purchase of %(amount)s was posted already, only once.")
        messages.info(request, sentence % values)
        return
    sentence = ngettext(
        "%(points)s point given for %(amount)s.",
        "%(points)s points given for %(amount)s.",
        answer.points,
    )
    said = sentence % values
    if paid := form.cleaned_data["agreed"]:
        sentence = ngettext(
            "%(points)s point took %(off)s off: %(left)s is left to pay.",
            "%(points)s points took %(off)s off: %(left)s is left to pay.",
            paid.points,
        )
        left_minor = form.cleaned_data["amount"] - paid.amount_minor
        values = {
            "points": formats.number(paid.points),
            "off": formats.money(paid.amount_minor, currency),
            "left": formats.money(left_minor, currency),
        }
        said = formats.sentences(sentence % values, said)
    messages.success(request, said)


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
