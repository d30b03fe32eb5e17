"""The columns of the list of API keys."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from loyalty_site.apiaccess.models import ApiKey


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
            "prefix",
            "scopes",
            "created_at",
            "last_used_on",
            "expires_at",
            "state",
        )
        order_by = "name"
        caption = _("API keys by name")
        empty_text = _("No key yet. A till or a shop needs one to post purchases.")
