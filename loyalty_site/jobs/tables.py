"""The columns of the list of jobs."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.models import Job


class JobTable(tables.Table):
    """Jobs, the newest first."""

    title = tables.Column(linkify=True, orderable=False)
    state = tables.TemplateColumn(
        "{% include 'jobs/_state.html' with job=record %}", orderable=False
    )
    rows_done = tables.TemplateColumn(
        "{{ value|number }}", attrs={"th": {"class": "num"}, "td": {"class": "num"}}
    )
    created_at = tables.TemplateColumn("{{ value|daytime_dense }}")
    created_by = tables.TemplateColumn("{{ value|actor }}", orderable=False)

    class Meta:
        model = Job
        fields = ("title", "state", "rows_done", "created_at", "created_by")
        order_by = "-created_at"
        caption = _("Jobs, the newest first")
        empty_text = _("No job has run yet. Imports, exports and waves appear here.")
