"""Running the programs of the servers, as a user that PostgreSQL accepts."""

import importlib.util
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from loyalty_site.embedded.place import EmbeddedServerError, Place

SYSTEM_USER = "embedded_postgres"


def answers(path: Path) -> bool:
    """Return whether a server listens on the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def system_user() -> str | None:
    """Return the user the servers run as, None for this one: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    if SYSTEM_USER in known:
        return SYSTEM_USER
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        run_program([useradd, "--system", "--no-create-home", SYSTEM_USER], user=None)
        return SYSTEM_USER
    return "nobody"


def make_directories(place: Place, user: str | None) -> None:
    """Make the servers' directories and give them to `user`."""
    for directory in (place.data, place.sockets, place.logs):
        directory.mkdir(parents=True, exist_ok=True)
    if user:
        entry = pwd.getpwnam(user)
        for directory in (place.data, place.sockets):
            os.chown(directory, entry.pw_uid, entry.pw_gid)
        for name in ("postgres.log", "valkey.log"):
            log = place.logs / name
            log.touch()
            os.chown(log, entry.pw_uid, entry.pw_gid)
        make_reachable(place.data)
    elif place.sockets.stat().st_uid != os.geteuid():
        message = (
            f"{place.sockets} belongs to another user: set VAR_DIR to a shorter path."
        )
        raise EmbeddedServerError(message)
    place.data.chmod(0o700)


def make_reachable(path: Path) -> None:
    """Let the servers' user pass through the directories above `path`, not list them."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(mode | stat.S_IXOTH)


def run_program(command: list[str], *, user: str | None) -> None:
    """Run the program to its end; its output becomes the error's sentence."""
    with tempfile.TemporaryFile("w+") as output:
        try:
            subprocess.run(  # noqa: S603 -- programs of the wheels or of the machine
                command,
                check=True,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=120,
                **_as_user(user),
            )
        except (subprocess.SubprocessError, OSError) as error:
            output.seek(0)
            reason = output.read().strip() or str(error)
            message = f"{Path(command[0]).name} failed: {reason}"
            raise EmbeddedServerError(message) from error


def _as_user(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def package_directory(name: str) -> Path | None:
    """Return where an installed package lies, None if it is not installed."""
    # Found, not imported: the wheels' own start-up code and logging stay out of it.
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def pid_in(path: Path) -> int:
    """Return the number in the first line of the file, 0 if there is none."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def runs(pid: int, name: str) -> bool:
    """Return whether the process lives and is the program `name`."""
    if not pid:
        return False
    command = Path(f"/proc/{pid}/stat")
    if Path("/proc/self").exists():
        # A zombie has ended and waits only for its parent.
        text = command.read_text() if command.exists() else ""
        return name[:15] in text and ") Z " not in text
    answer = subprocess.run(  # noqa: S603
        ["ps", "-o", "comm=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        check=False,
        text=True,
    )
    return name in answer.stdout
