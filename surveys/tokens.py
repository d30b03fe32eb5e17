"""Tokens of personal links: derived, never stored, bound to one purpose each.

Source: ADR "Personal links are derived from the invitation".
"""

import base64
import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

ANSWER = "answer"
UNSUBSCRIBE = "unsubscribe"
LONGEST = 64


@dataclass(frozen=True)
class Links:
    """The absolute addresses of one invitation."""

    form: str
    unsubscribe: str

    def with_score(self, score: int) -> str:
        """Return the form's address with a score chosen but not yet given."""
        return f"{self.form}?score={score}"


def token_for(public_id: UUID, purpose: str) -> str:
    """Return the token of an invitation, the same each time: 256 bits, 43 characters."""
    digest = salted_hmac(
        f"surveys.link.{purpose}", public_id.bytes, algorithm="sha256"
    ).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_of(token: str) -> bytes:
    """Return the SHA-256 that is stored; any text may be asked about."""
    return hashlib.sha256(token[:LONGEST].encode(errors="replace")).digest()


def links_of(public_id: UUID) -> Links:
    """Return both links of an invitation, as they stand in a mail."""
    return Links(
        form=_absolute("surveys:answer-start", token_for(public_id, ANSWER)),
        unsubscribe=_absolute("surveys:unsubscribe", token_for(public_id, UNSUBSCRIBE)),
    )


def _absolute(name: str, token: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name, args=[token])
