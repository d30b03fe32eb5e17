"""Sign-in of members by a code that is mailed to them.

Codes live in the cache: losing them costs a member one more click. A code is kept as a
keyed hash, for ten minutes and five tries, under the request it was asked by, so nobody
can use up somebody else's tries.
"""

import secrets
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.crypto import constant_time_compare, salted_hmac

from members.models import Member

CODE_DIGITS = 6
CODE_SECONDS = 600
MOST_TRIES = 5
CODES_PER_HOUR = 6
REQUESTS_PER_HOUR = 60
HOUR = 3600


@dataclass(frozen=True)
class CodeRequest:
    """Who asks for a code: the e-mail typed, and a secret of this browser's session."""

    email: str
    nonce: str

    @property
    def place(self) -> str:
        """Where in the cache the code is; says nothing about the e-mail."""
        return salted_hmac(
            "portal-code", f"{self.nonce} {self.email.lower()}"
        ).hexdigest()


@dataclass(frozen=True)
class Holder:
    """Who typed the right code; nobody's id where somebody wants to become a member."""

    member_id: int | None


def new_request(email: str) -> CodeRequest:
    """Return a request with a fresh secret."""
    return CodeRequest(email, secrets.token_urlsafe(16))


def may_ask(*, address: str) -> bool:
    """Count a request of a network address; False once there were too many."""
    return _counted(f"portal-from:{_hashed(address)}") <= REQUESTS_PER_HOUR


def may_mail(*, email: str) -> bool:
    """Count a code for an e-mail, known or not; False once there were too many."""
    return _counted(f"portal-to:{_hashed(email.lower())}") <= CODES_PER_HOUR


def make_code(request: CodeRequest, *, member: Member | None) -> str:
    """Keep a new code for the request and return it; an older one stops working.

    Without a member it proves the e-mail of somebody who wants to become one.
    """
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    kept = {"member_id": member and member.pk, "hash": _code_hash(request, code)}
    cache.set(f"portal-tries:{request.place}", 0, CODE_SECONDS)
    cache.set(f"portal-code:{request.place}", kept, CODE_SECONDS)
    return code


def use_code(request: CodeRequest, code: str) -> Holder | None:
    """Return whose code it is, once; None for any other answer."""
    kept = cache.get(f"portal-code:{request.place}")
    if kept is None or _counted_try(request) > MOST_TRIES:
        return None
    if not constant_time_compare(kept["hash"], _code_hash(request, code)):
        return None
    # Of two that send the right code at once, only one deletes it.
    if not cache.delete(f"portal-code:{request.place}"):
        return None
    return Holder(kept["member_id"])


def _counted_try(request: CodeRequest) -> int:
    try:
        return cache.incr(f"portal-tries:{request.place}")
    except ValueError:
        return MOST_TRIES + 1


def _counted(key: str) -> int:
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key)
    except ValueError:
        return 1


def _code_hash(request: CodeRequest, code: str) -> str:
    return salted_hmac("portal-code-value", f"{request.place} {code}").hexdigest()


def _hashed(text: str) -> str:
    return salted_hmac("portal-limit", text).hexdigest()[:32]
