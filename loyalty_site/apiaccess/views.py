"""The pages of API keys: the list, a new one shown once, revoke."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from django_tables2 import RequestConfig

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.apiaccess import keys
from loyalty_site.apiaccess.forms import ApiKeyForm, ChangeApiKeyForm
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.services import (
    change_api_key,
    create_api_key,
    revoke_api_key,
    rotate_api_key,
)
from loyalty_site.apiaccess.tables import ApiKeyTable
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page

STARTING_WITH = {"expiry_days": "365", "adjusts_at_once": 0, "adjusts_in_a_day": 0}
may_change_keys = staff_permission_required("apiaccess.change_apikey")


@require_GET
@may_change_keys
def key_list(request: HttpRequest) -> HttpResponse:
    """Show all keys, also those that were revoked."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    table = ApiKeyTable(ApiKey.objects.visible_to(request.user))
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render_page(request, "apiaccess/key_list.html", {"table": table, "now": now})


@require_http_methods(["GET", "POST"])
@may_change_keys
@reauthentication_required  # type: ignore[untyped-decorator]
@never_cache
def key_create(request: HttpRequest) -> HttpResponse:
    """Make a key and show it, this once."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = ApiKeyForm(request.POST or None, initial=STARTING_WITH)
    if form.is_valid():
        with form.domain_errors():
            new = create_api_key(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(now),
                adjusts_at_once=form.cleaned_data["adjusts_at_once"],
                adjusts_in_a_day=form.cleaned_data["adjusts_in_a_day"],
                keeps_bodies=form.cleaned_data["keeps_bodies"],
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            return render_page(request, "apiaccess/key_created.html", {"new": new})
    return render_page(request, "apiaccess/key_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@may_change_keys
@reauthentication_required  # type: ignore[untyped-decorator]
def key_edit(request: HttpRequest, prefix: str) -> HttpResponse:
    """Change scopes and limits, or whether bodies are kept."""
    api_key = _key_in_force(request, prefix)
    names = ("scopes", "adjusts_at_once", "adjusts_in_a_day", "keeps_bodies")
    given = {name: getattr(api_key, name) for name in names}
    form = ChangeApiKeyForm(posted(request), initial=given)
    if form.is_valid():
        change_api_key(api_key=api_key, **form.cleaned_data)
        keys.cache.forget()
        messages.success(request, _("The key is saved."))
        return redirect("apiaccess:key-list")
    context = {"form": form, "key": api_key}
    return render_page(request, "apiaccess/key_edit.html", context)


@require_http_methods(["GET", "POST"])
@may_change_keys
@reauthentication_required  # type: ignore[untyped-decorator]
@never_cache
def key_rotate(request: HttpRequest, prefix: str) -> HttpResponse:
    """Ask first, then show a new text of the key, this once."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    api_key = _key_in_force(request, prefix)
    if request.method == "POST":
        new = rotate_api_key(api_key=api_key, at=now)
        return render_page(request, "apiaccess/key_created.html", {"new": new})
    return render_page(request, "apiaccess/key_confirm_rotate.html", {"key": api_key})


@require_http_methods(["GET", "POST"])
@may_change_keys
def key_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Ask first, then let the key open nothing any more."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    api_key = _key_in_force(request, prefix)
    if request.method == "POST":
        revoke_api_key(api_key=api_key, at=now)
        keys.cache.forget()
        messages.success(
            request, _("The key “%(name)s” is revoked.") % {"name": api_key.name}
        )
        return redirect("apiaccess:key-list")
    return render_page(request, "apiaccess/key_confirm_revoke.html", {"key": api_key})


def _key_in_force(request: HttpRequest, prefix: str) -> ApiKey:
    visible = ApiKey.objects.visible_to(request.user)
    return get_object_or_404(visible, prefix=prefix, revoked_at=None)
