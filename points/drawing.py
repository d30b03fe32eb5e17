"""Who wins a draw: pure arithmetic that anybody can repeat; see docs/policies/lotteries.md."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

HASHES = 1 << 256
COUNTER_BYTES = 8


class Ticket(NamedTuple):
    """A ticket as it is published: its number, and who holds it by a pseudonym."""

    number: int
    holder: str


def commitment_of(seed: bytes) -> str:
    """Return what is published of a secret seed before the first ticket is sold."""
    return sha256(seed).hexdigest()


def written_list(tickets: Iterable[Ticket]) -> bytes:
    """Return the list as it is published and hashed: `number,holder`, a line each."""
    return "".join(f"{number},{holder}\n" for number, holder in tickets).encode()


def digest_of(tickets: Iterable[Ticket]) -> str:
    """Return the SHA-256 of the published list, in hex."""
    return sha256(written_list(tickets)).hexdigest()


def draw(
    tickets: Iterable[Ticket], *, prizes: int, seed: bytes, public_value: str
) -> list[Ticket]:
    """Return the winning tickets in the order of the prizes, no ticket twice.

    Fewer than `prizes` where there are not so many tickets.
    """
    left = list(tickets)
    numbers = _hashes(
        seed + sha256(written_list(left)).digest() + public_value.encode()
    )
    return [left.pop(_place(numbers, len(left))) for _ in range(min(prizes, len(left)))]


def _hashes(start: bytes) -> Iterator[int]:
    counter = 0
    while True:
        text = start + counter.to_bytes(COUNTER_BYTES, "big")
        yield int.from_bytes(sha256(text).digest(), "big")
        counter += 1


def _place(numbers: Iterator[int], size: int) -> int:
    """Return the next place below `size`, each as likely as the others.

    The hashes above the largest multiple of `size` are passed over: with them the first
    places would come up more often.
    """
    fair = HASHES - HASHES % size
    return next(number for number in numbers if number < fair) % size
