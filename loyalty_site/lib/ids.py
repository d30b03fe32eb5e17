"""Public identifiers: random, so that one says nothing about another."""

import secrets
import time
import uuid

# No vowels and no characters that look alike (an even number of them): safe to print, read out and type.
_ALPHABET = "23456789BCDFGHJKMNPQRSTVWX"
_RANDOM_BITS = 74


def new_public_id() -> uuid.UUID:
    """Return a UUID of version 7: unguessable, and kind to indexes.

    48 bits of milliseconds keep new rows together; 74 bits are random.
    Source: RFC 9562, section 5.7.
    """
    milliseconds = time.time_ns() // 1_000_000
    noise = secrets.randbits(_RANDOM_BITS)
    high, low = divmod(noise, 1 << 62)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return uuid.UUID(int=value)


def new_member_number() -> str:
    """Return a random member number such as `M7Q2K9XW4BT`, with a check character."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(9))
    return f"M{body}{check_character(body)}"


def check_character(body: str) -> str:
    """Return the Luhn mod N check character, which catches a mistyped one."""
    size = len(_ALPHABET)
    total = 0
    for place, character in enumerate(reversed(body)):
        product = _ALPHABET.index(character) * (2 - place % 2)
        total += product // size + product % size
    return _ALPHABET[-total % size]


def new_code(length: int) -> str:
    """Return a random code of so many characters, none of which look alike."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_voucher_code() -> str:
    """Return a random code in three groups such as `K7QX-2MWB-9TRD`."""
    return "-".join(new_code(4) for _ in range(3))
