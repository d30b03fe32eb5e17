"""What the home page shows; each app registers its part when it starts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.utils.functional import Promise

Person = AbstractUser | AnonymousUser
Text = str | Promise


@dataclass(frozen=True)
class Tile:
    """A number that may ask for action; `tone` is calm, attention or danger."""

    label: Text
    value: str
    url: str
    note: Text = ""
    icon: str = ""
    tone: str = "calm"


@dataclass(frozen=True)
class SetupStep:
    """A step of setting the programme up, and whether it is done."""

    label: Text
    url: str
    is_done: bool


@dataclass(frozen=True)
class HomeRow:
    """A line of a list on the home page."""

    label: Text
    url: str
    note: Text = ""


@dataclass(frozen=True)
class HomeList:
    """A short list on the home page, such as the newest members."""

    title: Text
    url: str
    rows: tuple[HomeRow, ...]


TileSource = Callable[[Person, datetime], Iterable[Tile]]
StepSource = Callable[[Person], Iterable[SetupStep]]
ListSource = Callable[[Person, datetime], Iterable[HomeList]]

_tiles: list[TileSource] = []
_steps: list[StepSource] = []
_lists: list[ListSource] = []


def register_tiles(source: TileSource) -> None:
    """Add a source of tiles; it returns only what the person may see."""
    _tiles.append(source)


def register_steps(source: StepSource) -> None:
    """Add a source of set-up steps for the people who can take them."""
    _steps.append(source)


def register_lists(source: ListSource) -> None:
    """Add a source of short lists; it returns only what the person may see."""
    _lists.append(source)


def tiles_for(person: Person, *, at: datetime) -> list[Tile]:
    """Return the tiles of a person, in the order of registration."""
    return [tile for source in _tiles for tile in source(person, at)]


def steps_for(person: Person) -> list[SetupStep]:
    """Return the set-up steps, done ones too."""
    return [step for source in _steps for step in source(person)]


def lists_for(person: Person, *, at: datetime) -> list[HomeList]:
    """Return the lists of a person that have rows."""
    return [group for source in _lists for group in source(person, at) if group.rows]
