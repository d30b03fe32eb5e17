"""Every code that the API may answer, from the refusals themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from loyalty_site.apiaccess.problems import code_of
from loyalty_site.lib.errors import DomainError

# What surveys, reports and files refuse is answered on pages only.
_APPS = ("loyalty_site.apiaccess", "loyalty_site.lib", "members", "points")
_PAGES_ONLY = ("points.imports", "points.services.imports")
# Refusals of Django, of the router and of the schemas, which are no DomainError.
_WITHOUT_CLASS = {
    400: "The request cannot be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is larger than any single write needs.",
    500: "Something broke on our side; nothing was written.",
}
_OF_SCHEMAS = (
    ("idempotency_key_missing", 400, "The write has no Idempotency-Key."),
    ("not_valid", 422, "Values do not fit the schema; `errors` names each field."),
)


@dataclass(frozen=True, order=True)
class ErrorCode:
    """A code with its status, and what it says."""

    status: int
    code: str
    meaning: str


def error_codes() -> list[ErrorCode]:
    """Return the codes by status and name, each once; load the addresses first."""
    found = {
        (status, code_of(status)): meaning for status, meaning in _WITHOUT_CLASS.items()
    }
    found |= {(status, code): meaning for code, status, meaning in _OF_SCHEMAS}
    for refusal in sorted(_refusals(DomainError), key=_name_of):
        meaning = (refusal.__doc__ or "").strip().split("\n")[0]
        found.setdefault((int(refusal.status), refusal.code), meaning)
    return sorted(
        ErrorCode(status, code, meaning) for (status, code), meaning in found.items()
    )


def as_markdown() -> str:
    """Return `docs/api-errors.md`."""
    rows = [
        f"| {each.status} | `{each.code}` | {each.meaning} |" for each in error_codes()
    ]
    return "\n".join([_HEAD, *rows, ""])


def _refusals(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for each in kind.__subclasses__():
        yield from _refusals(each)
        if each.__module__.startswith(_APPS) and not each.__module__.startswith(
            _PAGES_ONLY
        ):
            yield each


def _name_of(refusal: type[DomainError]) -> tuple[str, str]:
    return refusal.__qualname__, refusal.__module__


_HEAD = f"""\
# Error codes of the API

Errors are RFC 9457 problems. Decide by `code`, which is stable; show `detail`; quote
`request_id`. A {HTTPStatus.SERVICE_UNAVAILABLE} or a 409 `request_in_flight` is repeated with the same
key after a second. This page is written by `manage.py api_errors`, and a test compares
it with the code.

| status | code | meaning |
|---|---|---|"""
