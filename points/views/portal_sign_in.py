"""Members sign in with a code of six digits that is mailed to them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from kombu.exceptions import OperationalError

from loyalty_site.lib.addresses import client_address
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.forms.portal import CodeForm, SignInForm
from points.services.portal_codes import (
    CodeRequest,
    may_ask,
    may_mail,
    new_request,
    use_code,
)
from points.tasks import send_portal_code
from points.views.portal_access import SESSION_KEY, portal_context

ASKED = "portal_asked"
TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail; the answer is the same whether or not it is known."""
    form = SignInForm(posted(request))
    if form.is_valid():
        if not may_ask(address=client_address(request)):
            page = portal_context(request)
            return render_page(request, "portal/wait.html", page, status=TOO_MANY)
        if _ask(request, form.cleaned_data["email"]):
            return redirect("points:portal-code")
        form.add_error(None, _("Codes cannot be sent now. Try again in a minute."))
    context = portal_context(request) | {"form": form}
    return render_page(request, "portal/sign_in.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Take the code and sign the member in."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("points:portal-login")
    form = CodeForm(posted(request))
    if form.is_valid():
        member_id = use_code(CodeRequest(*asked), form.cleaned_data["code"])
        if member_id is not None:
            # A new session id: one that was planted before the sign-in is worth nothing.
            request.session.cycle_key()
            del request.session[ASKED]
            request.session[SESSION_KEY] = member_id
            return redirect("points:portal-home")
        form.add_error(
            "code",
            _(
                "This code does not work. Check it, or ask for a new one: a code lasts "
                "ten minutes and five tries."
            ),
        )
    context = portal_context(request) | {"form": form, "email": asked[0]}
    return render_page(request, "portal/code.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the member's sign-in on this device."""
    if request.session.pop(SESSION_KEY, None) is not None:
        request.session.cycle_key()
        messages.info(request, _("You are signed out."))
    return redirect("points:portal-login")


def _ask(request: HttpRequest, email: str) -> bool:
    """Have a code sent, unless there were too many; False when nothing can be sent."""
    asked = new_request(email)
    request.session[ASKED] = [asked.email, asked.nonce]
    if not may_mail(email=email):
        return True
    try:
        send_portal_code.delay(asked.email, asked.nonce)
    except OperationalError:
        return False
    return True
