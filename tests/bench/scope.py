"""How large a run is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Members in the database, seconds of a turn, pairs of turns, client processes."""

    members: int
    seconds: float
    rounds: int
    clients: int
