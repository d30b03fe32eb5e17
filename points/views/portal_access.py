"""Who may open a page of the portal: a member who signed in with a mailed code."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from members.models import Member
from points.selectors.portal import member_signed_in
from points.selectors.programme import current_programme

P = ParamSpec("P")
# Apart from the staff's sign-in: a member is no user of the staff pages.
SESSION_KEY = "member_id"


class MemberRequest(HttpRequest):
    """A request of a member who is signed in."""

    member: Member


MemberView = Callable[Concatenate[MemberRequest, P], HttpResponse]


def member_required(
    view: MemberView[P],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let members in who are signed in; everybody else goes to the sign-in page."""

    @wraps(view)
    def checked(
        request: HttpRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        member = member_signed_in(request.session.get(SESSION_KEY))
        if member is None:
            return redirect("points:portal-login")
        request.member = member  # type: ignore[attr-defined]  # MemberRequest from here
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(member.language)
        response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        add_never_cache_headers(response)
        return response

    checked.is_for_members = True  # type: ignore[attr-defined]
    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", checked)


def let_in(request: HttpRequest, member_id: int) -> HttpResponse:
    """Sign the member in on this device and go to the member's own page."""
    # A new session id: one that was planted before the sign-in is worth nothing.
    request.session.cycle_key()
    request.session[SESSION_KEY] = member_id
    return redirect("points:portal-home")


def portal_context(request: HttpRequest, tab: str = "") -> dict[str, Any]:
    """Return what every page of the portal shows."""
    programme = current_programme()
    return {
        "programme_name": programme.name,
        "programme": programme,
        "member": getattr(request, "member", None),
        "tab": tab,
    }
