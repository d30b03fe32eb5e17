"""The programme as a file: download it, load one after looking at what changes."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib import formats
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.htmx import render_page
from points.forms.programme_file import ConfirmedFileForm, ProgrammeFileForm
from points.services.programme_file import (
    Loaded,
    load_programme,
    read_programme,
    written_programme,
)


@require_safe
@staff_permission_required("points.change_programme")
def programme_export(request: HttpRequest) -> HttpResponse:
    """The programme as one JSON file."""
    text = json.dumps(written_programme(), ensure_ascii=False, indent=2)
    response = HttpResponse(f"{text}\n", content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="programme.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.change_programme")
def programme_file(request: HttpRequest) -> HttpResponse:
    """Load a file: first what it would change, then the change."""
    if "content" in request.POST:
        return _confirmed(request)
    form = ProgrammeFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with form.domain_errors():
            text = form.cleaned_data["file"]
            loaded = _load(request, text, is_trial=True)
            return _preview(request, text, loaded)
    return render_page(request, "points/programme_file.html", {"form": form})


def _confirmed(request: HttpRequest) -> HttpResponse:
    form = ConfirmedFileForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["content"]
        with form.domain_errors():
            loaded = _load(request, text, expected=form.cleaned_data["seen"])
            if not loaded.is_applied:
                return _preview(request, text, loaded, is_changed=True)
            _say_what_changed(request, loaded)
            return redirect("points:programme-file")
    messages.error(request, _("This page was not complete. Choose the file again."))
    return redirect("points:programme-file")


def _load(
    request: HttpRequest,
    text: str,
    *,
    is_trial: bool = False,
    expected: str | None = None,
) -> Loaded:
    return load_programme(
        document=read_programme(text),
        at=timezone.now(),  # noqa: TID251 -- a view reads the clock
        actor=staff_actor(request.user.get_username()),
        is_trial=is_trial,
        expected=expected,
    )


def _preview(
    request: HttpRequest, text: str, loaded: Loaded, *, is_changed: bool = False
) -> HttpResponse:
    confirm = ConfirmedFileForm(initial={"content": text, "seen": loaded.digest})
    context = {"loaded": loaded, "confirm": confirm, "is_changed": is_changed}
    return render_page(request, "points/programme_file_preview.html", context)


def _say_what_changed(request: HttpRequest, loaded: Loaded) -> None:
    count = len(loaded.changes)
    sentence = ngettext("%(n)s item is changed.", "%(n)s items are changed.", count)
    messages.success(request, sentence % {"n": formats.number(count)})
