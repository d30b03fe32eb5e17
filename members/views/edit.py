"""Enrol, change, close, consent."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from members.errors import AlreadyEnrolled
from members.forms import FORM_SYSTEM, CloseForm, ConsentForm, EnrolForm, ProfileForm
from members.models import Member
from members.selectors.consents import agreements_of, consents_of
from members.services import (
    change_member,
    close_member,
    enrol_member,
    set_consents,
)
from members.views.detail import page_of, visible_member

PREFILLED = ("full_name", "phone", "email", "card")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "members.add_member")
def member_add(request: HttpRequest) -> HttpResponse:
    """Enrol somebody."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    initial = {name: request.GET.get(name, "")[:120] for name in PREFILLED}
    form = EnrolForm(posted(request), at=now, initial=initial)
    if form.is_valid() and (member := _enrolled(request, form)):
        messages.success(
            request,
            _("%(name)s is enrolled. The member number is %(number)s.")
            % {"name": member.display_name, "number": member.number},
        )
        if "another" in request.POST:
            return redirect(f"{request.path}?{urlencode({'next': _next(request)})}")
        return redirect(_next(request).replace("{number}", member.number) or member)
    context = {"form": form, "double": _double(request, form), "next": _next(request)}
    return render_page(request, "members/member_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "members.change_member")
def member_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change the profile."""
    member = visible_member(request, number)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    # A copy, because a form writes into its instance even where the service refuses.
    instance = visible_member(request, number)
    form = ProfileForm(posted(request), instance=instance, at=now)
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            change_member(member=member, profile=form.profile, at=now, actor=actor)
            messages.success(request, _("The profile is saved."))
            return redirect(member)
    context = {"form": form, "member": member, "double": _double(request, form)}
    return render_page(request, "members/member_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "members.close_member")
def member_close(request: HttpRequest, number: str) -> HttpResponse:
    """Close the membership, after a page of its own."""
    member = visible_member(request, number)
    form = CloseForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            close_member(
                member=member,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The membership is closed."))
            return redirect(member)
    context = page_of(request, member, tab="") | {"form": form}
    return render_page(request, "members/member_close.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("members.view_member", "members.change_member")
def member_consent(request: HttpRequest, number: str) -> HttpResponse:
    """What the member agreed to, now and before."""
    member = visible_member(request, number)
    agreements = agreements_of(member)
    granted = [each.purpose for each in agreements if each.is_granted]
    form = ConsentForm(posted(request), initial={"purposes": granted})
    if form.is_valid():
        set_consents(
            member=member,
            granted=form.cleaned_data["purposes"],
            at=timezone.now(),  # noqa: TID251 -- a view reads the clock
            source=f"staff:{request.user.get_username()}",
        )
        messages.success(request, _("The consent is saved."))
        return redirect("members:member-consent", member.number)
    context = page_of(request, member, tab="consent")
    context |= {"form": form, "agreements": agreements, "said": consents_of(member)}
    return render_page(request, "members/member_consent.html", context)


def _enrolled(request: HttpRequest, form: EnrolForm) -> Member | None:
    """Return the new member, or the one that the same form enrolled before."""
    try:
        return enrol_member(
            profile=form.profile,
            at=form.at,
            actor=staff_actor(request.user.get_username()),
            identities=form.identities,
            consents=tuple(form.cleaned_data["consents"]),
            code=form.cleaned_data["referral_code"],
        )
    except AlreadyEnrolled as refusal:
        sent_before = Member.objects.visible_to(request.user).filter(
            identifiers__system=FORM_SYSTEM,
            identifiers__value=form.form_key.value,
        )
        if member := sent_before.first():
            return member
        form.add_refusal(refusal)
    except DomainError as refusal:
        form.add_refusal(refusal)
    return None


def _double(request: HttpRequest, form: ProfileForm) -> Member | None:
    if form.double is None:
        return None
    known = Member.objects.visible_to(request.user)
    return known.filter(number=form.double.number).first()


def _next(request: HttpRequest) -> str:
    """Return where to go afterwards, when it is a page of this site."""
    target = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if target.startswith("/") and is_ours else ""
