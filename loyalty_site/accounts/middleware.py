"""Middleware of signed-in people: staff need a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

OPEN_NAMES = (
    "healthz",
    "readyz",
    "set_language",
    "set_theme",
    "account_logout",
    "account_reauthenticate",
)


class StaffNeedsMfaMiddleware:
    """Send staff without a second factor to its set-up, when the site requires one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or lead to the set-up."""
        if self._must_set_up(request):
            messages.info(
                request, _("Set up a second factor first. Staff accounts need one.")
            )
            return redirect("mfa_index")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        if not settings.STAFF_MFA_REQUIRED:
            return False
        user = request.user
        if not (user.is_authenticated and user.is_staff):
            return False
        if self._is_open(request.path):
            return False
        return not is_mfa_enabled(user)

    def _is_open(self, path: str) -> bool:
        if path.startswith((settings.STATIC_URL, reverse("mfa_index"))):
            return True
        return path in {reverse(name) for name in OPEN_NAMES}
