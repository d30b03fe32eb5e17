"""Households: who shares with whom, who comes in, who leaves and what goes where."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from members.models import Member
from points.forms.households import HouseholdForm, JoinForm, LeaveForm
from points.models import Household
from points.selectors.household_plans import plan_leaving
from points.selectors.households import (
    left_members_of,
    means_of,
    members_of,
    shared_total,
)
from points.selectors.programme import current_programme
from points.services.households import (
    create_household,
    join_household,
    leave_household,
)
from points.tables.households import HouseholdTable

MANAGE = ("members.view_member", "points.manage_households")


@require_safe
@staff_permission_required("points.view_household")
def household_list(request: HttpRequest) -> HttpResponse:
    """Every household, the newest first."""
    page = keyset_page(
        Household.objects.visible_to(request.user).with_size(),
        order_by="-created_at",
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "table": HouseholdTable(page.rows),
        "limit": current_programme().household_limit,
        **page_links(request, page),
    }
    return render_page(request, "points/household_list.html", context)


@require_safe
@staff_permission_required("points.view_household")
def household_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who is in it with which points, and who was."""
    household = _household(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    sharers = members_of(household, at=now)
    context = {
        "household": household,
        "sharers": sharers,
        "together": shared_total(sharers),
        "left": left_members_of(household),
        "has_room": len(sharers) < current_programme().household_limit,
    }
    return render_page(request, "points/household_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*MANAGE)
def household_add(request: HttpRequest) -> HttpResponse:
    """Name a household and who begins it."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = HouseholdForm(
        posted(request),
        at=now,
        members=Member.objects.visible_to(request.user).active(),
        initial={"member": request.GET.get("member", "")[:20]},
    )
    if form.is_valid():
        with form.domain_errors():
            household = create_household(
                name=form.cleaned_data["name"],
                member=form.cleaned_data["member"],
                key=f"staff:{form.cleaned_data['key'].value}",
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The household is there. Add who shares."))
            return redirect(household)
    return render_page(request, "points/household_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*MANAGE)
def household_join(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say who comes in, look who that is, then add the member."""
    household = _household(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    members = Member.objects.visible_to(request.user).active()
    form = JoinForm(posted(request), members=members)
    context = {"household": household, "form": form}
    if form.is_valid() and "change" not in request.POST:
        member = form.cleaned_data["member"]
        if "confirmed" not in request.POST:
            context |= {
                "member": member,
                "means": means_of(member_id=member.pk, at=now),
                "together": shared_total(members_of(household, at=now)),
            }
            return render_page(request, "points/household_confirm.html", context)
        with form.domain_errors():
            join_household(
                household=household,
                member=member,
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(
                request,
                _("%(name)s is in the household.") % {"name": member.display_name},
            )
            return redirect(household)
    return render_page(request, "points/household_join.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*MANAGE)
def household_leave(request: HttpRequest, public_id: UUID, number: str) -> HttpResponse:
    """Show what goes where, then let the member leave."""
    household = _household(request, public_id)
    members = Member.objects.visible_to(request.user)
    member = get_object_or_404(members, number=number.upper())
    membership = get_object_or_404(household.memberships.of_now(), account=member.pk)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = LeaveForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            leave_household(
                membership=membership,
                reason=form.cleaned_data["reason"],
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(
                request,
                _("%(name)s has left the household.") % {"name": member.display_name},
            )
            return redirect(household)
    context = {
        "household": household,
        "member": member,
        "form": form,
        "plan": plan_leaving(membership, at=now),
    }
    return render_page(request, "points/household_leave.html", context)


def _household(request: HttpRequest, public_id: UUID) -> Household:
    households = Household.objects.visible_to(request.user)
    return get_object_or_404(households, public_id=public_id)
