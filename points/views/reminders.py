"""Stopping reminders: one POST without cookie or sign-in, a button for people (RFC 8058)."""

import pghistory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import public_page
from loyalty_site.lib.formats import language
from members.models import Member
from points.selectors.programme import current_programme
from points.services.reminder_optouts import stop_reminders

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@public_page
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def reminder_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button, or do it; unknown tokens get the same answer."""
    # The history keeps the address of each change; this one must stay secret.
    pghistory.context(url="", user=None)
    is_done = request.method == "POST"
    if is_done:
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        stop_reminders(token=token, at=now)
    asked = request.GET.get("lang", "")
    with translation.override(asked if asked in Member.Language.values else language()):
        context = {
            "is_done": is_done,
            "messages": (),
            "programme_name": current_programme().name,
        }
        response = render(request, "portal/reminder_stop.html", context)
    for name, value in HEADERS.items():
        response[name] = value
    return response
