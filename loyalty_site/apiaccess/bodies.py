"""Reading what a call brings: strict JSON, each name once, text that can be stored."""

import json
import re
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from loyalty_site.apiaccess.errors import (
    BodyRefused,
    BodyTooLarge,
    ParameterRefused,
    WrongMediaType,
)

BODY_LIMIT_BYTES = 1_000_000
# An escaped NUL that is not the text of an escape: an even run of backslashes before.
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class StrictParser(Parser):
    """Takes what means one thing; refuses what each reader would read differently."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401 -- any JSON value
        """Return the parsed body and keep its canonical form on the request."""
        if request.content_type != "application/json":
            raise WrongMediaType
        if len(request.body) > BODY_LIMIT_BYTES:
            raise BodyTooLarge(limit=BODY_LIMIT_BYTES)
        try:
            data = json.loads(
                request.body.decode(),
                object_pairs_hook=_once_each,
                parse_constant=_refuse_constant,
                parse_float=Decimal,
            )
            canonical = canonical_json(data)
        except (ValueError, RecursionError) as error:
            raise BodyRefused(_("The body is not valid JSON in UTF-8.")) from error
        if _ESCAPED_NUL.search(canonical):
            raise BodyRefused(_("The body holds the character U+0000."))
        request.canonical_body = canonical  # type: ignore[attr-defined]
        return data

    def parse_querydict(
        self,
        data: MultiValueDict[str, Any],
        list_fields: list[str],  # noqa: ARG002 -- the signature is ninja's
        request: HttpRequest,  # noqa: ARG002 -- the signature is ninja's
    ) -> dict[str, Any]:
        """Return each parameter once; a second value would be lost without a word."""
        values = {}
        for name, given in data.lists():
            if len(given) != 1:
                raise ParameterRefused(
                    _("The parameter was given more than once."), field=name[:40]
                )
            if "\0" in given[0]:
                raise ParameterRefused(
                    _("The parameter holds the character U+0000."), field=name[:40]
                )
            values[name] = given[0]
        return values


def canonical_json(data: Any) -> bytes:  # noqa: ANN401 -- any JSON value
    """Return equal bytes for equal values, whatever the order and the spaces.

    Raises UnicodeEncodeError, a ValueError, for a lone surrogate.
    """
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    ).encode()


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise BodyRefused(_("A name occurs twice in one object of the body."))
    return named


def _refuse_constant(name: str) -> None:
    raise BodyRefused(_("%(name)s is not JSON.") % {"name": name})
