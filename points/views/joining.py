"""Somebody joins by the link of a member, and proves the e-mail with a code."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import public_page
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from members.errors import AlreadyEnrolled
from members.models import Member
from points.errors.referrals import FriendIsKnown, OwnReferralCode, ReferralRefused
from points.forms.joining import JoinForm
from points.forms.portal import CodeForm
from points.selectors.programme import current_rulebook
from points.selectors.referrals import current_terms
from points.services.joining import Newcomer, check_link, join
from points.services.portal_codes import CodeRequest, use_code
from points.tasks import send_joining_code
from points.views.portal_access import let_in, portal_context
from points.views.portal_sign_in import CODE_FAILED, ask_for_code, asked_too_often

JOINING = "portal_joining"
NO_SUCH_LINK = gettext_lazy(
    "The link is mistyped, or members cannot bring friends at the moment."
)
REASONS: dict[type[DomainError], str | Promise] = {
    AlreadyEnrolled: gettext_lazy("You are a member already."),
    FriendIsKnown: gettext_lazy(
        "You have been a member before, so nobody can bring you. Ask at the counter."
    ),
    OwnReferralCode: gettext_lazy("This is your own link."),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def join_form(request: HttpRequest, code: str) -> HttpResponse:
    """Ask who it is; the answer is the same for those who are members already."""
    try:
        check_link(code)
    except ReferralRefused:
        return _refused(request, NO_SUCH_LINK, status=404)
    form = JoinForm(posted(request))
    if form.is_valid():
        if page := asked_too_often(request):
            return page
        language = _language()
        asked = ask_for_code(send_joining_code, form.cleaned_data["email"], language)
        if asked:
            request.session[JOINING] = {
                "nonce": asked.nonce,
                "newcomer": {
                    "email": asked.email,
                    "full_name": form.cleaned_data["full_name"],
                    "consents": form.cleaned_data["purposes"],
                    "language": language,
                },
            }
            return redirect("points:join-code", code)
        form.add_error(None, _("Codes cannot be sent now. Try again in a minute."))
    context = portal_context(request) | {
        "form": form,
        "terms": current_terms(),
        "currency": current_rulebook().currency,
    }
    return render_page(request, "portal/join.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def join_code(request: HttpRequest, code: str) -> HttpResponse:
    """Take the code that was mailed, and make the person a member."""
    joining = request.session.get(JOINING)
    if not joining:
        return redirect("points:join-form", code)
    form = CodeForm(posted(request))
    if form.is_valid():
        newcomer = Newcomer(**joining["newcomer"], code=code)
        asked = CodeRequest(newcomer.email, joining["nonce"])
        holder = use_code(asked, form.cleaned_data["code"])
        if holder is not None:
            del request.session[JOINING]
            if holder.member_id is not None:
                messages.info(request, _("You are a member already."))
                return let_in(request, holder.member_id)
            return _joined(request, newcomer)
        form.add_error("code", CODE_FAILED)
    context = portal_context(request) | {
        "form": form,
        "email": joining["newcomer"]["email"],
        "code": code,
    }
    return render_page(request, "portal/join_code.html", context)


def _joined(request: HttpRequest, newcomer: Newcomer) -> HttpResponse:
    at = timezone.now()  # noqa: TID251 -- a view reads the clock
    try:
        member = join(newcomer=newcomer, at=at)
    except (AlreadyEnrolled, ReferralRefused) as refusal:
        reason = REASONS.get(type(refusal), NO_SUCH_LINK)
        return _refused(request, reason, status=refusal.status)
    messages.success(request, _("Welcome. You are a member now."))
    return let_in(request, member.pk)


def _refused(
    request: HttpRequest, reason: str | Promise, *, status: int
) -> HttpResponse:
    context = portal_context(request) | {"reason": reason}
    return render_page(request, "portal/join_refused.html", context, status=status)


def _language() -> str:
    """Return the language of the page, as far as members are written to in it."""
    language = translation.get_language() or ""
    known = {each.value for each in Member.Language}
    return language if language in known else Member.Language.EN.value
