"""Members sign in with a code of six digits that is mailed to them."""

from celery import Task
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from kombu.exceptions import OperationalError

from loyalty_site.accounts.access import public_page
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
from points.views.portal_access import SESSION_KEY, let_in, portal_context

ASKED = "portal_asked"
TOO_MANY = 429
CODE_FAILED = gettext_lazy(
    "This code does not work. Check it, or ask for a new one: a code lasts "
    "ten minutes and five tries."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail; the answer is the same whether or not it is known."""
    form = SignInForm(posted(request))
    if form.is_valid():
        if page := asked_too_often(request):
            return page
        if asked := ask_for_code(send_portal_code, form.cleaned_data["email"]):
            request.session[ASKED] = [asked.email, asked.nonce]
            return redirect("points:portal-code")
        form.add_error(None, _("Codes cannot be sent now. Try again in a minute."))
    context = portal_context(request) | {"form": form}
    return render_page(request, "portal/sign_in.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def enter_code(request: HttpRequest) -> HttpResponse:
    """Take the code and sign the member in."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("points:portal-login")
    form = CodeForm(posted(request))
    if form.is_valid():
        holder = use_code(CodeRequest(*asked), form.cleaned_data["code"])
        if holder is not None and holder.member_id is not None:
            del request.session[ASKED]
            return let_in(request, holder.member_id)
        form.add_error("code", CODE_FAILED)
    context = portal_context(request) | {"form": form, "email": asked[0]}
    return render_page(request, "portal/code.html", context)


@require_POST
@public_page
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the member's sign-in on this device."""
    if request.session.pop(SESSION_KEY, None) is not None:
        request.session.cycle_key()
        messages.info(request, _("You are signed out."))
    return redirect("points:portal-login")


def asked_too_often(request: HttpRequest) -> HttpResponse | None:
    """Count a request for a code; return the page that says to wait, if need be."""
    if may_ask(address=client_address(request)):
        return None
    context = portal_context(request)
    return render_page(request, "portal/wait.html", context, status=TOO_MANY)


def ask_for_code(task: Task[..., None], email: str, *more: str) -> CodeRequest | None:
    """Have a code sent, unless there were too many; None when nothing can be sent."""
    asked = new_request(email)
    if not may_mail(email=email):
        return asked
    try:
        task.delay(asked.email, asked.nonce, *more)
    except OperationalError:
        return None
    return asked
