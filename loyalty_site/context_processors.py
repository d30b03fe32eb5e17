"""What every page's template knows: menu, language, colours, mode."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from loyalty_site.accounts.models import User
from loyalty_site.accounts.roles import ROLES
from loyalty_site.jobs.models import Job
from loyalty_site.lib.formats import html_lang
from loyalty_site.navigation import menu_for


def site(request: HttpRequest) -> dict[str, object]:
    """Return the variables of the base templates; what asks the database is lazy."""
    is_staff = getattr(getattr(request, "user", None), "is_staff", False)
    return {
        "base_template": "base.html" if is_staff else "base_plain.html",
        "html_lang": html_lang(),
        "jobs_unfinished": SimpleLazyObject(lambda: _jobs_unfinished(request)),
        "nav": SimpleLazyObject(lambda: menu_for(request.user, request.path)),
        "role_labels": SimpleLazyObject(lambda: _role_labels(request)),
        "theme": theme_of(request),
        "tryout": settings.TRYOUT,
    }


def theme_of(request: HttpRequest) -> str:
    """Return light, dark or auto: what was picked on this device, then by the user."""
    chosen = request.COOKIES.get("theme", "")
    if chosen not in User.Theme.values:
        chosen = getattr(getattr(request, "user", None), "theme", User.Theme.AUTO)
    return str(chosen)


def _jobs_unfinished(request: HttpRequest) -> int:
    return Job.objects.visible_to(request.user).unfinished().count()


def _role_labels(request: HttpRequest) -> list[str]:
    names = request.user.groups.values_list("name", flat=True)
    return [str(ROLES[name].label) for name in names if name in ROLES]
