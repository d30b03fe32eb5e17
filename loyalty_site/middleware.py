"""Middleware of every request: its id, the programme's zone, the user's language."""

import re
import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import timezone, translation

from loyalty_site.lib.busy import RETRY_AFTER_SECONDS, is_busy, note_busy
from loyalty_site.lib.formats import html_lang
from loyalty_site.lib.zone import programme_zone
from loyalty_site.logs import request_id
from points.models import Programme
from points.selectors.programme import current_programme

# What a proxy may hand in: short and harmless in a log line.
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

GetResponse = Callable[[HttpRequest], HttpResponse]


def stored_zone() -> ZoneInfo | None:
    """Return the zone of the settings row; None without a row or a database."""
    try:
        return current_programme().zone
    except (Programme.DoesNotExist, DatabaseError):
        return None


programme_zone.read_from(stored_zone)


class RequestIdMiddleware:
    """Take or make `X-Request-ID`, send it back and give it to the log lines."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request under its id."""
        given = request.headers.get("X-Request-ID", "")
        current = given if SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(current)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = current
            return response
        finally:
            request_id.reset(token)


class BusyMiddleware:
    """Say on a plain page that the database was too busy, where no form could."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave answers alone."""
        return self.get_response(request)

    def process_exception(
        self, _request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Answer 503 where waiting for others ended a statement."""
        if not is_busy(error):
            return None
        note_busy(error)
        page = loader.get_template("503.html").render({"html_lang": html_lang()})
        return HttpResponse(
            page, status=503, headers={"Retry-After": RETRY_AFTER_SECONDS}
        )


class ProgrammeZoneMiddleware:
    """Show instants in the programme's zone, and pages in the user's language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in its zone and language."""
        self._activate_language(request)
        with timezone.override(programme_zone.get()):
            return self.get_response(request)

    def _activate_language(self, request: HttpRequest) -> None:
        """Prefer what was picked on this device, then what the user once picked."""
        if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
            return
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
