"""The pages of one's own account; sign-in itself is allauth's."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from loyalty_site.accounts.access import staff_required
from loyalty_site.accounts.forms import ProfileForm
from loyalty_site.accounts.models import User
from loyalty_site.accounts.services import change_profile
from loyalty_site.lib.htmx import render_page


@staff_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change one's own name, mail, language and colours."""
    user = User.objects.get(username=request.user.get_username())
    form = ProfileForm(request.POST or None, instance=user)
    if form.is_valid():
        change_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Your account is changed."))
        response = redirect("accounts:profile")
        # What the device remembered would win over what was just chosen.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        response.delete_cookie("theme")
        return response
    return render_page(request, "account/profile.html", {"form": form})
