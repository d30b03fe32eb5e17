"""The network address a request comes from, behind our own proxies too."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address; what a stranger writes into headers does not change it."""
    return str(get_adapter(request).get_client_ip(request))
