"""What members get for bringing friends, and the member's own page about it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from members.models import Member
from points.forms.referrals import ReferralTermsForm
from points.money_words import money_words
from points.referral_codes import referral_code
from points.selectors.programme import current_rulebook
from points.selectors.referrals import brought_of, current_terms
from points.services.referrals import change_referral_terms
from points.views.desk import qr_of
from points.views.portal_access import MemberRequest, member_required, portal_context


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.change_programme")
def referral_terms_edit(request: HttpRequest) -> HttpResponse:
    """Both amounts, the purchase that counts, and the limit."""
    terms, currency = current_terms(), current_rulebook().currency
    form = ReferralTermsForm(posted(request), instance=terms, currency=currency)
    if form.is_valid():
        actor = staff_actor(request.user.get_username())
        change_referral_terms(terms=form.terms, actor=actor)
        messages.success(request, _("The settings are saved."))
        return redirect("points:referral-terms-edit")
    context = {
        "form": form,
        "changes": changes_of(terms, masks=money_words(currency), limit=20),
    }
    return render_page(request, "points/referral_terms_form.html", context)


@require_safe
@member_required
def portal_friends(request: MemberRequest) -> HttpResponse:
    """My code and link, what both get, and what it has brought so far."""
    context = portal_context(request, "home") | {
        "terms": current_terms(),
        "brought": brought_of(request.member),
        "link": _link_of(request.member),
        "currency": current_rulebook().currency,
    }
    return render_page(request, "portal/friends.html", context)


@require_safe
@member_required
def portal_link(request: MemberRequest) -> HttpResponse:
    """My link as a QR code, for a friend who stands beside me."""
    return qr_of(_link_of(request.member))


def _link_of(member: Member) -> str:
    path = reverse("points:join-form", args=[referral_code(member.pk)])
    return settings.SITE_URL.rstrip("/") + path
