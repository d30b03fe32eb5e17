"""Pages of the whole site: home, search, help, health, language, colours, errors."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template import loader
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from loyalty_site.accounts import services
from loyalty_site.accounts.access import public_page, staff_required
from loyalty_site.accounts.models import User
from loyalty_site.health import is_ready, readiness
from loyalty_site.lib.home import lists_for, steps_for, tiles_for
from loyalty_site.lib.search import found

YEAR_SECONDS = 365 * 24 * 60 * 60


@require_GET
@staff_required
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs the person today."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    steps = steps_for(request.user)
    context = {
        "lists": lists_for(request.user, at=now),
        "now": now,
        "steps": steps,
        "steps_done": sum(step.is_done for step in steps),
        "tiles": tiles_for(request.user, at=now),
    }
    return render(request, "home.html", context)


@require_GET
@staff_required
def search(request: HttpRequest) -> HttpResponse:
    """Show everything that matches the words."""
    words = request.GET.get("q", "").strip()
    context = {"groups": found(request.user, words), "words": words}
    return render(request, "search.html", context)


@require_GET
@staff_required
def help_page(request: HttpRequest) -> HttpResponse:
    """Show how the pages are used."""
    return render(request, "help.html")


@require_POST
@public_page
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language on this device, and for the person."""
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        services.set_language(user=request.user, language=chosen)
    return django_set_language(request)


@require_POST
@public_page
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the colours on this device, and for the person."""
    response = redirect(_safe_next(request))
    chosen = request.POST.get("theme", "")
    if chosen in User.Theme.values:
        if isinstance(request.user, User):
            services.set_theme(user=request.user, theme=chosen)
        response.set_cookie(
            "theme",
            chosen,
            max_age=YEAR_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_safe
@never_cache
@public_page
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
@public_page
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether everything the site needs is there: 200 or 503."""
    parts = readiness(at=timezone.now())  # noqa: TID251 -- a view reads the clock
    ready = is_ready(parts)
    content = {"status": "ok" if ready else "unavailable", "parts": parts}
    return JsonResponse(content, status=200 if ready else 503)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request cannot be understood."""
    return _plain("400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the role does not allow it."""
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing at this address."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke on our side."""
    request_id = request.headers.get("X-Request-ID", "")
    return _plain("500.html", status=500, request_id=request_id)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old or came from elsewhere."""
    return _plain("403_csrf.html", status=403)


def _plain(template: str, *, status: int, **context: object) -> HttpResponse:
    """Render without context processors: they may be what broke."""
    return HttpResponse(loader.get_template(template).render(context), status=status)


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return "/"
