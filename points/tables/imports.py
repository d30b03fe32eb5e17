"""Columns of the list of imports."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.tables import DayColumn, NumberColumn
from points.models import PurchaseImport, RefundImport


class FileImportTable(tables.Table):
    """What every kind of import says of its file."""

    file_name = tables.Column(_("File and source"), orderable=False)
    state = tables.TemplateColumn(
        "{% include 'points/_import_state.html' with batch=record %}", orderable=False
    )
    rows_total = NumberColumn(_("Rows"), orderable=False)
    rows_bad = NumberColumn(_("With errors"), orderable=False)
    created_at = DayColumn(_("Uploaded"), orderable=False)

    def render_file_name(self, record: PurchaseImport | RefundImport) -> SafeString:
        """Return the file as a link, with its source below."""
        return format_html(
            '<a href="{}">{}</a><span class="cell-note">{}</span>',
            record.get_absolute_url(),
            record.file_name,
            record.source,
        )


class ImportTable(FileImportTable):
    """Imports, the newest first."""

    rows_posted = NumberColumn(_("Posted"), orderable=False)
    points_posted = NumberColumn(_("Points"), orderable=False)

    class Meta:
        model = PurchaseImport
        fields = sequence = (
            "file_name",
            "state",
            "rows_total",
            "rows_posted",
            "rows_bad",
            "points_posted",
            "created_at",
        )
        caption = _("Imports of purchases, the newest first")
        empty_text = _("No purchases have been imported yet.")


class RefundImportTable(FileImportTable):
    """Imports of refunds, the newest first."""

    refunds = NumberColumn(_("Refunds"), orderable=False)
    points = NumberColumn(_("Points"), orderable=False)

    class Meta:
        model = RefundImport
        fields = sequence = (
            "file_name",
            "state",
            "rows_total",
            "refunds",
            "rows_bad",
            "points",
            "created_at",
        )
        caption = _("Imports of refunds, the newest first")
        empty_text = _("No refunds have been imported yet.")
