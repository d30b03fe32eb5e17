"""How large a run is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Members in the database, pairs of turns and their seconds, clients, rows of a file."""

    members: int
    seconds: float
    rounds: int
    clients: int
    rows: int
