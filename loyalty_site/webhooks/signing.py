"""Signatures of the Standard Webhooks scheme, and the secrets behind them.

A secret is derived from the endpoint's seed and the site's SECRET_KEY: neither the
database nor a copy of it can sign. Source: ADR 0023, https://www.standardwebhooks.com
"""

import base64
import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from loyalty_site.webhooks.models import Endpoint

PREFIX = "whsec_"
_SALT = "webhooks.secret"


def secret_of(seed: str) -> str:
    """Return the secret as a receiver is given it."""
    return PREFIX + base64.b64encode(_key(seed, settings.SECRET_KEY)).decode()


def signed_headers(
    endpoint: Endpoint, *, message_id: str, body: bytes, at: datetime
) -> dict[str, str]:
    """Return the headers that prove a message; one signature per secret in force.

    The secret of before a rotation counts until its end, and those of an earlier
    SECRET_KEY as long as it is in SECRET_KEY_FALLBACKS.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(_signature(key, signed)).decode()
        for key in _keys_in_force(endpoint, at)
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _keys_in_force(endpoint: Endpoint, at: datetime) -> list[bytes]:
    seeds = [endpoint.seed]
    if endpoint.previous_until is not None and at < endpoint.previous_until:
        seeds.append(endpoint.previous_seed)
    site_keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_key(seed, site_key) for seed in seeds for site_key in site_keys]


def _key(seed: str, site_key: str | bytes) -> bytes:
    return salted_hmac(_SALT, seed, secret=site_key, algorithm="sha256").digest()


def _signature(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()
