"""How points pay at the till."""

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
from points.forms.payments import PaymentTermsForm
from points.money_words import money_words
from points.selectors.paying import current_terms
from points.selectors.programme import current_rulebook
from points.services.paying import change_payment_terms


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.change_programme")
def paying_edit(request: HttpRequest) -> HttpResponse:
    """Rate, smallest payment and largest share."""
    terms = current_terms()
    currency = current_rulebook().currency
    form = PaymentTermsForm(posted(request), instance=terms, currency=currency)
    if form.is_valid():
        actor = staff_actor(request.user.get_username())
        change_payment_terms(terms=form.terms, actor=actor)
        messages.success(request, _("The settings are saved."))
        return redirect("points:paying-edit")
    context = {
        "form": form,
        "changes": changes_of(terms, masks=money_words(currency), limit=20),
    }
    return render_page(request, "points/paying_form.html", context)
