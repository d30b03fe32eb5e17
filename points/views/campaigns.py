"""Campaigns: the list, one campaign, its form, and the steps of its life."""

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
from loyalty_site.lib import formats
from loyalty_site.lib.actors import Actor, staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from points.campaign_links import links_of
from points.forms.campaigns import CampaignForm, CampaignRefusalForm
from points.models import Campaign, EarningRule, RuleDraft
from points.money_words import money_words
from points.selectors.campaign_pages import campaign_rows
from points.selectors.programme import current_rulebook
from points.selectors.rule_sentences import current_words
from points.selectors.rulebook_pages import rule_rows
from points.services import campaigns as services

CHANGE = ("points.view_earningrule", "points.change_earningrule")
APPROVE = ("points.view_earningrule", "points.approve_campaign")


@require_safe
@staff_permission_required("points.view_earningrule")
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Every campaign, the latest start first."""
    page = keyset_page(
        Campaign.objects.visible_to(request.user),
        order_by="-starts_at",
        cursor=request.GET.get("cursor", ""),
    )
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    words = current_words(current_rulebook().currency)
    context = {
        "rows": campaign_rows(page.rows, words, at=now),
        **page_links(request, page),
    }
    return render_page(request, "points/campaign_list.html", context)


@require_safe
@staff_permission_required("points.view_earningrule")
def campaign_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One campaign with its rules, and what can be done with it."""
    return _detail(request, _campaign(request, public_id), CampaignRefusalForm())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def campaign_add(request: HttpRequest) -> HttpResponse:
    """A new campaign."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def campaign_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a campaign that was not submitted yet."""
    return _edit(request, _campaign(request, public_id))


@require_POST
@staff_permission_required(*CHANGE)
def campaign_move(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Submit, pause or resume a campaign."""
    campaign = _campaign(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    steps: dict[str, Callable[..., Campaign]] = {
        "submit": partial(services.submit_campaign, at=now),
        "pause": services.pause_campaign,
        "resume": services.resume_campaign,
    }
    if step not in steps:
        raise Http404
    try:
        moved = steps[step](campaign=campaign, actor=_actor(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _said(moved))
    return redirect(campaign)


@require_POST
@staff_permission_required(*APPROVE)
def campaign_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Start what a colleague submitted."""
    campaign = _campaign(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    try:
        moved = services.approve_campaign(
            campaign=campaign, at=now, actor=_actor(request)
        )
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _said(moved))
    return redirect(campaign)


@require_POST
@staff_permission_required("points.view_earningrule")
def campaign_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send it back, or take one's own back."""
    campaign = _campaign(request, public_id)
    if not _may_refuse(request, campaign):
        raise Http404
    form = CampaignRefusalForm(request.POST)
    if form.is_valid():
        with form.domain_errors():
            services.refuse_campaign(
                campaign=campaign,
                note=form.cleaned_data["note"],
                actor=_actor(request),
            )
            messages.success(request, _("The campaign can be changed again."))
            return redirect(campaign)
    return _detail(request, campaign, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def campaign_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a campaign for good, after a page of its own."""
    campaign = _campaign(request, public_id)
    if request.method != "POST":
        context = {"campaign": campaign}
        return render_page(request, "points/campaign_end.html", context)
    try:
        services.end_campaign(campaign=campaign, actor=_actor(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.info(request, _("The campaign has ended."))
    return redirect(campaign)


def _edit(request: HttpRequest, campaign: Campaign | None) -> HttpResponse:
    words = current_words(current_rulebook().currency)
    form = CampaignForm(posted(request), instance=campaign, words=words)
    if form.is_valid():
        with form.domain_errors():
            saved = services.save_campaign(
                details=form.details,
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=_actor(request),
                campaign=campaign,
            )
            messages.success(
                request, _("%(name)s is saved.") % {"name": saved.local_name}
            )
            return redirect(saved)
    context = {"form": form, "campaign": campaign}
    return render_page(request, "points/campaign_form.html", context)


def _detail(
    request: HttpRequest, campaign: Campaign, form: CampaignRefusalForm
) -> HttpResponse:
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    currency = current_rulebook().currency
    [row] = campaign_rows([campaign], current_words(currency), at=now)
    rules = EarningRule.objects.visible_to(request.user).filter(campaign=campaign)
    rules = rules.select_related("draft", "campaign")
    drafts = RuleDraft.objects.visible_to(request.user)
    context = {
        "campaign": campaign,
        "row": row,
        "budget": getattr(campaign, "budget", None),
        "budget_money": formats.money(campaign.budget_minor, currency),
        "rules": rule_rows(list(rules), currency=currency, at=now),
        "drafts": drafts.filter(campaign=campaign, rule=None),
        "form": form,
        "is_own": campaign.asked_by == str(_actor(request)),
        "may_refuse": _may_refuse(request, campaign),
        "changes": changes_of(campaign, masks=money_words(currency)),
        "links": links_of(campaign, request.user),
    }
    return render_page(request, "points/campaign_detail.html", context)


def _may_refuse(request: HttpRequest, campaign: Campaign) -> bool:
    is_own = campaign.asked_by == str(_actor(request))
    return is_own or request.user.has_perm("points.approve_campaign")


def _said(campaign: Campaign) -> str:
    return {
        Campaign.State.WAITING: _("Sent. A colleague has to approve it."),
        Campaign.State.RUNNING: _("The campaign works within its dates."),
        Campaign.State.PAUSED: _("The campaign is paused."),
    }[Campaign.State(campaign.state)]


def _actor(request: HttpRequest) -> Actor:
    return staff_actor(request.user.get_username())


def _campaign(request: HttpRequest, public_id: UUID) -> Campaign:
    campaigns = Campaign.objects.visible_to(request.user).select_related("budget")
    return get_object_or_404(campaigns, public_id=public_id)
