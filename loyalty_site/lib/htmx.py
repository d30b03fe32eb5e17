"""One address, one template: the page, or the part of it that htmx asks for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from loyalty_site.lib.busy import RETRY_AFTER_SECONDS


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part: not boosted, not restoring its history."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],  # what a template takes
    *,
    fragment: str = "",
    status: int | None = None,
) -> HttpResponse:
    """Render the page, or its partial `fragment` when htmx asks for a part.

    `fragment` names a `{% partialdef %}` of the template. Without `status` the answer
    is 422 when the `form` of the context has errors, 503 when the database was too
    busy for it, else 200; it varies on `HX-Request`.
    """
    is_part = bool(fragment) and wants_fragment(request)
    name = f"{template}#{fragment}" if is_part else template
    form = context.get("form")
    was_busy = getattr(form, "was_busy", False)
    if status is None:
        has_errors = form is not None and form.is_bound and form.errors
        status = 503 if was_busy else 422 if has_errors else 200
    response = render(request, name, context, status=status)
    if was_busy:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    patch_vary_headers(response, ["HX-Request"])
    return response
