"""Tiers by hand: ask, approve what others asked for, end it."""

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
from members.models import Member
from points.forms.adjustments import DecisionForm, RefusalForm
from points.forms.tiers import AssignmentForm
from points.models import TierAssignment
from points.services.tier_assignments import (
    approve_tier,
    ask_tier,
    end_tier,
    refuse_tier,
)
from points.tables.ledger import TierAssignmentTable

VIEW = "points.view_tierassignment"
APPROVE = "points.approve_tierassignment"


@require_safe
@staff_permission_required(VIEW)
def assignment_list(request: HttpRequest) -> HttpResponse:
    """Every tier by hand, the newest first."""
    assignments = TierAssignment.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    if state in TierAssignment.State.values:
        assignments = assignments.filter(state=state)
    page = keyset_page(
        assignments.select_related("account__member", "tier"),
        order_by="-asked_at",
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "table": TierAssignmentTable(page.rows),
        "states": TierAssignment.State.choices,
        "state": state,
        **page_links(request, page),
    }
    return render_page(request, "points/tier_assignment_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", VIEW, "points.assign_tier")
def assignment_add(request: HttpRequest) -> HttpResponse:
    """Ask for a tier; a colleague has to approve it."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = AssignmentForm(
        posted(request),
        at=now,
        members=Member.objects.visible_to(request.user).active(),
        initial={"member": request.GET.get("member", "")},
    )
    if form.is_valid():
        with form.domain_errors():
            assignment = ask_tier(
                member=form.cleaned_data["member"],
                wish=form.wish,
                key=f"staff:{form.cleaned_data['key'].value}",
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            messages.info(request, _("Sent. A colleague has to approve it."))
            return redirect(assignment)
    return render_page(request, "points/tier_assignment_form.html", {"form": form})


@require_safe
@staff_permission_required(VIEW)
def assignment_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One tier by hand, and what can be done with it."""
    return _detail(request, _assignment(request, public_id))


@require_POST
@staff_permission_required(VIEW, APPROVE)
def assignment_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put in force what a colleague asked for."""
    assignment = _assignment(request, public_id)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with form.domain_errors():
            approve_tier(
                assignment=assignment,
                note=form.cleaned_data["note"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The tier is in force."))
            return redirect(assignment)
    return _detail(request, assignment, approval=form)


@require_POST
@staff_permission_required(VIEW)
def assignment_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse it, or take one's own request back."""
    assignment = _assignment(request, public_id)
    mine = TierAssignment.objects.visible_to(request.user)
    if not request.user.has_perm(APPROVE):
        mine = mine.filter(asked_by=str(staff_actor(request.user.get_username())))
    get_object_or_404(mine, pk=assignment.pk)
    form = RefusalForm(request.POST)
    if form.is_valid():
        with form.domain_errors():
            refuse_tier(
                assignment=assignment,
                note=form.cleaned_data["note"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The tier stays as it was."))
            return redirect(assignment)
    return _detail(request, assignment, refusal=form)


@require_POST
@staff_permission_required(VIEW, APPROVE)
def assignment_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End what is in force."""
    assignment = _assignment(request, public_id)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with form.domain_errors():
            end_tier(
                assignment=assignment,
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The member is back at the natural tier."))
            return redirect(assignment)
    return _detail(request, assignment, approval=form)


def _detail(
    request: HttpRequest,
    assignment: TierAssignment,
    *,
    approval: DecisionForm | None = None,
    refusal: RefusalForm | None = None,
) -> HttpResponse:
    is_own = assignment.asked_by == str(staff_actor(request.user.get_username()))
    may_approve = request.user.has_perm(APPROVE)
    context = {
        "assignment": assignment,
        "member": assignment.account.member,
        "is_own": is_own,
        "may_approve": may_approve and not is_own,
        "may_refuse": may_approve or is_own,
        "may_end": may_approve,
        "approval": approval or DecisionForm(auto_id="approve_%s"),
        "refusal": refusal or RefusalForm(auto_id="refuse_%s"),
        "form": refusal or approval,
    }
    return render_page(request, "points/tier_assignment_detail.html", context)


def _assignment(request: HttpRequest, public_id: UUID) -> TierAssignment:
    assignments = TierAssignment.objects.visible_to(request.user)
    return get_object_or_404(
        assignments.select_related("account__member", "account__tier", "tier"),
        public_id=public_id,
    )
