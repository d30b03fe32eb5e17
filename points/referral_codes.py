"""The code by which a member brings friends: made of the member's id, stored nowhere.

Four rounds of a keyed Feistel network over 40 bits: every id has one code of eight
characters, and of those that somebody makes up next to none belongs to a member.
"""

from django.conf import settings
from django.utils.crypto import salted_hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
HALF_BITS = 20
ROUNDS = 4
_HALF = (1 << HALF_BITS) - 1
_READ_AS = str.maketrans("OIL", "011")


def referral_code(member_id: int) -> str:
    """Return the member's code, such as K7QX2MWB."""
    number = _crossed(member_id, settings.SECRET_KEY, range(ROUNDS))
    digits = (number >> 5 * place & 31 for place in reversed(range(LENGTH)))
    return "".join(ALPHABET[digit] for digit in digits)


def member_ids_of(code: str) -> list[int]:
    """Return the ids that the code can mean, one for each secret key in use."""
    text = "".join(filter(str.isalnum, code.upper())).translate(_READ_AS)
    if len(text) != LENGTH or not set(text) <= set(ALPHABET):
        return []
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_uncrossed(number, str(secret)) for secret in secrets]


def _crossed(number: int, secret: str, rounds: range) -> int:
    left, right = number >> HALF_BITS, number & _HALF
    for turn in rounds:
        left, right = right, left ^ _mixed(right, turn, secret)
    return left << HALF_BITS | right


def _uncrossed(number: int, secret: str) -> int:
    left, right = number >> HALF_BITS, number & _HALF
    for turn in reversed(range(ROUNDS)):
        left, right = right ^ _mixed(left, turn, secret), left
    return left << HALF_BITS | right


def _mixed(half: int, turn: int, secret: str) -> int:
    digest = salted_hmac("referral-code", f"{turn}:{half}", secret=secret).digest()
    return int.from_bytes(digest[:4]) & _HALF
