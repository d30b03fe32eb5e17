"""The columns of the list of API keys."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from loyalty_site.apiaccess.models import ApiKey, LoggedRequest
from loyalty_site.lib.tables import InstantColumn, NumberColumn


class ApiKeyTable(tables.Table):
    """Keys by name; those that open nothing any more stay listed."""

    name = tables.Column()
    prefix = tables.TemplateColumn('<code class="code">{{ value }}…</code>')
    scopes = tables.TemplateColumn(
        template_name="apiaccess/_scopes.html", orderable=False
    )
    created_at = tables.TemplateColumn("{{ value|daytime_dense }}")
    last_used_on = tables.TemplateColumn(template_name="apiaccess/_day_or_never.html")
    expires_at = tables.TemplateColumn(template_name="apiaccess/_day_or_never.html")
    state = tables.TemplateColumn(
        template_name="apiaccess/_state.html",
        verbose_name=_("State"),
        orderable=False,
        empty_values=(),
    )

    class Meta:
        model = ApiKey
        fields = (
            "name",
            "state",
            "prefix",
            "scopes",
            "created_at",
            "last_used_on",
            "expires_at",
        )
        order_by = "name"
        caption = _("API keys by name")
        empty_text = _("No key yet. A till or a shop needs one to post purchases.")


class LoggedRequestTable(tables.Table):
    """Calls, the newest first."""

    at = InstantColumn(verbose_name=_("When"), orderable=False)
    path = tables.TemplateColumn(
        '<a class="code" href="{% url "apiaccess:request-detail" record.pk %}">'
        "{{ record.method }} {{ value }}</a>",
        verbose_name=_("Call"),
        orderable=False,
    )
    status = NumberColumn(verbose_name=_("Status"), orderable=False)
    code = tables.TemplateColumn(
        '{% if value %}<code class="code">{{ value }}</code>{% endif %}',
        verbose_name=_("Error code"),
        orderable=False,
    )
    milliseconds = NumberColumn(verbose_name=_("ms"), orderable=False)
    api_key = tables.Column(verbose_name=_("API key"), orderable=False)

    class Meta:
        model = LoggedRequest
        fields = ("at", "path", "status", "code", "milliseconds", "api_key")
        caption = _("Requests, the newest first")
        empty_text = _("No call has come yet, or none that fits.")
