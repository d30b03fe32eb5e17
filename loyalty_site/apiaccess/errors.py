"""Refusals of the API's own doors: the key, the idempotency key, the body."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class ApiKeyRefused(DomainError):
    """The call brings no key, or one that opens nothing (any more)."""

    code = "api_key_refused"
    status = 401
    hint = _("Send the header “Authorization: Bearer pk_…” with a key in force.")

    def __init__(self) -> None:
        super().__init__(_("The API key is missing, unknown, expired or revoked."))


class MissingScope(DomainError):
    """The key is good, but not for this."""

    code = "missing_scope"
    status = 403
    hint = _("Create a key with this scope under Developer, API keys.")

    def __init__(self, *, scope: str) -> None:
        super().__init__(_("This key lacks the scope “%(scope)s”.") % {"scope": scope})


class IdempotencyKeyReused(DomainError):
    """The key stands for another request."""

    code = "idempotency_key_reused"
    status = 422
    hint = _("Use a new key for each write, and the old key only to repeat it.")

    def __init__(self) -> None:
        super().__init__(
            _("This Idempotency-Key was used before for another request."),
            field="Idempotency-Key",
        )


class RequestInFlight(DomainError):
    """The same key is being worked on at this moment."""

    code = "request_in_flight"
    hint = _("Wait a second and repeat the request with the same key.")

    def __init__(self) -> None:
        super().__init__(
            _("A request with this Idempotency-Key is being worked on."),
            field="Idempotency-Key",
        )


class TryAgain(DomainError):
    """The database was too busy to finish in time; nothing was written."""

    code = "try_again"
    status = 503
    hint = _("Wait a second and repeat the request with the same key.")

    def __init__(self) -> None:
        super().__init__(_("The write could not be finished in time."))


class BodyRefused(DomainError):
    """The body cannot be taken as the JSON of a request."""

    code = "body_not_readable"
    status = 400


class BodyTooLarge(DomainError):
    """The body is larger than any single write needs."""

    code = "body_too_large"
    status = 413

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            _("The body has more than %(limit)s bytes.") % {"limit": limit}
        )


class WrongMediaType(DomainError):
    """The body is not declared as JSON."""

    code = "wrong_media_type"
    status = 415
    hint = _("Send the header “Content-Type: application/json”.")

    def __init__(self) -> None:
        super().__init__(_("The body of a request is JSON in UTF-8."))


class ParameterRefused(DomainError):
    """A parameter of the query came twice or holds what no text holds."""

    code = "parameter_refused"
    status = 400


class CursorRefused(DomainError):
    """The cursor belongs to another list, to other filters, or was edited."""

    code = "cursor_refused"
    field = "cursor"
    status = 400
    hint = _("Send the `next` of the page before, with the same filters.")

    def __init__(self) -> None:
        super().__init__(_("This cursor does not belong to this list."))


class KeyNameTaken(DomainError):
    """Another API key has this name."""

    code = "key_name_taken"
    field = "name"

    def __init__(self) -> None:
        super().__init__(_("Another key has this name. Choose a different one."))
