"""Badges for staff: the list, the form, the picture."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from points.forms.challenges import BadgeForm
from points.models import Badge
from points.selectors.challenge_pages import badge_counts
from points.services.challenges.keeping import save_badge
from points.views.pictures import edit_picture

VIEW = "points.view_earningrule"
CHANGE = (VIEW, "points.change_earningrule")


@require_safe
@staff_permission_required(VIEW)
def badge_list(request: HttpRequest) -> HttpResponse:
    """Every badge, with how many members have it."""
    page = keyset_page(
        Badge.objects.visible_to(request.user),
        order_by="name",
        cursor=request.GET.get("cursor", ""),
    )
    counts = badge_counts(page.rows)
    rows = [(badge, counts.get(badge.pk, 0)) for badge in page.rows]
    context = {"rows": rows, **page_links(request, page)}
    return render_page(request, "points/badge_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def badge_add(request: HttpRequest) -> HttpResponse:
    """A new badge."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def badge_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Other words for a badge."""
    return _edit(request, _badge(request, public_id))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def badge_picture(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A picture for the badge, or none."""
    return edit_picture(request, _badge(request, public_id))


def _edit(request: HttpRequest, badge: Badge | None) -> HttpResponse:
    form = BadgeForm(posted(request), instance=badge)
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            saved = save_badge(texts=form.texts, actor=actor, badge=badge)
            messages.success(
                request, _("%(name)s is saved.") % {"name": saved.local_name}
            )
            return redirect("points:badge-list")
    context = {
        "form": form,
        "badge": badge,
        "changes": changes_of(badge) if badge else [],
    }
    return render_page(request, "points/badge_form.html", context)


def _badge(request: HttpRequest, public_id: UUID) -> Badge:
    return get_object_or_404(
        Badge.objects.visible_to(request.user), public_id=public_id
    )
