"""Middleware of the API's addresses: no page is ever the answer to a program."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from loyalty_site.apiaccess.problems import code_of, problem, sentence_of

API_PREFIX = "/api/"
_KEPT_HEADERS = ("Allow",)


class ApiProblemMiddleware:
    """Turn error pages of the site into problems where a program asked.

    Covers what never reaches the API itself: unknown addresses, wrong methods, a
    request that Django refuses, an error in another middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or not request.path.startswith(
            API_PREFIX
        ):
            return response
        if response.headers.get("Content-Type", "").startswith("application/"):
            return response
        status = response.status_code
        answer = problem(
            status=status, code=code_of(status), detail=sentence_of(status)
        )
        for name in _KEPT_HEADERS:
            if name in response.headers:
                answer[name] = response[name]
        return answer
