"""What a membership leaves behind when it is closed: an upper app sees to it."""

from datetime import datetime
from typing import Protocol

from loyalty_site.lib.actors import Actor
from members.models import Member


class Departure(Protocol):
    """Puts in order what the member is part of, or raises a DomainError about it."""

    def __call__(
        self, *, member: Member, reason: str, at: datetime, actor: Actor
    ) -> None:
        """Do it in the transaction that closes the membership, before its lock."""


_registered: list[Departure] = []


def register_departure(depart: Departure) -> None:
    """Have it done from now on; called once, from the app's `ready`."""
    _registered[:] = [depart]


def prepare_departure(
    *, member: Member, reason: str, at: datetime, actor: Actor
) -> None:
    """Put in order what the member is part of; repeating it changes nothing."""
    for depart in _registered:
        depart(member=member, reason=reason, at=at, actor=actor)
