"""Where events may be sent: public https addresses, looked up once.

The address that was checked is the one that is connected to, so that a name that answers
differently a moment later leads nowhere else.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from loyalty_site.webhooks.errors import (
    AddressNotHttps,
    AddressNotPublic,
    AddressUnknown,
)

HTTPS_PORT, HTTP_PORT = 443, 80
Address = IPv4Address | IPv6Address
# IPv4 addresses inside of IPv6 ones, besides the mapped: 6to4, Teredo, NAT64.
_CARRIERS = [
    IPv6Network(each)
    for each in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")
]


@dataclass(frozen=True)
class Target:
    """What to connect to, and what to say there."""

    host: str
    port: int
    addresses: tuple[str, ...]
    is_https: bool
    path: str


def target_of(url: str, *, is_loopback_allowed: bool) -> Target:
    """Look the host up once and return where to connect.

    Raises AddressNotHttps, AddressUnknown, or AddressNotPublic if any of the host's
    addresses is not public. A machine may be allowed to send to itself, also without
    TLS: for trying out.
    """
    parts, port = _split(url)
    addresses = _look_up(parts.hostname or "", port)
    are_loopback = all(each.is_loopback for each in addresses)
    if not (are_loopback and is_loopback_allowed):
        if parts.scheme != "https":
            raise AddressNotHttps
        if not all(is_public(each) for each in addresses):
            raise AddressNotPublic
    return Target(
        host=parts.hostname or "",
        port=port,
        addresses=tuple(str(each) for each in addresses),
        is_https=parts.scheme == "https",
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def is_public(address: Address) -> bool:
    """Whether the address is one of the public Internet, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in carrier for carrier in _CARRIERS):
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressNotHttps from error
    is_plain = not (parts.username or parts.password or parts.fragment)
    is_printable = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in {"https", "http"} or not (
        parts.hostname and is_plain and is_printable
    ):
        raise AddressNotHttps
    usual = HTTPS_PORT if parts.scheme == "https" else HTTP_PORT
    return parts, usual if port is None else port


def _look_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressUnknown from error
    # A scope such as %eth0 belongs to link-local addresses only.
    texts = [str(place[0]).partition("%")[0] for *_rest, place in found]
    return [ip_address(text) for text in dict.fromkeys(texts)]
