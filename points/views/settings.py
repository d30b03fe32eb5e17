"""The programme's settings."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.history import changes_of
from loyalty_site.lib.htmx import render_page
from points.expiry_policies import words_of
from points.forms.settings import ProgrammeForm
from points.selectors.expiry_settings import activity_words, tier_words
from points.selectors.programme import current_programme
from points.services.programme import change_programme

# Stored as JSON, read as sentences.
WORDS: dict[str, Callable[[Any], str]] = {
    "expiry": words_of,
    "tier_expiry": tier_words,
    "sliding_by": activity_words,
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.change_programme")
def programme_edit(request: HttpRequest) -> HttpResponse:
    """How the programme works, what a change does, and who changed it."""
    programme = current_programme()
    form = ProgrammeForm(posted(request), instance=programme)
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            change_programme(wanted=form.settings, actor=actor)
            messages.success(request, _("The settings are saved."))
            return redirect("points:programme-edit")
    context = {
        "form": form,
        "changes": changes_of(programme, masks=WORDS),
        "zones": sorted(available_timezones()),
    }
    return render_page(request, "points/programme_form.html", context)
