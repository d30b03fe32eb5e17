"""The kinds of events there are: an app names its own when it starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Data = Mapping[
    str, Any
]  # what JSON holds, and instants and ids that are written as text


@dataclass(frozen=True)
class EventKind:
    """A kind of event: when it is told, and what its data look like.

    `sample` makes the data of an invented case with the code that sends them.
    """

    slug: str
    meaning: str | Promise
    sample: Callable[[], Data]


EVENT_KINDS: dict[str, EventKind] = {}


def register_event_kinds(*kinds: EventKind) -> None:
    """Make kinds known; called once from an app's `ready`."""
    EVENT_KINDS.update({kind.slug: kind for kind in kinds})
