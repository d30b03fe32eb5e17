"""What upper apps add to the members' pages: they register, the pages ask.

`members` knows no app above it. An app that has something to say about a member calls
the `register_` functions from its `AppConfig.ready()`; the member's page and the list
show what was registered to those who hold the permission. Loaders get the instant as
an argument, write nothing and should take one query each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.contrib.auth.models import AbstractUser, AnonymousUser, PermissionsMixin
from django.utils.functional import Promise

from members.models import Member, MemberQuerySet

Text = str | Promise
Viewer = AbstractUser | AnonymousUser


@dataclass(frozen=True)
class Panel:
    """A tab of the member's page at `/members/<number>/<slug>/`.

    `load` returns the context of `template`, which also has `member`; an icon is a
    symbol of `static/icons.svg`.
    """

    slug: str
    title: Text
    order: int
    permission: str
    load: Callable[[Member, datetime], Mapping[str, Any]]
    template: str


@dataclass(frozen=True)
class TimelineItem:
    """One thing that happened to a member; `amount` is signed points, if any moved."""

    at: datetime
    kind: str
    icon: str
    title: Text
    text: Text = ""
    amount: int | None = None
    url: str = ""
    badge: Text = ""


@dataclass(frozen=True)
class TimelineSource:
    """Where items of one kind come from.

    `load(member, before, limit)` returns at most `limit` items older than `before`
    (all, where it is None), newest first.
    """

    kind: str
    label: Text
    permission: str
    load: Callable[[Member, datetime | None, int], Sequence[TimelineItem]]


@dataclass(frozen=True)
class Figure:
    """A number of the band on top of the member's page.

    `value` is shown by its type: int with separators, datetime as a day, text as is;
    None is a dash. `unit` stands behind the value, `note` below it.
    """

    label: Text
    value: int | str | Promise | datetime | None
    unit: Text = ""
    note: Text = ""
    url: str = ""
    is_warning: bool = False


@dataclass(frozen=True)
class FigureSource:
    """Figures of one app, in one place of the band."""

    slug: str
    order: int
    permission: str
    load: Callable[[Member, datetime], Sequence[Figure]]


@dataclass(frozen=True)
class Column:
    """A column of the members' list; `kind` is text, number or day."""

    slug: str
    label: Text
    kind: str = "text"


@dataclass(frozen=True)
class MemberColumns:
    """Columns that one look-up fills for a whole page of members.

    `load(member_ids, at)` returns a dict by member id of dicts by column slug; a member
    or a column may be missing.
    """

    slug: str
    order: int
    permission: str
    columns: tuple[Column, ...]
    load: Callable[[list[int], datetime], Mapping[int, Mapping[str, Any]]]


@dataclass(frozen=True)
class MemberFilter:
    """A choice above the members' list; `name` is the parameter of the address.

    `columns` are those with the same value as the member's field, by its name, in the
    table of the filter, where an index has both: `{"enrolled_at": "account__opened_at"}`.
    """

    name: str
    label: Text
    choices: Callable[[], Sequence[tuple[str, Text]]]
    apply: Callable[[MemberQuerySet, str], MemberQuerySet]
    permission: str = "members.view_member"
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """A button of the member's page; `url` may say None where it makes no sense."""

    slug: str
    label: Text
    order: int
    permission: str
    url: Callable[[Member], str | None]
    icon: str = ""
    is_primary: bool = False


class _Guarded(Protocol):
    @property
    def permission(self) -> str: ...


G = TypeVar("G", bound=_Guarded)


@dataclass(frozen=True)
class _Registry:
    panels: dict[str, Panel] = field(default_factory=dict)
    timeline: dict[str, TimelineSource] = field(default_factory=dict)
    figures: dict[str, FigureSource] = field(default_factory=dict)
    columns: dict[str, MemberColumns] = field(default_factory=dict)
    filters: dict[str, MemberFilter] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)


_registered = _Registry()


def register_panel(panel: Panel) -> None:
    """Add a tab to the member's page."""
    _registered.panels[panel.slug] = panel


def register_timeline(source: TimelineSource) -> None:
    """Add a kind of items to the member's timeline."""
    _registered.timeline[source.kind] = source


def register_figures(source: FigureSource) -> None:
    """Add figures to the band on top of the member's page."""
    _registered.figures[source.slug] = source


def register_columns(columns: MemberColumns) -> None:
    """Add columns to the members' list and its export."""
    _registered.columns[columns.slug] = columns


def register_filter(chosen: MemberFilter) -> None:
    """Add a filter to the members' list."""
    _registered.filters[chosen.name] = chosen


def register_action(action: Action) -> None:
    """Add a button to the member's page."""
    _registered.actions[action.slug] = action


def panels_for(user: Viewer) -> list[Panel]:
    """Return the tabs this user may open, in order."""
    return sorted(_allowed(_registered.panels.values(), user), key=lambda p: p.order)


def timeline_for(user: Viewer) -> list[TimelineSource]:
    """Return the timeline's sources this user may read."""
    return _allowed(_registered.timeline.values(), user)


def figures_for(user: Viewer) -> list[FigureSource]:
    """Return the sources of the band this user may read, in order."""
    return sorted(_allowed(_registered.figures.values(), user), key=lambda f: f.order)


def columns_for(user: Viewer) -> list[MemberColumns]:
    """Return the list's further columns this user may read, in order."""
    return sorted(_allowed(_registered.columns.values(), user), key=lambda c: c.order)


def filters_for(user: Viewer) -> list[MemberFilter]:
    """Return the list's further filters this user may use."""
    return _allowed(_registered.filters.values(), user)


def actions_for(user: Viewer) -> list[Action]:
    """Return the buttons this user may press, in order."""
    return sorted(_allowed(_registered.actions.values(), user), key=lambda a: a.order)


def _allowed(things: Iterable[G], user: Viewer) -> list[G]:
    if not isinstance(user, PermissionsMixin):
        return []
    return [thing for thing in things if user.has_perm(thing.permission)]
