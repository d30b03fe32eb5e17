"""What all pages behind a personal link share: headers, language, the closed page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import pghistory
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import public_page
from loyalty_site.lib.addresses import client_address
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.formats import language
from points.selectors.programme import current_programme
from surveys.errors import AnswersFinal, LinkUnknown
from surveys.limits import too_many_wrong_links
from surveys.questions.base import LANGUAGES

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
LANGUAGE_MARKS = {"en": "EN", "zh-hans": "简", "zh-hant": "繁"}
LANGUAGE_NAMES = {"en": "English", "zh-hans": "简体中文", "zh-hant": "繁體中文"}


def personal_page(view: View[P]) -> View[P]:
    """Wrap a view whose address is the permission.

    The token in the address is what a forged request could not know, so there is no
    CSRF check: with `Referrer-Policy: no-referrer` browsers send `Origin: null`, which
    the check refuses, and one-click unsubscribing comes without cookies (RFC 8058).
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        # The history keeps the address of each change; this one must stay secret.
        pghistory.context(url="", user=None)
        with translation.override(_asked(request) or language()):
            try:
                response = view(request, *args, **kwargs)
            except DomainError as refusal:
                response = closed_page(request, refusal)
            for name, value in HEADERS.items():
                response[name] = value
            response["Content-Language"] = get_language() or "en"
            return response

    return public_page(wrapped)


def speak(request: HttpRequest, usual: str) -> str:
    """Use the language of the address or the form, else the usual one; return it."""
    chosen = _asked(request) or usual
    translation.activate(chosen)
    return chosen


def asked_language(request: HttpRequest) -> str:
    """Return `?lang=...` for links, empty where the member did not switch."""
    asked = _asked(request)
    return f"?lang={asked}" if asked else ""


def _asked(request: HttpRequest) -> str:
    asked = request.POST.get("lang") or request.GET.get("lang") or ""
    return asked if asked in LANGUAGES else ""


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page for a member who is not signed in.

    Messages are switched off: reading those of a signed-in member of staff would write
    to their session.
    """
    shared = {
        "messages": (),
        "programme_name": current_programme().name,
        "language_links": [
            (code, LANGUAGE_MARKS[code], LANGUAGE_NAMES[code]) for code in LANGUAGES
        ],
        "page_language": language(),
    }
    return render(request, template, shared | context, status=status)


def closed_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Answer a link that leads nowhere: one page for unknown, expired and used ones."""
    context: dict[str, Any] = {"sentence": refusal.sentence}
    if isinstance(refusal, AnswersFinal):
        context["completed_at"] = refusal.completed_at
    if isinstance(refusal, LinkUnknown) and too_many_wrong_links(
        client_address(request)
    ):
        context = {"is_busy": True}
        return page(request, "surveys/answer_closed.html", context, status=429)
    return page(request, "surveys/answer_closed.html", context, status=refusal.status)
