"""Merges of memberships: look at both sides first, approve, undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from members.merging import FIELDS, shown_field
from members.models import Member
from points.filters import MergeFilterSet
from points.forms.adjustments import DecisionForm, RefusalForm
from points.forms.merges import MergeForm, UndoForm
from points.models import Merge
from points.selectors.adjustment_limits import limit_of
from points.selectors.merges import plan_merge, undo_obstacles
from points.selectors.programme import current_rulebook
from points.services.merges.asking import (
    approve_merge,
    ask_merge,
    points_moved_alone,
    refuse_merge,
)
from points.services.merges.undoing import undo_merge
from points.tables.merges import MergeTable


@require_safe
@staff_permission_required("points.view_merge")
def merge_list(request: HttpRequest) -> HttpResponse:
    """Every merge, the newest first."""
    filters = MergeFilterSet(request.GET, Merge.objects.visible_to(request.user))
    page = keyset_page(
        filters.qs.select_related("kept__member", "gone__member"),
        order_by="-asked_at",
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "table": MergeTable(page.rows),
        "filters": filters,
        **page_links(request, page),
    }
    return render_page(request, "points/merge_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "points.merge_members")
def merge_add(request: HttpRequest) -> HttpResponse:
    """Name the two, look at them side by side, then merge them."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = MergeForm(
        posted(request),
        at=now,
        members=Member.objects.visible_to(request.user).active(),
        initial={"kept": request.GET.get("member", "")[:20]},
    )
    is_valid = form.is_valid()
    if sent_before := _sent_before(request, form):
        return redirect(sent_before)
    if is_valid and "change" not in request.POST:
        if "confirmed" not in request.POST:
            context = _preview(request, form) | {"form": form}
            return render_page(request, "points/merge_confirm.html", context)
        with form.domain_errors():
            merge = ask_merge(
                wish=form.wish,
                key=f"staff:{form.cleaned_data['key'].value}",
                at=now,
                actor=staff_actor(request.user.get_username()),
                limit=limit_of(request.user),
            )
            _say_what_was_done(request, merge)
            return redirect(merge)
    return render_page(request, "points/merge_form.html", {"form": form})


@require_safe
@staff_permission_required("points.view_merge")
def merge_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One merge, and what can be done with it."""
    return _detail(request, _merge(request, public_id))


@require_POST
@staff_permission_required("points.view_merge", "points.approve_merge")
def merge_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do what a colleague asked for."""
    merge = _merge(request, public_id)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with form.domain_errors():
            done = approve_merge(
                merge=merge,
                note=form.cleaned_data["note"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            _say_what_was_done(request, done)
            return redirect(done)
    return _detail(request, merge, approval=form)


@require_POST
@staff_permission_required("points.view_merge")
def merge_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let it be: by who approves, or by who asked."""
    merge = get_object_or_404(_decidable(request), public_id=public_id)
    form = RefusalForm(request.POST, auto_id="refuse_%s")
    if form.is_valid():
        with form.domain_errors():
            refuse_merge(
                merge=merge,
                note=form.cleaned_data["note"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The two memberships stay apart."))
            return redirect(merge)
    return _detail(request, _merge(request, public_id), refusal=form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_merge", "points.merge_members")
def merge_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what goes back, or why it cannot; then part the two again."""
    merge = _merge(request, public_id)
    if not merge.is_done:
        return redirect(merge)
    form = UndoForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            undo_merge(
                merge=merge,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The merge is undone."))
            return redirect(merge)
    context = _sides(merge) | {"form": form, "obstacles": undo_obstacles(merge)}
    return render_page(request, "points/merge_undo.html", context)


def _detail(
    request: HttpRequest,
    merge: Merge,
    *,
    approval: DecisionForm | None = None,
    refusal: RefusalForm | None = None,
) -> HttpResponse:
    is_own = merge.asked_by == str(staff_actor(request.user.get_username()))
    may_approve = request.user.has_perm("points.approve_merge")
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    sides = _sides(merge)
    plan = plan_merge(kept=sides["kept"], gone=sides["gone"], at=now)
    context = sides | {
        "plan": plan if merge.is_waiting else None,
        "is_own": is_own,
        "may_approve": may_approve and not is_own,
        "may_refuse": may_approve or is_own,
        "approval": approval or DecisionForm(),
        "refusal": refusal or RefusalForm(auto_id="refuse_%s"),
        "form": refusal or approval,
    }
    return render_page(request, "points/merge_detail.html", context)


def _sides(merge: Merge) -> dict[str, Any]:
    return {"merge": merge, "kept": merge.kept.member, "gone": merge.gone.member}


def _sent_before(request: HttpRequest, form: MergeForm) -> Merge | None:
    """Return what the same form did: who went is found as the other one since."""
    key = form.cleaned_data.get("key") if form.is_bound else None
    known = Merge.objects.visible_to(request.user)
    return known.filter(key=f"staff:{key.value}").first() if key else None


def _preview(request: HttpRequest, form: MergeForm) -> dict[str, Any]:
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    wish, limit = form.wish, limit_of(request.user)
    plan = plan_merge(kept=wish.kept, gone=wish.gone, at=now)
    actor = staff_actor(request.user.get_username())
    moved = points_moved_alone(actor, at=now, zone=current_rulebook().zone)
    return {
        "plan": plan,
        "kept": wish.kept,
        "gone": wish.gone,
        "fields": [
            {
                "name": f"pick_{name}",
                "label": label,
                "kept": shown_field(wish.kept, name),
                "gone": shown_field(wish.gone, name),
                "pick": form.pick_of(name),
            }
            for name, label in FIELDS.items()
            if getattr(wish.kept, name) != getattr(wish.gone, name)
        ],
        "needs_approval": bool(plan.points)
        and not limit.allows(plan.points, so_far=moved),
    }


def _say_what_was_done(request: HttpRequest, merge: Merge) -> None:
    if merge.is_waiting:
        messages.info(request, _("Sent. A colleague has to approve it."))
    else:
        messages.success(request, _("The two memberships are one."))


def _decidable(request: HttpRequest) -> Any:  # noqa: ANN401 -- a MergeQuerySet
    merges = Merge.objects.visible_to(request.user)
    if request.user.has_perm("points.approve_merge"):
        return merges
    return merges.filter(asked_by=str(staff_actor(request.user.get_username())))


def _merge(request: HttpRequest, public_id: UUID) -> Merge:
    merges = Merge.objects.visible_to(request.user)
    return get_object_or_404(
        merges.select_related("kept__member", "gone__member"), public_id=public_id
    )
