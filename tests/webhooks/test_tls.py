"""The handshake names the host that was asked, at the address that was checked."""

import datetime
import ipaddress
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from loyalty_site.webhooks.addresses import target_of
from loyalty_site.webhooks.sending import NotSent, post
from tests.webhooks.conftest import Receiver, serve


def certificate(folder, name):
    """Write a certificate for the name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)  # noqa: TID251 -- certificates are of today
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)  # noqa: FBT003 -- the library's own
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)  # noqa: FBT003 -- the library's own
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def secure(tmp_path, settings, monkeypatch):
    """A receiver behind TLS, known as hooks.example, and the names it was asked by."""
    file = certificate(tmp_path, "hooks.example")
    settings.WEBHOOK_CA_FILE = str(file)
    receiver, names = Receiver(), []
    server = serve(receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    # A refused handshake is expected.
    monkeypatch.setattr(server, "handle_error", lambda *_args: None)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *args, **options: real(
            host if host[0].isdigit() else "127.0.0.1", port, *args, **options
        ),
    )
    yield receiver, names
    server.shutdown()
    server.server_close()
    thread.join()


def send(host, port):
    target = target_of(f"https://{host}:{port}/in", is_loopback_allowed=True)
    assert {ipaddress.ip_address(each) for each in target.addresses} == {
        ipaddress.ip_address("127.0.0.1")
    }
    return post(target, body=b"{}", headers={"Content-Type": "application/json"})


def test_host_and_handshake_carry_the_name_not_the_address(secure):
    receiver, names = secure
    assert send("hooks.example", receiver.port).status == 200
    assert names == ["hooks.example"]
    assert receiver.got[0][0]["host"] == f"hooks.example:{receiver.port}"


def test_a_certificate_of_another_name_is_refused(secure):
    receiver, _names = secure
    with pytest.raises(NotSent, match="certificate"):
        send("other.example", receiver.port)
    assert receiver.got == []
