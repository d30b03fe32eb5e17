"""Unsubscribing: one POST without cookie or sign-in, a button for people (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from surveys.services.optouts import unsubscribe
from surveys.views.personal import page, personal_page


@personal_page
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button, or do it; unknown tokens get the same answer."""
    if request.method == "POST":
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        unsubscribe(token=token, at=now)
        return page(request, "surveys/optout_done.html", {})
    return page(request, "surveys/optout_confirm.html", {})
