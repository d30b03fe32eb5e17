"""Columns of the list of imports."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.tables import InstantColumn, NumberColumn
from points.models import PurchaseImport


class ImportTable(tables.Table):
    """Imports, the newest first."""

    file_name = tables.Column(_("File"), linkify=True, orderable=False)
    source = tables.Column(orderable=False)
    state = tables.TemplateColumn(
        "{% include 'points/_import_state.html' with batch=record %}", orderable=False
    )
    rows_total = NumberColumn(_("Rows"), orderable=False)
    rows_posted = NumberColumn(_("Posted"), orderable=False)
    rows_bad = NumberColumn(_("With errors"), orderable=False)
    points_posted = NumberColumn(_("Points"), orderable=False)
    created_at = InstantColumn(_("Uploaded"), orderable=False)

    class Meta:
        model = PurchaseImport
        fields = (
            "file_name",
            "source",
            "state",
            "rows_total",
            "rows_posted",
            "rows_bad",
            "points_posted",
            "created_at",
        )
        caption = _("Imports of purchases, the newest first")
        empty_text = _("No purchases have been imported yet.")
