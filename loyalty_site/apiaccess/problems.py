"""Errors of the API as RFC 9457 problems: one shape for every refusal."""

import json
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from loyalty_site.apiaccess.errors import TryAgain
from loyalty_site.lib.busy import is_busy, note_busy
from loyalty_site.lib.errors import DomainError
from loyalty_site.logs import request_id

E = TypeVar("E", bound=Exception)
logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:perennial:problem:"
_RETRY_AFTER_SECONDS = "1"
_ERRORS_SHOWN = 20


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    field: str | None = None,
    hint: str = "",
    errors: Iterable[dict[str, str]] = (),
) -> HttpResponse:
    """Return a problem; `errors` name each field when there are several."""
    content: dict[str, Any] = {
        "type": TYPE_PREFIX + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "field": field,
        "hint": hint or None,
        "request_id": request_id.get(),
    }
    if errors := list(errors):
        content["errors"] = errors
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False), status=status, content_type=MEDIA_TYPE
    )
    response["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if code in {"request_in_flight", "try_again"}:
        response["Retry-After"] = _RETRY_AFTER_SECONDS
    return response


def refusal(_request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal of a service."""
    return problem(
        status=error.status,
        code=error.code,
        detail=str(error),
        field=error.field,
        hint=str(getattr(error, "hint", "")),
    )


def not_valid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer values that do not fit the schema, naming every field."""
    errors = [_field_error(each) for each in error.errors[:_ERRORS_SHOWN]]
    first = errors[0]
    if (first["field"], first["code"]) == ("Idempotency-Key", "missing"):
        return problem(
            status=400,
            code="idempotency_key_missing",
            detail=_("Every write needs the header Idempotency-Key."),
            field="Idempotency-Key",
            hint=_("Make a random key for each write, and keep it for repeats."),
        )
    return problem(
        status=422,
        code="not_valid",
        detail=first["detail"],
        field=first["field"],
        errors=errors,
    )


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    """Return the field as a path such as `lines.0.amount`, without what was sent."""
    place, *path = error["loc"]
    names = [str(each)[:40] for each in path]
    if place == "body":
        names = names[1:] or ["body"]
    return {
        "field": ".".join(names) or str(place),
        "code": str(error["type"]),
        "detail": str(error["msg"]).removeprefix("Value error, ")[:300],
    }


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, DomainError):
        return refusal(_request, cause)
    return problem(
        status=error.status_code, code=code_of(error.status_code), detail=str(error)
    )


def _suspicious(_request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    status = 413 if isinstance(error, RequestDataTooBig) else 400
    return problem(status=status, code=code_of(status), detail=sentence_of(status))


def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(status=404, code=code_of(404), detail=sentence_of(404))


def _unexpected(_request: HttpRequest, error: Exception) -> HttpResponse:
    if is_busy(error):
        note_busy(error)
        return refusal(_request, TryAgain())
    logger.error("The API broke on a request", exc_info=error)
    return problem(status=500, code=code_of(500), detail=sentence_of(500))


def register(api: NinjaAPI) -> None:
    """Let every error of the API be answered as a problem."""
    _handle(api, DomainError, refusal)
    _handle(api, ValidationError, not_valid)
    _handle(api, HttpError, _http_error)
    _handle(api, SuspiciousOperation, _suspicious)
    _handle(api, Http404, _not_found)
    _handle(api, Exception, _unexpected)


def _handle(
    api: NinjaAPI, kind: type[E], handler: Callable[[HttpRequest, E], HttpResponse]
) -> None:
    api.add_exception_handler(
        kind, lambda request, error: handler(request, cast("E", error))
    )


def code_of(status: int) -> str:
    """Return the code of an error that has no code of its own."""
    return {
        400: "bad_request",
        404: "not_found",
        405: "method_not_allowed",
        413: "body_too_large",
        500: "internal_error",
    }.get(status, HTTPStatus(status).phrase.lower().replace(" ", "_"))


def sentence_of(status: int) -> str:
    """Return a sentence for an error that has none of its own."""
    return {
        400: _("The request cannot be understood."),
        404: _("There is nothing at this address."),
        405: _("This address does not take this method."),
        413: _("The request is too large."),
        500: _("Something broke on our side; nothing was written."),
    }.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase)
