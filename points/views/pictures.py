"""Pictures of rewards and badges: upload, take away, serve."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import public_page, staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.forms.pictures import PictureForm
from points.models import Badge, Reward
from points.selectors.pictures import picture_with
from points.services.pictures import Pictured, remove_picture, set_picture

A_YEAR = 31_536_000


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_reward", "points.change_reward")
def picture_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A picture for the reward, or none."""
    rewards = Reward.objects.visible_to(request.user)
    return edit_picture(request, get_object_or_404(rewards, public_id=public_id))


def edit_picture(request: HttpRequest, of: Pictured) -> HttpResponse:
    """Upload a picture of what the caller may change, or take it away."""
    actor = staff_actor(request.user.get_username())
    if "remove" in request.POST:
        remove_picture(of=of, actor=actor)
        messages.success(request, _("The picture is taken away."))
        return redirect(of)
    files = request.FILES if request.method == "POST" else None
    form = PictureForm(posted(request), files, of=of)
    if form.is_valid():
        picture = form.cleaned_data["file"]
        set_picture(of=of, picture=picture, alt=form.words, actor=actor)
        messages.success(request, _("The picture is saved."))
        return redirect(of)
    context = {"form": form, "of": of, "is_badge": isinstance(of, Badge)}
    return render_page(request, "points/picture_form.html", context)


@require_safe
@public_page
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """The bytes of a picture, by their digest: they never change."""
    found = picture_with(digest)
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.data), content_type=found.media_type)
    answer["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
