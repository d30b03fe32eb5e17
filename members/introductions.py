"""Who brought a new member: an upper app notes it within the enrolment."""

from datetime import datetime
from typing import Protocol

from loyalty_site.lib.actors import Actor
from members.models import Member


class Introduction(Protocol):
    """Notes by which code a member came, or raises a DomainError about it."""

    def __call__(
        self, *, member: Member, code: str, at: datetime, actor: Actor
    ) -> None:
        """Note it in the transaction that enrols the member."""


_registered: list[Introduction] = []


def register_introduction(note: Introduction) -> None:
    """Have codes noted from now on; called once, from the app's `ready`."""
    _registered[:] = [note]


def introduce(*, member: Member, code: str, at: datetime, actor: Actor) -> None:
    """Note by whose code the member came; without one there is nothing to note."""
    for note in _registered:
        if code:
            note(member=member, code=code, at=at, actor=actor)
