"""Who may open a page: the decorators of the views."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_permission_required(
    *permissions: str,
) -> Callable[[View[P]], View[P]]:
    """Let staff in who hold all of the permissions; without any, all staff.

    Nobody signed in goes to the sign-in page and comes back; somebody signed in
    without the right gets the page that says so, not a loop.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not (user.is_staff and user.has_perms(permissions)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.required_permissions = permissions  # type: ignore[attr-defined]
        return checked

    return decorate


staff_required = staff_permission_required()


def public_page(view: View[P]) -> View[P]:
    """Mark a view that anybody may open, so that no view is open by accident."""
    view.is_public = True  # type: ignore[attr-defined]
    return view
