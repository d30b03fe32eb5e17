"""The pages of the demo's outbox; they exist while trying out only."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from loyalty_site.accounts.access import public_page
from loyalty_site.outbox import (
    KeptMessage,
    kept_messages,
    message_path,
    read_message,
)


@require_GET
@public_page
def message_list(request: HttpRequest) -> HttpResponse:
    """Show the mails that would have been sent."""
    words = request.GET.get("q", "")[:100]
    context = {"kept": kept_messages(words), "words": words}
    return render(request, "outbox/message_list.html", context)


@require_GET
@public_page
def message_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one mail as plain text with links that work."""
    return render(request, "outbox/message_detail.html", {"kept": _message(slug)})


@require_GET
@public_page
@csp_replace(  # type: ignore[arg-type]  # its stub knows views without arguments
    {"style-src": [UNSAFE_INLINE], "script-src": [NONE], "img-src": [SELF, "data:"]}
)
def message_html(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001 -- a view takes the request
    """Show the HTML of one mail by itself, as a mail program would."""
    return HttpResponse(_message(slug).html)


def _message(slug: str) -> KeptMessage:
    path = message_path(slug)
    if path is None:
        raise Http404
    return read_message(path)
