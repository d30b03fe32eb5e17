"""Middleware of signed-in people: staff need a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

OPEN_NAMES = ("healthz", "readyz", "set_language", "set_theme", "account_logout")


class StaffNeedsMfaMiddleware:
    """Send staff without a second factor to its set-up, when the site requires one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
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
        prefixes = (settings.STATIC_URL, reverse("mfa_index"), *self._confirm_paths())
        return path.startswith(prefixes) or path in {
            reverse(name) for name in OPEN_NAMES
        }

    def _confirm_paths(self) -> tuple[str, ...]:
        return (reverse("account_reauthenticate"),)
