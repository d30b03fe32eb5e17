"""The pages of webhooks: endpoints, their secrets, deliveries, the catalogue."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links
from loyalty_site.webhooks.forms import EndpointForm
from loyalty_site.webhooks.models import MANAGE, Delivery, Endpoint
from loyalty_site.webhooks.selectors import (
    counts_of,
    described_kinds,
    readable_body,
)
from loyalty_site.webhooks.services import delivering, endpoints
from loyalty_site.webhooks.signing import secret_of
from loyalty_site.webhooks.tables import DeliveryTable, EndpointTable

may_manage = staff_permission_required(MANAGE)


@require_safe
@may_manage
def event_catalogue(request: HttpRequest) -> HttpResponse:
    """Every kind of event, with a sample of what is sent."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    kinds = described_kinds(now.replace(microsecond=0))
    return render_page(request, "webhooks/event_catalogue.html", {"kinds": kinds})


@require_safe
@may_manage
def endpoint_list(request: HttpRequest) -> HttpResponse:
    """Who is told of what."""
    table = EndpointTable(Endpoint.objects.visible_to(request.user))
    return render_page(request, "webhooks/endpoint_list.html", {"table": table})


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
@reauthentication_required  # type: ignore[untyped-decorator]
@never_cache
def endpoint_add(request: HttpRequest) -> HttpResponse:
    """Add an address and show its secret, this once."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    form = EndpointForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            endpoint = endpoints.add_endpoint(
                **form.cleaned_data,
                at=now,
                actor=staff_actor(request.user.get_username()),
            )
            return _with_secret(request, endpoint)
    return render_page(request, "webhooks/endpoint_form.html", {"form": form})


@require_safe
@may_manage
def endpoint_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One endpoint, and what became of each event."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    endpoint = _endpoint(request, public_id)
    deliveries = Delivery.objects.visible_to(request.user).filter(endpoint=endpoint)
    page = keyset_page(
        deliveries.select_related("event", "endpoint"),
        order_by="-pk",
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "endpoint": endpoint,
        "table": DeliveryTable(page.rows),
        "counts": counts_of(endpoint),
        "has_two_secrets": bool(
            endpoint.previous_until and endpoint.previous_until > now
        ),
        **page_links(request, page),
    }
    return render_page(request, "webhooks/endpoint_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def endpoint_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change the address, or what it is told of."""
    endpoint = _endpoint(request, public_id)
    given = {
        "url": endpoint.url,
        "kinds": endpoint.kinds,
        "note": endpoint.note,
    }
    form = EndpointForm(posted(request), initial=given)
    if form.is_valid():
        with form.domain_errors():
            actor = staff_actor(request.user.get_username())
            endpoints.change_endpoint(
                endpoint=endpoint, **form.cleaned_data, actor=actor
            )
            messages.success(request, _("The endpoint is saved."))
            return redirect(endpoint)
    context = {"form": form, "endpoint": endpoint}
    return render_page(request, "webhooks/endpoint_form.html", context)


@require_POST
@may_manage
def endpoint_switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Pause an endpoint, or let it go on."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    endpoint = _endpoint(request, public_id)
    if endpoint.paused_at is None:
        reason = Endpoint.Pause.BY_HAND
        endpoints.pause_endpoint(endpoint=endpoint, reason=reason, at=now)
        messages.info(request, _("Nothing is sent now. Events are kept meanwhile."))
    else:
        endpoints.resume_endpoint(endpoint=endpoint, at=now)
        messages.success(request, _("What was kept is sent now."))
    return redirect(endpoint)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
@reauthentication_required  # type: ignore[untyped-decorator]
@never_cache
def endpoint_rotate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask first, then show a new secret, this once."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    endpoint = _endpoint(request, public_id)
    if request.method == "POST":
        return _with_secret(request, endpoints.rotate_secret(endpoint=endpoint, at=now))
    context = {"endpoint": endpoint}
    return render_page(request, "webhooks/endpoint_rotate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def endpoint_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask first, then tell it nothing any more."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    endpoint = _endpoint(request, public_id)
    if request.method == "POST":
        actor = staff_actor(request.user.get_username())
        endpoints.remove_endpoint(endpoint=endpoint, at=now, actor=actor)
        messages.success(request, _("The endpoint is removed."))
        return redirect("webhooks:endpoint-list")
    context = {"endpoint": endpoint}
    return render_page(request, "webhooks/endpoint_remove.html", context)


@require_POST
@may_manage
def endpoint_resend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send all that failed again."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    endpoint = _endpoint(request, public_id)
    count = delivering.resend_failed(endpoint=endpoint, at=now)
    said = ngettext(
        "%(count)s event is sent again.", "%(count)s events are sent again.", count
    )
    messages.success(request, said % {"count": count})
    return redirect(endpoint)


@require_safe
@may_manage
def delivery_detail(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """What was sent, and what was answered last."""
    delivery = _delivery(request, public_id, pk)
    body = readable_body(delivering.message_of(delivery.event))
    context = {"delivery": delivery, "endpoint": delivery.endpoint, "body": body}
    return render_page(request, "webhooks/delivery_detail.html", context)


@require_POST
@may_manage
def delivery_resend(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Send one event again."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    delivery = _delivery(request, public_id, pk)
    delivering.resend(delivery=delivery, at=now)
    messages.success(request, _("The event is sent again within seconds."))
    return redirect("webhooks:delivery-detail", public_id, pk)


def _with_secret(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret_of(endpoint.seed)}
    return render_page(request, "webhooks/endpoint_secret.html", context)


def _endpoint(request: HttpRequest, public_id: UUID) -> Endpoint:
    visible = Endpoint.objects.visible_to(request.user)
    return get_object_or_404(visible, public_id=public_id)


def _delivery(request: HttpRequest, public_id: UUID, pk: int) -> Delivery:
    visible = Delivery.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("event", "endpoint"),
        endpoint__public_id=public_id,
        pk=pk,
    )
