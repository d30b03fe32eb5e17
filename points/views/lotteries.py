"""Draws of lottery tickets: promised, frozen, called, witnessed, checked by anybody."""

from collections.abc import Callable
from datetime import datetime
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

from loyalty_site.accounts.access import public_page, staff_permission_required
from loyalty_site.lib.actors import Actor, staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.drawing import written_list
from points.forms.lotteries import CallForm, LotteryForm
from points.models import Lottery, LotteryCall, Reward
from points.selectors.lotteries import (
    FROZEN,
    LotteryView,
    lottery_view,
    public_lottery,
    valid_tickets,
)
from points.services.lotteries import (
    call_draw,
    freeze_list,
    make_lottery,
    refuse_call,
    witness_draw,
)
from points.views.portal_access import portal_context

SHOWN = 50
may_see = staff_permission_required("points.view_reward")


@require_safe
@may_see
def lottery_list(request: HttpRequest) -> HttpResponse:
    """The draws, those that close last first."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    lotteries = Lottery.objects.visible_to(request.user).select_related("counter")
    shown = lotteries.order_by("-closes_at", "-pk")[:SHOWN]
    without = Reward.objects.visible_to(request.user).filter(
        kind=Reward.Kind.LOTTERY, lottery=None
    )
    context = {
        "views": [lottery_view(each, at=now) for each in shown],
        "rewards": without.order_by("name"),
    }
    return render_page(request, "points/lottery_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_reward", "points.change_reward")
def lottery_add(request: HttpRequest, reward_id: UUID) -> HttpResponse:
    """Promise the draw of a reward; nothing of it changes afterwards."""
    rewards = Reward.objects.visible_to(request.user)
    reward = get_object_or_404(
        rewards, public_id=reward_id, kind=Reward.Kind.LOTTERY, lottery=None
    )
    form = LotteryForm(posted(request), initial={"name": reward.name})
    if form.is_valid():
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        with form.domain_errors():
            lottery = make_lottery(
                reward=reward, plan=form.plan, at=now, actor=_actor(request)
            )
            messages.success(request, _("The draw is promised. Tickets can be sold."))
            return redirect(lottery)
    context = {"form": form, "reward": reward}
    return render_page(request, "points/lottery_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_see
def lottery_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the draw is; whoever may call it enters the public value here."""
    view = _view(request, public_id)
    may_call = request.user.has_perm("points.draw_lottery") and view.state == FROZEN
    form = CallForm(posted(request) if may_call else None)
    if form.is_valid():
        with form.domain_errors():
            call_draw(
                lottery=view.lottery,
                public_value=form.cleaned_data["public_value"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=_actor(request),
            )
            messages.success(request, _("Another person has to witness the draw now."))
            return redirect(view.lottery)
    is_own = bool(view.call and view.call.asked_by == str(_actor(request)))
    context = {"view": view, "form": form, "may_call": may_call, "is_own": is_own}
    return render_page(request, "points/lottery_detail.html", context)


@require_POST
@staff_permission_required("points.view_reward", "points.draw_lottery")
def lottery_freeze(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Freeze the list at once, where beat has not done it yet."""
    lottery = _view(request, public_id).lottery
    return _done(
        request,
        lottery,
        lambda: freeze_list(lottery=lottery, at=_now(), actor=_actor(request)),
        said=_("The list is frozen and published."),
    )


@require_POST
@staff_permission_required("points.view_reward", "points.witness_draw")
def lottery_witness(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Draw with the value that another person entered."""
    view = _view(request, public_id)
    call = _call(view)
    return _done(
        request,
        view.lottery,
        lambda: witness_draw(call=call, at=_now(), actor=_actor(request)),
        said=_("The prizes are drawn."),
    )


@require_POST
@staff_permission_required("points.view_reward", "points.draw_lottery")
def lottery_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse the public value, or take one's own back, so that it is entered anew."""
    view = _view(request, public_id)
    call = _call(view)
    note = request.POST.get("note", "")[:300]
    return _done(
        request,
        view.lottery,
        lambda: refuse_call(call=call, note=note, at=_now(), actor=_actor(request)),
        said=_("The value is taken back. It can be entered again."),
    )


@require_safe
@public_page
def public_draw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What anybody may know of a draw, and how to check it."""
    view = lottery_view(_public(public_id), at=_now())
    context = portal_context(request) | {"view": view}
    return render_page(request, "portal/draw.html", context)


@require_safe
@public_page
def public_tickets(_request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The frozen list, byte for byte as it was hashed."""
    lottery = _public(public_id)
    if lottery_view(lottery, at=_now()).frozen is None:
        raise Http404
    answer = HttpResponse(
        written_list(valid_tickets(lottery)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="tickets-{public_id}.csv"'
    return answer


def _done(
    request: HttpRequest, lottery: Lottery, act: Callable[[], object], *, said: str
) -> HttpResponse:
    try:
        act()
    except DomainError as refusal:
        messages.warning(request, str(refusal.sentence))
    else:
        messages.success(request, said)
    return redirect(lottery)


def _call(view: LotteryView) -> LotteryCall:
    if view.call is None:
        raise Http404
    return view.call


def _view(request: HttpRequest, public_id: UUID) -> LotteryView:
    lotteries = Lottery.objects.visible_to(request.user).select_related(
        "counter", "reward"
    )
    return lottery_view(get_object_or_404(lotteries, public_id=public_id), at=_now())


def _public(public_id: UUID) -> Lottery:
    lottery = public_lottery(public_id)
    if lottery is None:
        raise Http404
    return lottery


def _actor(request: HttpRequest) -> Actor:
    return staff_actor(request.user.get_username())


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- a view reads the clock
