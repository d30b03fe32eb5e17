"""Where events may be sent: every private network is refused, however it is written."""

import socket
from ipaddress import ip_address

import pytest

from loyalty_site.webhooks.addresses import is_public, target_of
from loyalty_site.webhooks.errors import (
    AddressNotHttps,
    AddressNotPublic,
    AddressRefused,
    AddressUnknown,
)


def resolve_to(monkeypatch, *addresses):
    """Let every name have these addresses, without a network."""
    asked = []

    def getaddrinfo(host, port, **_options):
        asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254
    100.64.0.1 0.0.0.0 0.1.2.3 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 ::1 :: fe80::1 fc00::1
    fd00:ec2::254 ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
    ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1::
    2002:c0a8:101::1 2001::1""".split(),
)
def test_private_addresses_are_not_public(address, monkeypatch):
    assert not is_public(ip_address(address))
    resolve_to(monkeypatch, "93.184.215.14", address)
    with pytest.raises(AddressNotPublic):
        target_of("https://hooks.example/", is_loopback_allowed=False)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"]
)
def test_public_addresses_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    """http://hooks.example/ ftp://hooks.example/ file:///etc/passwd gopher://hooks.example
    https://user:pw@hooks.example/ https://hooks.example/#part https:///path //hooks.example
    hooks.example https://hooks.example:99999/ https://[::1 javascript:alert(1)""".split(),
)
def test_anything_but_plain_https_is_refused(url, monkeypatch):
    asked = resolve_to(monkeypatch, "93.184.215.14")
    for is_trying_out in (True, False):
        with pytest.raises(AddressNotHttps):
            target_of(url, is_loopback_allowed=is_trying_out)
    assert set(asked) <= {"hooks.example"}


@pytest.mark.parametrize("url", ["https://a b.example/", "https://a.example/\r\nX: 1"])
def test_what_no_header_holds_is_refused(url):
    with pytest.raises(AddressRefused):
        target_of(url, is_loopback_allowed=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
    ],
)
def test_other_ways_to_write_a_loopback_address_lead_nowhere(url):
    with pytest.raises(AddressRefused):
        target_of(url, is_loopback_allowed=False)


def test_loopback_is_for_trying_out_only(monkeypatch):
    resolve_to(monkeypatch, "127.0.0.1")
    assert (
        target_of("http://localhost:8000/a?b=1", is_loopback_allowed=True).port == 8000
    )
    with pytest.raises(AddressNotPublic):
        target_of("https://localhost/", is_loopback_allowed=False)
    resolve_to(monkeypatch, "127.0.0.1", "10.0.0.1")
    with pytest.raises(AddressNotPublic):
        target_of("https://localhost/", is_loopback_allowed=True)


def test_a_name_is_looked_up_once_and_its_addresses_are_kept(monkeypatch):
    asked = resolve_to(monkeypatch, "93.184.215.14", "2606:4700::1111")
    target = target_of("https://hooks.example:8443/in?a=1", is_loopback_allowed=False)
    assert asked == ["hooks.example"]
    assert target.addresses == ("93.184.215.14", "2606:4700::1111")
    assert (target.host, target.port, target.path) == ("hooks.example", 8443, "/in?a=1")


def test_a_name_that_is_not_there_is_refused(monkeypatch):
    def getaddrinfo(*_args, **_options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(AddressUnknown):
        target_of("https://nowhere.example/", is_loopback_allowed=False)
