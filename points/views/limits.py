"""Limits of what staff may give or take alone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.forms.adjustments import LimitForm
from points.services.adjustment_limits import change_limits


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.change_programme")
def limit_edit(request: HttpRequest) -> HttpResponse:
    """How many points each role gives or takes without a second person."""
    form = LimitForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            change_limits(wanted=form.limits, actor=actor)
            messages.success(request, _("The limits are saved."))
            return redirect("points:limit-edit")
    return render_page(request, "points/limit_form.html", {"form": form})
