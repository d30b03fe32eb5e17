"""A member's page: the band, the timeline, and the tabs that apps registered."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib import formats
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from members.forms import FORM_SYSTEM
from members.models import Member
from members.panels import Figure, actions_for, figures_for, panels_for, timeline_for
from members.selectors.consents import agreements_of
from members.selectors.timeline import timeline_of
from members.tables import contact_of


@require_safe
@staff_permission_required("members.view_member")
def member_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that happened to one person, and how to reach them."""
    member = visible_member(request, number)
    sources = timeline_for(request.user)
    kind = request.GET.get("kind", "")
    chosen = [each for each in sources if each.kind == kind] or sources
    timeline = timeline_of(
        member, sources=chosen, before=_instant(request.GET.get("before", ""))
    )
    context = page_of(request, member, tab="") | {
        "timeline": timeline,
        "sources": sources,
        "kind": kind,
        "contact": _contact(request, member),
        "agreements": agreements_of(member),
        "identifiers": member.identifiers.exclude(system=FORM_SYSTEM),
    }
    return render_page(
        request, "members/member_detail.html", context, fragment="timeline"
    )


@require_safe
@staff_permission_required("members.view_member")
def member_panel(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """A tab that an app registered."""
    member = visible_member(request, number)
    panel = next((each for each in panels_for(request.user) if each.slug == slug), None)
    if panel is None:
        raise Http404
    context = page_of(request, member, tab=slug) | {
        "panel": panel,
        **panel.load(member, _now()),
    }
    return render_page(request, "members/member_panel.html", context)


@require_safe
@staff_permission_required("members.view_member")
def member_history(request: HttpRequest, number: str) -> HttpResponse:
    """Who changed what in the profile."""
    member = visible_member(request, number)
    masks = {} if _shows_contact(request) else CONTACT_MASKS
    context = page_of(request, member, tab="history")
    context["changes"] = changes_of(member, masks=masks)
    return render_page(request, "members/member_history.html", context)


CONTACT_MASKS = {"email": formats.masked_email, "phone": formats.masked_phone}


def visible_member(request: HttpRequest, number: str) -> Member:
    """Return the member of that number, or answer 404."""
    return get_object_or_404(
        Member.objects.visible_to(request.user), number=number.upper()
    )


def page_of(request: HttpRequest, member: Member, *, tab: str) -> dict[str, Any]:
    """Return what every page of a member shows: band, tabs, buttons."""
    now = _now()
    figures = [
        figure
        for source in figures_for(request.user)
        for figure in source.load(member, now)
    ]
    return {
        "member": member,
        "stayed": member.merged_into,
        "went": list(member.merged.order_by("-closed_at")[:5]),
        "tab": tab,
        "facts": [_fact(figure) for figure in figures],
        "panels": panels_for(request.user),
        "actions": [
            (action, url)
            for action in actions_for(request.user)
            if (url := action.url(member))
        ],
        "crumb_url": reverse("members:member-list"),
    }


def _fact(figure: Figure) -> dict[str, Any]:
    return {
        "label": figure.label,
        "value": _shown(figure.value, str(figure.unit)),
        "note": figure.note,
        "url": figure.url,
        "is_warning": figure.is_warning,
    }


def _shown(value: object, unit: str) -> str:
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, datetime):
        return formats.day(value)
    if isinstance(value, int):
        text = formats.number(value)
        return (
            _("%(number)s %(unit)s") % {"number": text, "unit": unit} if unit else text
        )
    return str(value)


def _contact(request: HttpRequest, member: Member) -> dict[str, Any]:
    shows_contact = _shows_contact(request)
    email, phone = contact_of(member, shows_contact=shows_contact)
    return {"email": email, "phone": phone, "is_masked": not shows_contact}


def _shows_contact(request: HttpRequest) -> bool:
    return request.user.has_perm("members.view_member_contact")


def _instant(text: str) -> datetime | None:
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant is not None and timezone.is_aware(instant) else None


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- a view reads the clock
