"""PostgreSQL and Valkey of one's own, for trying out and for tests; never production.

Settings only learn two addresses: unix sockets at a place that follows from
`VAR_DIR`. `servers.hold_servers()` starts what does not run yet. Every process that
calls it holds a shared lock for as long as it lives, and a small keeper process stops
the servers when nobody holds the lock any more. The kernel drops the lock of a killed
process, so nothing has to be tidied up after kill -9.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from loyalty_site.embedded.place import EmbeddedServerError, Place

DATABASE = "perennial"


def embedded_urls(
    var_dir: Path, *, database_url: str, redis_url: str
) -> tuple[str, str]:
    """Return both addresses, the embedded server's where none is given.

    Starts nothing and touches no file.
    """
    place = Place(var_dir.resolve())
    return (
        database_url or place.database_url(DATABASE),
        redis_url or f"redis+socket://{quote(str(place.valkey_socket))}",
    )


def tryout_secret(var_dir: Path) -> str:
    """Return the secret kept in `var_dir`, made on first use."""
    path = var_dir / "secret"
    try:
        if not path.exists():
            var_dir.mkdir(parents=True, exist_ok=True)
            _make_secret(path)
        return path.read_text()
    except PermissionError as error:
        raise EmbeddedServerError.foreign(var_dir) from error


def _make_secret(path: Path) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(50))
    # Of two processes that start at once the second takes the first one's secret.
    with suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()
