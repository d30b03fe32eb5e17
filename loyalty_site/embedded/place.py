"""Where the files, sockets and process ids of the embedded servers are."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SUPERUSER = "postgres"
SOCKET_DIR_BYTES = 80  # a unix socket's path ends at 104 bytes on macOS


class EmbeddedServerError(RuntimeError):
    """A sentence that says why the embedded servers cannot run."""

    @classmethod
    def foreign(cls, var_dir: Path) -> "EmbeddedServerError":
        """Return the sentence about a directory that this user may not use."""
        message = (
            f"{var_dir} belongs to another user: set VAR_DIR to a directory of yours."
        )
        return cls(message)


@dataclass(frozen=True)
class Place:
    """Where the files of the embedded servers of one `VAR_DIR` are."""

    var_dir: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's files."""
        return self.var_dir / "postgres"

    @property
    def logs(self) -> Path:
        """The logs of both servers."""
        return self.var_dir / "log"

    @property
    def sockets(self) -> Path:
        """Near `var_dir`, unless that path is too long for a unix socket."""
        inside = self.var_dir / "run"
        if len(os.fsencode(inside)) <= SOCKET_DIR_BYTES:
            return inside
        digest = hashlib.sha256(os.fsencode(inside)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"perennial-{digest}"

    @property
    def postgres_socket(self) -> Path:
        """Where PostgreSQL listens."""
        return self.sockets / ".s.PGSQL.5432"

    @property
    def postgres_socket_lock(self) -> Path:
        """PostgreSQL's lock file of the socket, with the same process id."""
        return self.sockets / ".s.PGSQL.5432.lock"

    @property
    def valkey_socket(self) -> Path:
        """Where Valkey listens."""
        return self.sockets / "valkey.sock"

    @property
    def postgres_pid(self) -> Path:
        """PostgreSQL's lock file; its first line is the process id."""
        return self.data / "postmaster.pid"

    @property
    def valkey_pid(self) -> Path:
        """Valkey's process id."""
        return self.sockets / "valkey.pid"

    def database_url(self, name: str) -> str:
        """Return the address of one database of the embedded server."""
        return f"postgresql://{SUPERUSER}@/{name}?host={quote(str(self.sockets))}"
