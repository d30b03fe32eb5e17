"""Settings of the books: what points are worth."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.selectors.programme import current_programme
from reports.forms.accounts import AccountCodesForm
from reports.forms.valuations import WorthForm
from reports.models import Valuation
from reports.services.account_codes import set_account_codes
from reports.services.valuations import set_worth


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("reports.value_points")
def valuation_list(request: HttpRequest) -> HttpResponse:
    """What points are worth, since when, and the form of the next version."""
    form = WorthForm(posted(request), currency=current_programme().currency)
    if form.is_valid():
        with form.domain_errors():
            set_worth(
                worth=form.worth,
                at=timezone.now(),  # noqa: TID251 -- a view reads the clock
                actor=staff_actor(request.user.get_username()),
            )
            messages.success(request, _("The new version is saved."))
            return redirect("reports:valuation-list")
    context = {"form": form, "valuations": Valuation.objects.visible_to(request.user)}
    return render_page(request, "reports/valuation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("reports.value_points")
def account_codes(request: HttpRequest) -> HttpResponse:
    """The codes of the accounts that journal lines name."""
    form = AccountCodesForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            set_account_codes(wanted=form.codes, actor=actor)
            messages.success(request, _("The codes are saved."))
            return redirect("reports:account-codes")
    return render_page(request, "reports/account_codes.html", {"form": form})
