"""The member's own page of challenges and badges."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty_site.lib.htmx import render_page
from points.member_challenges import challenges_panel
from points.views.portal_access import MemberRequest, member_required, portal_context


@require_safe
@member_required
def challenges(request: MemberRequest) -> HttpResponse:
    """What I can work toward, how far I am, and what I have."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    context = {
        **portal_context(request, "home"),
        **challenges_panel(request.member, now),
    }
    return render_page(request, "portal/challenges.html", context)
