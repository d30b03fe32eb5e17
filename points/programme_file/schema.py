"""The JSON schema of the programme's file, made from the forms that check it."""

from typing import Any

from django import forms
from django.utils import translation

from points.programme_file import FORMAT, SECTIONS
from points.programme_file.base import Section
from points.programme_file.values import item_of, schema_of, shown_fields

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def programme_schema() -> dict[str, Any]:
    """Return the schema, in English; sections and fields left out stay as they are."""
    with translation.override("en"):
        sections = {key: _of_section(each) for key, each in SECTIONS.items()}
    return {
        "$schema": DIALECT,
        "title": "A Perennial loyalty programme",
        "type": "object",
        "required": ["format"],
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string"},
            "format": {"const": FORMAT},
            **sections,
        },
    }


def _of_section(section: Section) -> dict[str, Any]:
    shapes = [_of_item(section, head, form) for head, form in section.blanks()]
    shape = shapes[0] if len(shapes) == 1 else {"oneOf": shapes}
    about = {"title": str(section.title)}
    return about | ({"type": "array", "items": shape} if section.identity else shape)


def _of_item(
    section: Section, head: dict[str, Any], form: forms.BaseForm
) -> dict[str, Any]:
    given = item_of(form)
    named = {
        name: {"const": value} if value else {"type": "string", "minLength": 1}
        for name, value in head.items()
    }
    fields = dict(shown_fields(form))
    required = [
        name
        for name, field in fields.items()
        if section.identity and field.required and not given[name]
    ]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*head, *required],
        "patternProperties": {
            pattern: schema_of(field) for pattern, field in section.families.items()
        },
        "properties": named | {name: schema_of(each) for name, each in fields.items()},
    }
