"""Who changed what and when, read from the rows that pghistory's triggers keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import ForeignKey, Model

from loyalty_site.lib.actors import name_of_actor

ColumnOf = Any  # a field of such a model
Value = Any  # of any field
EventRow = Any  # of the models that pghistory makes
Mask = Callable[[Value], Value]


@dataclass(frozen=True)
class FieldChange:
    """One field before and after; both as the model holds them, choices as words."""

    label: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Change:
    """One write to a row; `actor` is empty where nobody said who it was."""

    at: datetime
    is_first: bool
    actor: str
    reason: str
    fields: tuple[FieldChange, ...]


def changes_of(
    row: Model, *, masks: Mapping[str, Mask] | None = None, limit: int = 50
) -> list[Change]:
    """Return the latest changes of a tracked row, the newest first.

    `masks` make values of named fields unreadable for those who may not see them.
    """
    # pghistory adds the model of the events, and its reference to the row.
    events = (
        row.pgh_event_model.objects.filter(pgh_obj=row)  # type: ignore[attr-defined]
        .select_related("pgh_context")
        .order_by("-pgh_id")[: limit + 1]
    )
    newest_first = [*events]
    pairs = pairwise([*newest_first, None])
    changes = [_change(after, before, masks or {}) for after, before in pairs]
    return [each for each in changes if each.fields or each.is_first][:limit]


def _change(after: EventRow, before: EventRow, masks: Mapping[str, Mask]) -> Change:
    context = after.pgh_context.metadata if after.pgh_context else {}
    is_first = before is None and after.pgh_label == "insert"
    return Change(
        at=after.pgh_created_at,
        is_first=is_first,
        actor=name_of_actor(str(context.get("actor", ""))),
        reason=str(context.get("reason", "")),
        fields=() if before is None else tuple(_differences(after, before, masks)),
    )


def _differences(
    after: EventRow, before: EventRow, masks: Mapping[str, Mask]
) -> list[FieldChange]:
    return [
        FieldChange(
            _label(field), _shown(before, field, masks), _shown(after, field, masks)
        )
        for field in type(after)._meta.concrete_fields  # noqa: SLF001 -- the fields are public
        if not field.name.startswith("pgh_")
        and getattr(before, field.attname) != getattr(after, field.attname)
    ]


def _label(field: ColumnOf) -> str:
    label = str(field.verbose_name)
    return label[:1].upper() + label[1:]


def _shown(event: EventRow, field: ColumnOf, masks: Mapping[str, Mask]) -> Value:
    if field.name in masks:
        return masks[field.name](getattr(event, field.attname))
    if field.choices:
        return getattr(event, f"get_{field.name}_display")()
    if isinstance(field, ForeignKey):
        return str(getattr(event, field.name) or "")
    return getattr(event, field.attname)
