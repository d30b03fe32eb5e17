"""The columns of the lists of endpoints and of deliveries."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.tables import InstantColumn, NumberColumn
from loyalty_site.webhooks.models import Delivery, Endpoint


class EndpointTable(tables.Table):
    """Endpoints in the order they were added."""

    url = tables.TemplateColumn(
        '<a class="code" href="{{ record.get_absolute_url }}">{{ value }}</a>',
        orderable=False,
    )
    note = tables.Column(orderable=False)
    kinds = tables.TemplateColumn(
        template_name="webhooks/_events.html", orderable=False
    )
    state = tables.TemplateColumn(
        template_name="webhooks/_endpoint_state.html",
        verbose_name=_("State"),
        orderable=False,
        empty_values=(),
    )

    class Meta:
        model = Endpoint
        fields = ("url", "state", "note", "kinds")
        caption = _("Endpoints")
        empty_text = _("Nobody is told of anything yet. Add the address of a shop.")


class DeliveryTable(tables.Table):
    """Deliveries, the newest first."""

    event = tables.TemplateColumn(
        '<a class="code" href="{% url "webhooks:delivery-detail" record.endpoint.public_id record.pk %}">'
        "{{ record.event.kind }}</a>",
        verbose_name=_("Event"),
        orderable=False,
    )
    at = InstantColumn(accessor="event__at", verbose_name=_("When"), orderable=False)
    state = tables.TemplateColumn(
        template_name="webhooks/_delivery_state.html",
        verbose_name=_("State"),
        orderable=False,
    )
    attempts = NumberColumn(verbose_name=_("Attempts"), orderable=False)
    answer_status = NumberColumn(verbose_name=_("Status"), orderable=False)
    answer_ms = NumberColumn(verbose_name=_("ms"), orderable=False)

    class Meta:
        model = Delivery
        fields = ("event", "at", "state", "attempts", "answer_status", "answer_ms")
        caption = _("Deliveries, the newest first")
        empty_text = _("Nothing has happened yet that it asks for.")
