"""The members' own pages: points, rewards, vouchers, history, profile."""

from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.lib.actors import member_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from members.selectors.consents import agreements_of
from members.services import change_member, set_consents
from points.forms.counter import RedeemForm
from points.forms.portal import OwnConsentForm, OwnProfileForm
from points.member_pages import account_of
from points.models import Hold, Redemption
from points.selectors.catalogue import offer_of, offers_for
from points.selectors.households import means_of
from points.selectors.lotteries import ticket_of
from points.selectors.portal import asked_by, history_of, voucher_of, vouchers_of
from points.selectors.referrals import current_terms
from points.selectors.tier_progress import progress_of
from points.services.asking import redeem_or_ask
from points.views.desk import qr_of
from points.views.portal_access import MemberRequest, member_required, portal_context

SHOWN_OFFERS = 3


@require_safe
@member_required
def home(request: MemberRequest) -> HttpResponse:
    """My points: what I have, what expires, how far the next tier is."""
    now = _now()
    means = means_of(member_id=request.member.pk, at=now)
    account = account_of(request.member)
    offers = offers_for(account=account, available=means.available, at=now)
    context = portal_context(request, "home") | {
        "balance": means.own,
        "means": means,
        "progress": progress_of(account, at=now),
        "offers": [each for each in offers if each.is_reachable][:SHOWN_OFFERS],
        "nearest": next((each for each in offers if each.is_only_short), None),
        "brings_friends": current_terms().is_active,
    }
    return render_page(request, "portal/home.html", context)


@require_safe
@member_required
def card(request: MemberRequest) -> HttpResponse:
    """The member's number as a QR code, for the till."""
    return qr_of(request.member.number)


@require_safe
@member_required
def history(request: MemberRequest) -> HttpResponse:
    """Every change of my points, month by month, with why."""
    context = portal_context(request, "history")
    context["history"] = history_of(
        request.member,
        _month(request.GET.get("month", "")),
        at=_now(),
        zone=context["programme"].zone,
    )
    return render_page(request, "portal/history.html", context)


@require_safe
@member_required
def rewards(request: MemberRequest) -> HttpResponse:
    """What my points buy."""
    now = _now()
    means = means_of(member_id=request.member.pk, at=now)
    context = portal_context(request, "rewards") | {
        "means": means,
        "offers": offers_for(
            account=account_of(request.member), available=means.available, at=now
        ),
    }
    return render_page(request, "portal/rewards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def reward(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Ask, then redeem."""
    now = _now()
    member = request.member
    form = RedeemForm(posted(request), at=now)
    means = means_of(member_id=member.pk, at=now)
    offer = offer_of(
        public_id, account=account_of(member), available=means.available, at=now
    )
    if offer is None or not offer.reward.is_active:
        raise Http404
    if form.is_valid():
        with form.domain_errors():
            redemption = redeem_or_ask(
                member=member,
                reward=offer.reward,
                key=form.cleaned_data["key"].value,
                at=now,
                actor=member_actor(member.number),
            )
            if isinstance(redemption, Hold):
                messages.info(
                    request, _("Your points are set aside. We tell you here.")
                )
                return redirect("points:portal-vouchers")
            messages.success(request, _("Here is your voucher."))
            return redirect("points:portal-voucher", redemption.public_id)
    context = portal_context(request, "rewards") | {
        "offer": offer,
        "means": means,
        "after": means.available - offer.cost_points,
        "form": form,
    }
    return render_page(request, "portal/reward.html", context)


@require_safe
@member_required
def vouchers(request: MemberRequest) -> HttpResponse:
    """What I redeemed."""
    context = portal_context(request, "vouchers")
    context["vouchers"] = vouchers_of(request.member, at=_now())
    context["asked"] = asked_by(request.member, at=_now())
    return render_page(request, "portal/vouchers.html", context)


@require_safe
@member_required
def voucher(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One voucher with its code, to be shown at the till."""
    context = portal_context(request, "vouchers")
    own = _own_voucher(request, public_id)
    context |= {"voucher": own, "state": own.state_at(_now())}
    context["ticket"] = ticket_of(own)
    return render_page(request, "portal/voucher.html", context)


@require_safe
@member_required
def voucher_code(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The voucher's code as a QR code."""
    return qr_of(_own_voucher(request, public_id).code)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def profile(request: MemberRequest) -> HttpResponse:
    """My name, birthday and language."""
    member = request.member
    form = OwnProfileForm(posted(request), instance=member, at=_now())
    if form.is_valid():
        with form.domain_errors():
            actor = member_actor(member.number)
            change_member(
                member=member,
                profile=form.profile_of(member),
                at=_now(),
                actor=actor,
            )
            messages.success(request, _("Your profile is saved."))
            return redirect("points:portal-profile")
    context = portal_context(request, "profile") | {"form": form}
    return render_page(request, "portal/profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def consent(request: MemberRequest) -> HttpResponse:
    """Which mails I want."""
    agreements = agreements_of(request.member)
    granted = [each.purpose for each in agreements if each.is_granted]
    form = OwnConsentForm(posted(request), initial={"purposes": granted})
    if form.is_valid():
        set_consents(
            member=request.member,
            granted=form.cleaned_data["purposes"],
            at=_now(),
            source="portal",
        )
        messages.success(request, _("Your choice is saved."))
        return redirect("points:portal-consent")
    context = portal_context(request, "profile")
    context |= {"form": form, "agreements": agreements}
    return render_page(request, "portal/consent.html", context)


def _own_voucher(request: MemberRequest, public_id: UUID) -> Redemption:
    found = voucher_of(request.member, public_id)
    if found is None:
        raise Http404
    return found


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- a view reads the clock
