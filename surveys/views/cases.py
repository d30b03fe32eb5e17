"""Cases for staff: what to work on, who does, and how it ended."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.formats import language
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import OrderedRows, page_links
from surveys.forms import CaseFilter, NoteForm, OwnerForm, ResolveForm
from surveys.models import Case
from surveys.models.cases import CaseQuerySet
from surveys.selectors.responses import (
    answer_lines,
    cases_with_comments,
    possible_owners,
)
from surveys.services.cases import add_note, reopen_case, resolve_case, take_case
from surveys.tables import CaseTable


@require_GET
@staff_permission_required("surveys.view_case")
def case_list(request: HttpRequest) -> HttpResponse:
    """List the cases to work on, or those of the filter."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    narrowed = CaseFilter(request.GET)
    rows = _narrowed(request, narrowed, now)
    page = keyset_page(
        cases_with_comments(rows),
        order_by="-opened_at",
        cursor=request.GET.get("cursor", ""),
    )
    table = CaseTable(OrderedRows(page.rows))
    table.now = now
    context = {
        "table": table,
        "has_rows": bool(page.rows),
        "filter": narrowed,
        **page_links(request, page),
    }
    return render_page(request, "surveys/case_list.html", context, fragment="rows")


@require_GET
@staff_permission_required("surveys.view_case")
def case_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one case with the answers behind it."""
    return _show(request, _case(request, public_id))


@require_POST
@staff_permission_required("surveys.view_case", "surveys.change_case")
def case_take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the case to somebody."""
    case = _case(request, public_id)
    form = OwnerForm(request.POST, instance=case, owners=possible_owners())
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            take_case(case=case, owner=form.owner, actor=actor)
            messages.success(request, _("The owner is saved."))
            return redirect(case)
    return _show(request, _case(request, public_id), form=form)


@require_POST
@staff_permission_required("surveys.view_case", "surveys.change_case")
def case_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a note."""
    case = _case(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = NoteForm(request.POST, at=now)
    if form.is_valid():
        add_note(
            case=case,
            text=form.cleaned_data["text"],
            key=form.cleaned_data["key"].value,
            at=now,
            actor=staff_actor(request.user.get_username()),
        )
        messages.success(request, _("The note is added."))
        return redirect(case)
    return _show(request, case, form=form)


@require_POST
@staff_permission_required("surveys.view_case", "surveys.change_case")
def case_resolve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close the case with what came of it."""
    case = _case(request, public_id)
    form = ResolveForm(request.POST)
    if form.is_valid():
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        resolve_case(
            case=case,
            resolution=form.cleaned_data["resolution"],
            at=now,
            actor=staff_actor(request.user.get_username()),
        )
        messages.success(request, _("The case is resolved."))
        return redirect(case)
    return _show(request, case, form=form)


@require_POST
@staff_permission_required("surveys.view_case", "surveys.change_case")
def case_reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open a resolved case again."""
    case = _case(request, public_id)
    reopen_case(case=case, actor=staff_actor(request.user.get_username()))
    messages.success(request, _("The case is open again."))
    return redirect(case)


def _case(request: HttpRequest, public_id: UUID) -> Case:
    rows = Case.objects.visible_to(request.user).select_related(
        "member", "owner", "response__survey", "response__version", "response__wave"
    )
    return get_object_or_404(rows, public_id=public_id)


def _narrowed(
    request: HttpRequest, narrowed: CaseFilter, now: datetime
) -> CaseQuerySet:
    rows = Case.objects.visible_to(request.user)
    narrowed.is_valid()
    show = narrowed.cleaned_data.get("show", "")
    if show == "mine":
        return rows.unresolved().filter(owner_id=request.user.pk)
    if show == "overdue":
        return rows.overdue(now)
    if show == "resolved":
        return rows.filter(state=Case.State.RESOLVED)
    return rows if show == "all" else rows.unresolved()


def _show(
    request: HttpRequest,
    case: Case,
    form: OwnerForm | NoteForm | ResolveForm | None = None,
) -> HttpResponse:
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    is_resolved = case.state == Case.State.RESOLVED
    context = {
        "case": case,
        "now": now,
        "form": form,
        "lines": answer_lines(response=case.response, language=language())
        if case.response
        else [],
        "notes": list(case.notes.all()),
        "owner_form": form
        if isinstance(form, OwnerForm)
        else OwnerForm(instance=case, owners=possible_owners()),
        "note_form": form if isinstance(form, NoteForm) else NoteForm(at=now),
        "resolve_form": form if isinstance(form, ResolveForm) else ResolveForm(),
        "can_change": request.user.has_perm("surveys.change_case") and not is_resolved,
    }
    return render_page(request, "surveys/case_detail.html", context)
