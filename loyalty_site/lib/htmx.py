"""One address, one template: the page, or the part of it that htmx asks for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


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
    is 422 when the `form` of the context has errors, else 200; it varies on
    `HX-Request`.
    """
    is_part = bool(fragment) and wants_fragment(request)
    name = f"{template}#{fragment}" if is_part else template
    form = context.get("form")
    if status is None:
        status = 422 if form is not None and form.is_bound and form.errors else 200
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
