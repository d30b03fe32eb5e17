"""Pages of the whole site: home, search, health, language, colours, errors."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.i18n import set_language as django_set_language

from loyalty_site.accounts.access import staff_required


@staff_required
def home(request: HttpRequest) -> HttpResponse:
    """What needs me today."""
    return render(request, "home.html")


@staff_required
def search(request: HttpRequest) -> HttpResponse:
    """Everything that matches the words."""
    return render(request, "search.html")


@staff_required
def help_page(request: HttpRequest) -> HttpResponse:
    """Where to find what."""
    return render(request, "help.html")


def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language of the pages."""
    return django_set_language(request)


def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the colours of the pages."""
    return HttpResponse(status=204)


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Everything the site needs is there."""
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request cannot be understood."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The role does not allow it."""
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing at this address."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke on our side."""
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere."""
    return render(request, "403_csrf.html", status=403)
