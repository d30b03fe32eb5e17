"""Earning rules as sentences, with their versions."""

from typing import Any
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
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from points.forms.rules import RuleForm
from points.forms.trial import TrialForm
from points.models import Campaign, EarningRule, RuleDraft
from points.rules import RULE_KINDS, is_for_events
from points.rules.base import RuleKind
from points.selectors.programme import current_rulebook, published_versions
from points.selectors.quotes import trial_of
from points.selectors.rule_comparison import history_of
from points.selectors.rule_sentences import current_words
from points.selectors.rulebook_pages import RuleRow, rule_rows, with_warnings
from points.selectors.traces import explain
from points.services.rule_drafts import save_draft
from points.services.rules import save_rule, set_rule_active

CHANGE = ("points.view_earningrule", "points.change_earningrule")


@require_safe
@staff_permission_required("points.view_earningrule")
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every rule as a sentence."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    rules = EarningRule.objects.visible_to(request.user)
    rules = rules.select_related("draft", "campaign")
    rows = _rows(list(rules))
    versions = [each.version for row in rows for each in row.versions]
    context = {
        "rows": with_warnings(rows, versions, current_rulebook(), at=now),
        "drafts": RuleDraft.objects.visible_to(request.user),
    }
    return render_page(request, "points/rule_list.html", context)


@require_safe
@staff_permission_required("points.view_earningrule")
def rule_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule with all its versions, and what is odd about it."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    rows = _rows([_rule(request, pk)])
    [row] = with_warnings(rows, published_versions(), current_rulebook(), at=now)
    return render_page(request, "points/rule_detail.html", {"row": row})


@require_safe
@staff_permission_required("points.view_earningrule")
def rule_history(request: HttpRequest, pk: int) -> HttpResponse:
    """What each version of a rule changed, who published it, and what else was done."""
    rule = _rule(request, pk)
    [row] = _rows([rule])
    context = {
        "row": row,
        "steps": history_of(row, current_words(current_rulebook().currency)),
        "changes": changes_of(rule),
    }
    return render_page(request, "points/rule_history.html", context)


@require_safe
@staff_permission_required("points.view_earningrule")
def rule_trial(request: HttpRequest) -> HttpResponse:
    """Try the rules with a purchase that nobody made; nothing is written."""
    rulebook = current_rulebook()
    words = current_words(rulebook.currency)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    data = request.GET if "amount" in request.GET else None
    form = TrialForm(data, words=words, initial={"occurred_at": now})
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        outcome = trial_of(form.event, rulebook, form.past_in(rulebook.zone))
        context |= {"outcome": outcome, "explanation": explain(outcome.trace)}
    return render_page(request, "points/rule_trial.html", context)


@require_safe
@staff_permission_required(*CHANGE)
def rule_kinds(request: HttpRequest) -> HttpResponse:
    """Pick what kind of rule it becomes."""
    campaign = _campaign(request)
    kinds = [
        kind
        for slug, kind in RULE_KINDS.items()
        if campaign is None or not is_for_events(slug)
    ]
    context = {"kinds": kinds, "campaign": campaign}
    return render_page(request, "points/rule_kinds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def rule_add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new rule of a kind."""
    if kind not in RULE_KINDS:
        raise Http404
    words = current_words(current_rulebook().currency)
    form = RuleForm(posted(request), kind=RULE_KINDS[kind], words=words)
    campaign = _campaign(request)
    return _save(request, form, RULE_KINDS[kind], None, campaign=campaign)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def rule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version of a rule."""
    rule = _rule(request, pk)
    [row] = _rows([rule])
    last = row.last.version if row.last else None
    words = current_words(current_rulebook().currency)
    form = RuleForm(posted(request), kind=row.kind, words=words, rule=rule, last=last)
    return _save(request, form, row.kind, row)


@require_POST
@staff_permission_required(*CHANGE)
def rule_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a rule or let it work again."""
    rule = _rule(request, pk)
    is_active = request.POST.get("is_active") == "yes"
    actor = staff_actor(request.user.get_username())
    set_rule_active(rule=rule, is_active=is_active, actor=actor)
    messages.success(
        request, _("The rule works again.") if is_active else _("The rule is paused.")
    )
    return redirect(rule)


def _save(
    request: HttpRequest,
    form: RuleForm,
    kind: RuleKind,
    row: RuleRow | None,
    *,
    campaign: Campaign | None = None,
) -> HttpResponse:
    if form.is_valid():
        with form.domain_errors():
            doing: dict[str, Any] = {
                "at": timezone.now(),  # noqa: TID251 -- a view reads the clock
                "actor": staff_actor(request.user.get_username()),
                "rule": row.rule if row else None,
                "campaign": campaign,
            }
            if "draft" in request.POST:
                draft = save_draft(**form.content, **doing)
                messages.success(request, _("The draft is kept. It decides nothing."))
                return redirect(draft)
            version = save_rule(**form.content, **doing)
            messages.success(
                request,
                _("Version %(number)s decides for purchases from now on.")
                % {"number": version.number},
            )
            return redirect(version.rule)
    context = {"form": form, "kind": kind, "row": row, "campaign": campaign}
    return render_page(request, "points/rule_form.html", context)


def _campaign(request: HttpRequest) -> Campaign | None:
    """Return the campaign that the address names, for which a rule is made."""
    text = request.GET.get("campaign", "")
    if not text:
        return None
    try:
        public_id = UUID(text)
    except ValueError:
        raise Http404 from None
    campaigns = Campaign.objects.visible_to(request.user)
    return get_object_or_404(campaigns, public_id=public_id)


def _rule(request: HttpRequest, pk: int) -> EarningRule:
    rules = EarningRule.objects.visible_to(request.user)
    rules = rules.select_related("draft", "campaign")
    return get_object_or_404(rules, pk=pk)


def _rows(rules: list[EarningRule]) -> list[RuleRow]:
    now = timezone.now()  # noqa: TID251 -- views read the clock
    return rule_rows(rules, currency=current_rulebook().currency, at=now)
