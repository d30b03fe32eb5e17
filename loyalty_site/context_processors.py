"""What every page's template knows: navigation, colours, mode."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the variables of the base templates."""
    return {
        "tryout": settings.TRYOUT,
        "theme": theme_of(request),
    }


def theme_of(request: HttpRequest) -> str:
    """Return light, dark or auto: of this device first, then of the user."""
    chosen = request.COOKIES.get("theme", "")
    if chosen not in {"light", "dark", "auto"}:
        chosen = getattr(getattr(request, "user", None), "theme", "auto")
    return chosen
