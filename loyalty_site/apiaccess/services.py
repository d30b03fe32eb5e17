"""Every write to API keys: create, revoke, note that one was used."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from loyalty_site.apiaccess.errors import KeyNameTaken
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.lib.actors import Actor

RAW_PREFIX = "pk_"
_RANDOM_BYTES = 32
# How long a till has to change over after a rotation.
BOTH_KEYS = timedelta(hours=24)
_SHOWN_CHARACTERS = 10


@dataclass(frozen=True)
class NewApiKey:
    """A key just made; `raw` exists here only and is never stored."""

    api_key: ApiKey
    raw: str


def hash_of(raw: str) -> str:
    """Return what is stored of a key: SHA-256 in hex.

    A key has 256 random bits, so a slow hash would protect nothing more.
    """
    return hashlib.sha256(raw.encode()).hexdigest()


def create_api_key(
    *,
    name: str,
    scopes: Sequence[str],
    at: datetime,
    actor: Actor,
    expires_at: datetime | None = None,
    adjusts_at_once: int | None = 0,
    adjusts_in_a_day: int | None = 0,
    keeps_bodies: bool = False,
) -> NewApiKey:
    """Make a key and return it with its raw text, which nobody can ask for again.

    It adjusts points (>= 0) up to both limits by itself; None is no limit.
    Raises KeyNameTaken, and ValueError for a scope that does not exist.
    """
    raw = RAW_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    api_key = ApiKey(
        name=name,
        prefix=raw[:_SHOWN_CHARACTERS],
        hash=hash_of(raw),
        scopes=sorted({ApiKey.Scope(scope).value for scope in scopes}),
        created_at=at,
        created_by=str(actor),
        expires_at=expires_at,
        adjusts_at_once=adjusts_at_once,
        adjusts_in_a_day=adjusts_in_a_day,
        keeps_bodies=keeps_bodies,
    )
    try:
        with transaction.atomic():
            api_key.save()
    except IntegrityError as error:
        raise KeyNameTaken from error
    return NewApiKey(api_key, raw)


def change_api_key(
    *,
    api_key: ApiKey,
    scopes: Sequence[str],
    adjusts_at_once: int | None,
    adjusts_in_a_day: int | None,
    keeps_bodies: bool,
) -> None:
    """Change what a key may do and whether its bodies are logged.

    Other processes keep a look-up for a few seconds (see `keys.KEEP_SECONDS`).
    """
    ApiKey.objects.filter(pk=api_key.pk).update(
        scopes=sorted({ApiKey.Scope(scope).value for scope in scopes}),
        adjusts_at_once=adjusts_at_once,
        adjusts_in_a_day=adjusts_in_a_day,
        keeps_bodies=keeps_bodies,
    )


@transaction.atomic
def rotate_api_key(*, api_key: ApiKey, at: datetime) -> NewApiKey:
    """Give the key a new text and return it; the old one works for a day more.

    It stays the same key: a write that is repeated with the new text is known.
    """
    locked = ApiKey.objects.select_for_update().get(pk=api_key.pk)
    raw = RAW_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    locked.previous_hash, locked.hash = locked.hash, hash_of(raw)
    locked.previous_until = at + BOTH_KEYS
    locked.prefix = raw[:_SHOWN_CHARACTERS]
    locked.save(update_fields=["hash", "prefix", "previous_hash", "previous_until"])
    return NewApiKey(locked, raw)


def revoke_api_key(*, api_key: ApiKey, at: datetime) -> None:
    """Let the key open nothing from now on; repeating it keeps the first instant.

    Other processes keep a look-up for a few seconds (see `keys.KEEP_SECONDS`).
    """
    ApiKey.objects.filter(pk=api_key.pk, revoked_at=None).update(revoked_at=at)


def note_use(*, api_key_id: int, on: date) -> None:
    """Remember the day of use; a second call on the same day writes nothing."""
    ApiKey.objects.filter(
        Q(last_used_on=None) | Q(last_used_on__lt=on), pk=api_key_id
    ).update(last_used_on=on)
