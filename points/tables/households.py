"""The list of households."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import name_of_actor
from loyalty_site.lib.tables import DayColumn, NumberColumn
from points.models import Household
from points.tables.ledger import PlainTable


class HouseholdTable(PlainTable):
    """Households, the newest first."""

    name = tables.Column(_("Name"))
    size = NumberColumn(_("Members"))
    created_at = DayColumn(_("Since"))
    created_by = tables.Column(_("By"))

    class Meta:
        caption = _("Households")

    def render_name(self, record: Household) -> SafeString:
        """Return the name as a link."""
        url = record.get_absolute_url()
        return format_html('<a href="{}">{}</a>', url, record.name)

    def render_created_by(self, value: str) -> str:
        """Return who it was without the kind of actor."""
        return name_of_actor(value)
