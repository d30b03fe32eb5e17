"""The pool of codes of a reward: import and generate."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib import formats
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.forms.codes import GenerateCodesForm, ImportCodesForm
from points.models import Reward
from points.services.codes import CodesAdded, add_codes, generate_codes

NAMED = 10


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_reward", "points.change_reward")
def codes_import(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Codes from a file or from what is pasted."""
    reward = _pool(request, public_id)
    files = request.FILES if request.method == "POST" else None
    form = ImportCodesForm(posted(request), files)
    if form.is_valid():
        with form.domain_errors():
            added = add_codes(
                reward=reward,
                codes=form.cleaned_data["codes"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            _say(request, added)
            return redirect(reward)
    context = {"form": form, "reward": reward, "is_import": True}
    return render_page(request, "points/code_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_reward", "points.change_reward")
def codes_generate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Random codes."""
    reward = _pool(request, public_id)
    form = GenerateCodesForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            added = generate_codes(
                reward=reward,
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
                count=form.cleaned_data["count"],
                prefix=form.cleaned_data["begins_with"],
                length=form.cleaned_data["length"],
            )
            _say(request, added)
            return redirect(reward)
    context = {"form": form, "reward": reward}
    return render_page(request, "points/code_form.html", context)


def _pool(request: HttpRequest, public_id: UUID) -> Reward:
    rewards = Reward.objects.visible_to(request.user)
    reward = get_object_or_404(rewards, public_id=public_id)
    if reward.kind != Reward.Kind.CODE:
        raise Http404
    return reward


def _say(request: HttpRequest, added: CodesAdded) -> None:
    sentence = ngettext("%(n)s code is added.", "%(n)s codes are added.", added.added)
    messages.success(request, sentence % {"n": formats.number(added.added)})
    for names, reason in (
        (added.known, _("Known already, left out: %(codes)s")),
        (added.repeated, _("More than once in the list, left out: %(codes)s")),
        (added.unreadable, _("Not like a code, left out: %(codes)s")),
    ):
        if names:
            messages.warning(request, reason % {"codes": _listed(names)})


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(name[:40] for name in names[:NAMED])
    if len(names) <= NAMED:
        return shown
    return _("%(codes)s and %(more)s more") % {
        "codes": shown,
        "more": formats.number(len(names) - NAMED),
    }
