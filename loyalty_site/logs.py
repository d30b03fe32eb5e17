"""Log lines as JSON, with the request's id and without tokens."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

from typing_extensions import override

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Personal links: whoever reads the log must not be able to answer for a member.
TOKEN_PATH = re.compile(r"(/(?:s|u|q|join)/)[^/\s?\"']+")
SECRET_PAIR = re.compile(
    r"((?:token|key|code|password|secret|csrfmiddlewaretoken)=)[^&\s\"']+",
    re.IGNORECASE,
)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
EXTRA_FIELDS = ("status_code", "duration_ms", "task", "job", "event")


def redacted(text: str) -> str:
    """Return the text without survey tokens, secrets of a query, mail addresses."""
    text = TOKEN_PATH.sub(r"\1[redacted]", text)
    text = SECRET_PAIR.sub(r"\1[redacted]", text)
    return MAIL.sub("[mail]", text)


class RequestIdFilter(logging.Filter):
    """Put the id of the current request on every record."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, request id."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if current := getattr(record, "request_id", ""):
            line["request_id"] = current
        for name in EXTRA_FIELDS:
            if (value := getattr(record, name, None)) is not None:
                line[name] = value if isinstance(value, int | float) else str(value)
        if record.exc_info:
            line["trace"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
