"""Challenges for staff: the list, one of them, its form, and the steps of its life."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import Actor, staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from points.forms.challenges import ChallengeForm
from points.models import Challenge
from points.selectors.challenge_pages import (
    challenge_rows,
    latest_awards,
    reached_of,
    shown_challenges,
)
from points.selectors.challenge_words import goal_words
from points.selectors.programme import current_rulebook
from points.services.challenges import keeping

VIEW = "points.view_earningrule"
CHANGE = (VIEW, "points.change_earningrule")


@require_safe
@staff_permission_required(VIEW)
def challenge_list(request: HttpRequest) -> HttpResponse:
    """Every challenge, the latest start first."""
    page = keyset_page(
        shown_challenges(Challenge.objects.visible_to(request.user)),
        order_by="-starts_at",
        cursor=request.GET.get("cursor", ""),
    )
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    rows = challenge_rows(page.rows, current_rulebook().currency, at=now)
    context = {"rows": rows, **page_links(request, page)}
    return render_page(request, "points/challenge_list.html", context)


@require_safe
@staff_permission_required(VIEW)
def challenge_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One challenge: what it asks and gives, and who has reached it."""
    challenge = _challenge(request, public_id)
    currency = current_rulebook().currency
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    [row] = challenge_rows([challenge], currency, at=now)
    context = {
        "challenge": challenge,
        "row": row,
        "goals": [goal_words(each, currency) for each in challenge.goals.all()],
        "reached": reached_of(challenge),
        "awards": latest_awards(challenge, currency),
        "changes": changes_of(challenge),
    }
    return render_page(request, "points/challenge_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def challenge_add(request: HttpRequest) -> HttpResponse:
    """A new challenge."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def challenge_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a draft, or the texts of what has started."""
    return _edit(request, _challenge(request, public_id))


@require_POST
@staff_permission_required(*CHANGE)
def challenge_move(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Start, pause or resume a challenge."""
    challenge = _challenge(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    steps: dict[str, tuple[Callable[..., Challenge], str]] = {
        "start": (
            partial(keeping.start_challenge, at=now),
            _("The challenge works within its dates."),
        ),
        "pause": (keeping.pause_challenge, _("The challenge is paused.")),
        "resume": (keeping.resume_challenge, _("The challenge goes on.")),
    }
    if step not in steps:
        raise Http404
    move, said = steps[step]
    try:
        move(challenge=challenge, actor=_actor(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(challenge)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def challenge_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a challenge for good, after a page of its own."""
    challenge = _challenge(request, public_id)
    if request.method != "POST":
        context = {"challenge": challenge}
        return render_page(request, "points/challenge_end.html", context)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    try:
        keeping.end_challenge(challenge=challenge, at=now, actor=_actor(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.info(request, _("The challenge has ended."))
    return redirect(challenge)


def _edit(request: HttpRequest, challenge: Challenge | None) -> HttpResponse:
    currency = current_rulebook().currency
    form = ChallengeForm(posted(request), instance=challenge, currency=currency)
    if form.is_valid():
        with form.domain_errors():
            saved = keeping.save_challenge(
                texts=form.texts,
                terms=form.terms,
                goals=form.goals,
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=_actor(request),
                challenge=challenge,
            )
            messages.success(
                request, _("%(name)s is saved.") % {"name": saved.local_name}
            )
            return redirect(saved)
    context = {"form": form, "challenge": challenge}
    return render_page(request, "points/challenge_form.html", context)


def _actor(request: HttpRequest) -> Actor:
    return staff_actor(request.user.get_username())


def _challenge(request: HttpRequest, public_id: UUID) -> Challenge:
    challenges = shown_challenges(Challenge.objects.visible_to(request.user))
    return get_object_or_404(challenges, public_id=public_id)
