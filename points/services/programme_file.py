"""Write the programme as one file, and load such a file: all of it, or nothing."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.errors import DomainError
from points.programme_file import FORMAT, SECTIONS
from points.programme_file.base import Item, Section
from points.programme_file.errors import ProgrammeFileRefused
from points.programme_file.values import (
    as_data,
    in_words,
    item_of,
    misfits,
    shown_fields,
)
from points.services.settings_lock import lock_settings

Json = Any  # a value of the file
_NOT_FIELDS = {"format", "$schema"}


@dataclass(frozen=True)
class FieldChange:
    """A field by its label, with its value before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ItemChange:
    """What becomes of one item."""

    section: str | Promise
    name: str
    is_new: bool
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Problem:
    """Why an item cannot be loaded: `where` is like `rules, Base, points`."""

    where: str
    sentence: str


@dataclass(frozen=True)
class Loaded:
    """What loading came to; with problems nothing was loaded."""

    changes: tuple[ItemChange, ...]
    problems: tuple[Problem, ...]
    is_applied: bool

    @property
    def digest(self) -> str:
        """What tells these changes from others."""
        text = json.dumps([astuple(each) for each in self.changes], default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def written_programme() -> dict[str, Any]:
    """Return the programme as the file has it; loading it again changes nothing."""
    return {"format": FORMAT} | {
        key: _written(section) for key, section in SECTIONS.items()
    }


def _written(section: Section) -> Json:
    items = [_item(section, name) for name in section.names()]
    return items if section.identity else items[0]


def _item(section: Section, name: str) -> dict[str, Any]:
    head = section.head(name)
    return head | item_of(section.form(head | {section.identity: name}, None))


def read_programme(text: str) -> dict[str, Any]:
    """Return the file's JSON with exact numbers; raises ProgrammeFileRefused."""
    try:
        document = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise ProgrammeFileRefused(
            sentence=_("This is no JSON: %(error)s.") % {"error": error}
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProgrammeFileRefused(
            sentence=_("The file begins with {%(start)s}.")
            % {"start": f'"format": "{FORMAT}"'}
        )
    return document


@transaction.atomic
def load_programme(
    *,
    document: dict[str, Any],
    at: datetime,
    actor: Actor,
    is_trial: bool = False,
    expected: str | None = None,
) -> Loaded:
    """Load the file by the services of the pages, and return what changed.

    Whatever is not in the file stays as it is. With a problem anywhere, as a trial, or
    where the changes are not those `expected` by their digest, nothing is written.
    """
    lock_settings()
    changes: list[ItemChange] = []
    problems = [
        Problem(str(key), _("There is no such section."))
        for key in document
        if key not in SECTIONS and key not in _NOT_FIELDS
    ]
    for key, section in SECTIONS.items():
        for item in _items(section, document.get(key), problems):
            outcome = _load(section, item, at=at, actor=actor)
            problems += [each for each in outcome if isinstance(each, Problem)]
            changes += [each for each in outcome if isinstance(each, ItemChange)]
    loaded = Loaded(tuple(changes), tuple(problems), is_applied=True)
    is_other = expected is not None and loaded.digest != expected
    if problems or is_trial or is_other:
        transaction.set_rollback(True)
        return Loaded(loaded.changes, loaded.problems, is_applied=False)
    return loaded


def _items(section: Section, given: Json, problems: list[Problem]) -> Iterator[Item]:
    """Yield the items of the section; note what is none."""
    if given is None:
        return
    wanted = list if section.identity else dict
    if not isinstance(given, wanted):
        sentence = (
            _("Here a list stands.")
            if section.identity
            else _("Here an object stands.")
        )
        problems.append(Problem(section.key, sentence))
        return
    seen: set[str] = set()
    for n, item in enumerate(given if section.identity else [given], start=1):
        name = item.get(section.identity, "") if isinstance(item, dict) else None
        if not isinstance(name, str) or (section.identity and not name.strip()):
            sentence = _("Each item is an object with “%(identity)s”.")
            problems.append(
                Problem(
                    f"{section.key}, {n}", sentence % {"identity": section.identity}
                )
            )
        elif name in seen:
            problems.append(
                Problem(f"{section.key}, {name}", _("This name is there twice."))
            )
        else:
            seen.add(name)
            yield item


def _load(
    section: Section, item: Item, *, at: datetime, actor: Actor
) -> list[ItemChange | Problem]:
    name = str(item.get(section.identity, ""))
    where = ", ".join(filter(None, [section.key, name]))
    is_new = name not in section.names()
    try:
        blank = section.form(item, None)
        if found := list(_unfit(section, blank, item)):
            return [Problem(f"{where}, {field}", why) for field, why in found]
        before = {} if is_new else _item(section, name)
        form = section.form(item, as_data(blank, item))
        if not form.is_valid():
            return _refused(form, where)
        with transaction.atomic():
            section.save(form, item, at=at, actor=actor)
    except DomainError as refusal:
        place = ", ".join(filter(None, [where, _field_of(refusal, section, item)]))
        return [Problem(place, str(refusal.sentence))]
    fields = tuple(_changed(section, name, before))
    return [ItemChange(section.title, name, is_new, fields)] if fields else []


def _field_of(refusal: DomainError, section: Section, item: Item) -> str:
    """Return the field that the refusal names, where the file has it."""
    if isinstance(refusal, ProgrammeFileRefused):
        return ""
    name = refusal.field or ""
    return name if name in section.form(item, None).fields else ""


def _unfit(
    section: Section, form: forms.BaseForm, item: Item
) -> Iterator[tuple[str, str]]:
    names = {name for name, _field in shown_fields(form)}
    known = names | {section.identity} | set(section.blanks()[0][0])
    for name in sorted(set(item) - known):
        yield (
            str(name),
            _("There is no such field; there are %(fields)s.")
            % {"fields": ", ".join(sorted(known - {""}))},
        )
    yield from misfits(form, item)


def _refused(form: forms.BaseForm, where: str) -> list[ItemChange | Problem]:
    return [
        Problem(where if name == "__all__" else f"{where}, {name}", str(error))
        for name, errors in form.errors.items()
        for error in errors
    ]


def _changed(section: Section, name: str, before: Item) -> Iterator[FieldChange]:
    after = _item(section, name)
    fields = section.form(after, None).fields
    for key, value in after.items():
        old = before.get(key)
        if value == old or (not before and value in (None, "", [])):
            continue
        field = fields.get(key) or forms.Field(label=key)
        label = str(field.label or key)
        yield FieldChange(label, in_words(field, old), in_words(field, value))
