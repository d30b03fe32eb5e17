"""Drafts of earning rules: compared, changed, published, discarded."""

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
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.formats import daytime
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.forms.rules import DraftForm, PublicationForm
from points.models import EarningRule, RuleDraft, RuleVersion
from points.rules import RULE_KINDS
from points.selectors.programme import current_rulebook, published_versions
from points.selectors.rule_comparison import compared
from points.selectors.rule_sentences import current_words, sentence_of
from points.selectors.rule_warnings import warnings_about
from points.selectors.rulebook_pages import rule_rows, surroundings_of
from points.services.rule_drafts import (
    discard_draft,
    publish_draft,
    restore_version,
    save_draft,
)

CHANGE = ("points.view_earningrule", "points.change_earningrule")


@require_safe
@staff_permission_required("points.view_earningrule")
def draft_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A draft beside the version that decides now."""
    draft = _draft(request, public_id)
    return _detail(request, draft, PublicationForm(draft=draft))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def draft_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a draft."""
    draft = _draft(request, public_id)
    kind = RULE_KINDS[draft.kind]
    words = current_words(current_rulebook().currency)
    form = DraftForm(posted(request), kind=kind, words=words, draft=draft)
    if form.is_valid():
        with form.domain_errors():
            draft.revision = form.cleaned_data["revision"]
            saved = save_draft(
                **form.content,
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
                rule=draft.rule,
                draft=draft,
            )
            messages.success(request, _("The draft is kept. It decides nothing."))
            return redirect(saved)
    context = {"form": form, "kind": kind, "draft": draft}
    return render_page(request, "points/draft_form.html", context)


@require_POST
@staff_permission_required(*CHANGE)
def draft_publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make the draft the next version of its rule."""
    draft = _draft(request, public_id)
    form = PublicationForm(request.POST, draft=draft)
    if form.is_valid():
        with form.domain_errors():
            draft.revision = form.cleaned_data["revision"]
            now = timezone.now()  # noqa: TID251 -- a view reads the clock
            version = publish_draft(
                draft=draft,
                at=now,
                actor=staff_actor(request.user.get_username()),
                valid_from=form.cleaned_data.get("valid_from"),
            )
            messages.success(
                request, _what_was_published(version, planned=version.valid_from > now)
            )
            return redirect(version.rule)
    return _detail(request, draft, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(*CHANGE)
def draft_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a draft go, after a page of its own."""
    draft = _draft(request, public_id)
    if request.method != "POST":
        return render_page(request, "points/draft_discard.html", {"draft": draft})
    discard_draft(draft=draft)
    messages.info(request, _("The draft is discarded."))
    return redirect(draft.rule or "points:rule-list")


@require_POST
@staff_permission_required(*CHANGE)
def version_restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Begin a draft that says what an old version said."""
    rule = get_object_or_404(EarningRule.objects.visible_to(request.user), pk=pk)
    version = get_object_or_404(rule.versions.select_related("rule"), number=number)
    try:
        draft = restore_version(
            version=version,
            at=timezone.now(),  # noqa: TID251 -- a view reads the clock
            actor=staff_actor(request.user.get_username()),
        )
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect(rule)
    messages.success(request, _("The draft is kept. It decides nothing."))
    return redirect(draft)


def _detail(
    request: HttpRequest, draft: RuleDraft, form: PublicationForm
) -> HttpResponse:
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    rulebook = current_rulebook()
    currency = rulebook.currency
    words = current_words(currency)
    rules = [draft.rule] if draft.rule else []
    row = next(iter(rule_rows(rules, currency=currency, at=now)), None)
    current = row.current if row else None
    context = {
        "draft": draft,
        "form": form,
        "row": row,
        "current": current,
        "sentence": sentence_of(draft, words),
        "lines": compared(current.version if current else None, draft, words),
        "is_behind": row is not None
        and row.last is not None
        and row.last.version.pk != draft.based_on_id,
        "kind": RULE_KINDS[draft.kind],
        "warnings": warnings_about(
            draft,
            rule=draft.rule,
            since=now,
            within=surroundings_of(published_versions(), rulebook, at=now),
        ),
    }
    return render_page(request, "points/draft_detail.html", context)


def _what_was_published(version: RuleVersion, *, planned: bool) -> str:
    if planned:
        return _("Version %(number)s decides for purchases from %(at)s on.") % {
            "number": version.number,
            "at": daytime(version.valid_from),
        }
    return _("Version %(number)s decides for purchases from now on.") % {
        "number": version.number
    }


def _draft(request: HttpRequest, public_id: UUID) -> RuleDraft:
    drafts = RuleDraft.objects.visible_to(request.user).select_related("rule")
    return get_object_or_404(drafts, public_id=public_id)
