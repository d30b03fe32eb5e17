"""What a section of the programme's file is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.utils.functional import Promise

from loyalty_site.lib.actors import Actor

# An item as the file has it: names of fields with JSON values.
Item = Mapping[str, Any]
ValidForm = Any  # the form that the section itself made


class Section(Protocol):
    """One part of the file: a single object, or a list of items that have names.

    An item has the fields of a form that a page shows, so what can be typed there can be
    written in the file, and is checked in the same way.
    """

    key: str
    title: str | Promise
    # The field that names an item; empty where the section is one object.
    identity: str
    # Fields of which there is one for each of something, by a pattern of their names.
    families: Mapping[str, forms.Field] = {}

    def names(self) -> list[str]:
        """Return the names of what there is; a single object has an empty one."""

    def head(self, name: str) -> dict[str, Any]:
        """Return the fields of an item that its form does not have."""

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of an item that is there already, or of a new one.

        Raises ProgrammeFileRefused where the item does not say enough.
        """

    def save(self, form: ValidForm, item: Item, *, at: datetime, actor: Actor) -> None:
        """Save a valid form by the service that its page uses."""

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return a new item's head and form for each shape it can have."""
