"""The demo's mail: messages are kept as files under `VAR_DIR` and shown on pages."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SHOWN = 200


class DemoOutboxBackend(BaseEmailBackend):
    """Write each message to a file instead of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages and return how many there were."""
        folder = outbox_folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            kept_at = datetime.now(UTC)  # noqa: TID251 -- the moment of sending
            name = f"{kept_at:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
            partial = folder / f"{name}.part"
            partial.write_bytes(message.message().as_bytes())
            # A reader sees whole messages only.
            partial.rename(folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class KeptMessage:
    """A message of the outbox, read for a page."""

    slug: str
    at: datetime
    subject: str
    to: str
    sender: str
    text: str
    html: str


def outbox_folder() -> Path:
    """Return where the messages are."""
    return Path(settings.VAR_DIR) / "outbox"


def kept_messages(words: str = "") -> list[KeptMessage]:
    """Return the newest messages, only those whose head holds the words if given."""
    paths = sorted(outbox_folder().glob("*.eml"), reverse=True)[: SHOWN * 5]
    found: list[KeptMessage] = []
    for path in paths:
        message = read_message(path)
        if words.casefold() in f"{message.subject} {message.to}".casefold():
            found.append(message)
        if len(found) == SHOWN:
            break
    return found


def message_path(slug: str) -> Path | None:
    """Return the file of that message, or None."""
    path = outbox_folder() / f"{slug}.eml"
    return path if path.is_file() else None


def read_message(path: Path) -> KeptMessage:
    """Read one file of the outbox."""
    parsed = message_from_bytes(path.read_bytes(), policy=policy.default)
    stamp = path.stem.partition("-")[0]
    return KeptMessage(
        slug=path.stem,
        at=datetime.strptime(f"{stamp}+0000", "%Y%m%dT%H%M%S%f%z"),
        subject=str(parsed["subject"] or ""),
        to=str(parsed["to"] or ""),
        sender=str(parsed["from"] or ""),
        text=_body(parsed, "plain"),
        html=_body(parsed, "html"),
    )


def _body(parsed: ParsedMessage, kind: str) -> str:
    part = parsed.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
