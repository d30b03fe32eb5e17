"""Forms of the imports' pages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from crispy_forms.layout import Fieldset
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import (
    Anything,
    Folded,
    KeyedForm,
    RefusalsMixin,
    helper_of,
)
from points.imports.columns import FIELD_LABELS, REQUIRED, ColumnMap, DateOrder

SOURCE_FORMAT = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z",
    _("Use letters, digits, dots and dashes, such as “webshop” or “till-3”."),
)

SOURCE_ATTRS = {"list": "sources", "autocomplete": "off", "spellcheck": "false"}
_ZONE_HELP = _("Empty: that of the programme, %(zone)s.")


class FileForm(KeyedForm):
    """A file, and where it comes from."""

    file = forms.FileField(
        label=_("CSV file"),
        # The reader says what is wrong with an empty file, and how to mend it.
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,.txt"}),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=40,
        validators=[SOURCE_FORMAT],
        widget=forms.TextInput(attrs=SOURCE_ATTRS),
    )
    helps: Mapping[str, Any]

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        for name, text in self.helps.items():
            self.fields[name].help_text = text

    @property
    def public_id(self) -> UUID:
        """The id of the import that this showing of the form makes."""
        return uuid5(NAMESPACE_OID, self.cleaned_data["key"].value)


class UploadForm(FileForm):
    """A file of purchases, and what happens to unknown members."""

    helps = {
        "file": _("UTF-8, one purchase a row; the first line names the columns."),
        "source": _(
            "The till or shop the file comes from, always by the same name: "
            "purchases are told apart by source and id."
        ),
    }
    enrols_missing = forms.BooleanField(
        label=_("Enrol unknown members"),
        required=False,
        help_text=_(
            "Each unknown member number of the file becomes a new member without a name."
        ),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of("file", "source", "enrols_missing", "key")


class RefundUploadForm(FileForm):
    """A file of refunds, and how its dates are written."""

    helps = {
        "file": _("UTF-8; the first line names the columns."),
        "source": _(
            "The till or shop that the purchases came from, by the same name as then: "
            "a purchase is found by its source and its id."
        ),
    }
    date_order = forms.ChoiceField(
        label=_("Dates"),
        choices=DateOrder.choices,
        initial=DateOrder.YEAR_FIRST,
        widget=forms.RadioSelect,
    )
    time_zone = forms.CharField(
        label=_("Time zone of the file"), required=False, max_length=64
    )

    def __init__(self, *args: Anything, zone: str, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].help_text = _ZONE_HELP % {"zone": zone}
        written = Folded(_("How values are written"), "date_order", "time_zone")
        self.helper = helper_of("file", "source", written, "key")

    @property
    def reading(self) -> ColumnMap:
        """How the values of the file are written; its columns are found by name."""
        data = self.cleaned_data
        return ColumnMap({}, date_order=data["date_order"], time_zone=data["time_zone"])


class ColumnsForm(RefusalsMixin, forms.Form):
    """Which column holds what, and how values are written."""

    fields_of_refusals = {"columns": "member"}

    def __init__(
        self, *args: Anything, columns: ColumnMap, zone: str, **kwargs: Anything
    ) -> None:
        super().__init__(*args, **kwargs)
        self._columns = columns
        header = [(name, name) for name in columns.header if name]
        for name, label in FIELD_LABELS.items():
            is_required = name in REQUIRED
            nothing = _("Choose a column") if is_required else _("Not in the file")
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", nothing), *header],
                required=is_required,
                initial=columns.columns.get(name, ""),
            )
        self._add_options(zone)
        self.helper = helper_of(
            Fieldset(_("Columns"), *FIELD_LABELS),
            Fieldset(
                _("How values are written"),
                "date_order",
                "time_zone",
                "member_system",
            ),
        )

    def _add_options(self, zone: str) -> None:
        self.fields["id"].help_text = _(
            "Without an id, rows that say the same are told apart by their place."
        )
        self.fields["member"].help_text = _(
            "The customer number of the source, a card, a member number, an "
            "international phone number or an e-mail."
        )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("Dates"),
            choices=DateOrder.choices,
            initial=self._columns.date_order,
            widget=forms.RadioSelect,
        )
        self.fields["time_zone"] = forms.CharField(
            label=_("Time zone of the file"),
            required=False,
            max_length=64,
            initial=self._columns.time_zone,
            help_text=_ZONE_HELP % {"zone": zone},
        )
        self.fields["member_system"] = forms.CharField(
            label=_("Customer numbers belong to"),
            required=False,
            max_length=40,
            validators=[SOURCE_FORMAT],
            initial=self._columns.member_system,
            help_text=_("Empty: the source of the file itself."),
        )

    @property
    def column_map(self) -> ColumnMap:
        """The cleaned form as the services take it."""
        data = self.cleaned_data
        return replace(
            self._columns,
            columns={name: data[name] for name in FIELD_LABELS if data[name]},
            date_order=data["date_order"],
            time_zone=data["time_zone"],
            member_system=data["member_system"],
        )

    @property
    def used_columns(self) -> Sequence[str]:
        """The columns that hold something now, for the preview."""
        return [value for name in FIELD_LABELS if (value := self[name].value())]


class ReversalForm(RefusalsMixin, forms.Form):
    """Why an import is reversed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Members see it beside the points that are taken back."),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()
