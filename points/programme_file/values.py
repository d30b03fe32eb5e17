"""Between the fields of a form and JSON."""

from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from points.programme_file.base import Item

# A choice that stands for whatever the programme has: its stores, its tiers.
ANY = "*"
_LISTS = (forms.MultipleChoiceField,)
_SHAPES: dict[type[forms.Field], dict[str, Any]] = {
    forms.BooleanField: {"type": "boolean"},
    forms.DecimalField: {"type": ["string", "number"], "pattern": r"^-?\d+(\.\d+)?$"},
    forms.DateTimeField: {"type": "string", "format": "date-time"},
    forms.DateField: {"type": "string", "format": "date"},
    forms.TimeField: {"type": "string", "pattern": r"^\d{2}:\d{2}$"},
}
Json = Any  # a value of JSON; which one says the field


def shown_fields(form: forms.BaseForm) -> Iterator[tuple[str, forms.Field]]:
    """Yield the fields that an item of the file has, by name."""
    for name, field in form.fields.items():
        if not field.widget.is_hidden:
            yield name, field


def item_of(form: forms.BaseForm) -> dict[str, Any]:
    """Return what an unbound form shows, as JSON values."""
    return {
        name: as_json(field, form.get_initial_for_field(field, name))
        for name, field in shown_fields(form)
    }


def as_json(field: forms.Field, value: Json) -> Json:
    """Return a field's value as JSON: decimals and instants are texts."""
    if isinstance(field, _LISTS):
        return list(value or [])
    if isinstance(value, list):
        # A field of one text that holds several words writes them as its page does.
        value = field.prepare_value(value)
    if isinstance(field, forms.BooleanField):
        return bool(value)
    if value is None or value == "":
        return "" if type(field) is forms.CharField else None
    return _scalar(field, value)


def _scalar(field: forms.Field, value: Json) -> str | int:
    if isinstance(field, forms.DecimalField):
        return f"{Decimal(str(value)).normalize():f}"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value if isinstance(value, int) else str(value)


def in_words(field: forms.Field, value: Json) -> str:
    """Return a JSON value as a reader knows it from the page."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(in_words(field, each) for each in value)
    text = "" if value is None else str(value)
    if not isinstance(field, forms.ChoiceField):
        return text
    labels = {str(choice): str(label) for choice, label in _flat(field.choices)}
    return labels.get(text, text) if text else text


def as_data(form: forms.BaseForm, item: Item) -> dict[str, Any]:
    """Return what a browser would have sent for the item; what it lacks stays."""
    data = item_of(form) | {
        name: form.get_initial_for_field(field, name)
        for name, field in form.fields.items()
        if field.widget.is_hidden
    }
    given = {name: item[name] for name in form.fields if name in item}
    return {
        name: value if isinstance(value, bool | list) or value is None else str(value)
        for name, value in (data | given).items()
    }


def misfits(form: forms.BaseForm, item: Item) -> Iterator[tuple[str, str]]:
    """Yield the fields whose JSON value cannot be one of theirs, with a sentence."""
    for name, field in form.fields.items():
        if name not in item:
            continue
        value = item[name]
        wants_list = isinstance(field, _LISTS)
        wants_bool = isinstance(field, forms.BooleanField)
        if wants_list and not isinstance(value, list):
            yield name, _("Here a list stands.")
        elif isinstance(value, dict) or (isinstance(value, list) and not wants_list):
            yield name, _("Here one value stands.")
        elif wants_bool and not isinstance(value, bool):
            yield name, _("Here true or false stands.")
        elif isinstance(value, bool) and not wants_bool:
            yield name, _("Here a number or a text stands.")


def schema_of(field: forms.Field) -> dict[str, Any]:
    """Return the JSON schema of a field's value."""
    shape = _shape_of(field)
    if not field.required and "type" in shape:
        types = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
        if types[0] not in {"array", "boolean"}:
            shape["type"] = [*types, "null"]
            if "enum" in shape:
                shape["enum"] = [*shape["enum"], None]
    about = {"title": str(field.label or ""), "description": str(field.help_text or "")}
    return {key: text for key, text in about.items() if text} | shape


def _shape_of(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": _choice(field), "uniqueItems": True}
    if isinstance(field, forms.ChoiceField):
        return _choice(field)
    for kind, shape in _SHAPES.items():
        if isinstance(field, kind):
            return dict(shape)
    bounds = {
        "minimum": getattr(field, "min_value", None),
        "maximum": getattr(field, "max_value", None),
        "maxLength": getattr(field, "max_length", None),
    }
    type_ = "integer" if isinstance(field, forms.IntegerField) else "string"
    return {"type": type_} | {key: n for key, n in bounds.items() if n is not None}


def _choice(field: forms.ChoiceField) -> dict[str, Any]:
    """Return the values there are; where the programme decides them, any text."""
    values = [value for value, _label in _flat(field.choices) if value != ""]
    if ANY in values:
        return {"type": "string"}
    is_number = all(isinstance(value, int) for value in values)
    return {
        "type": "integer" if is_number else "string",
        "enum": [value if is_number else str(value) for value in values],
    }


def _flat(choices: Json) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label
