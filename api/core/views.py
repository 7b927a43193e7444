"""What binds an app's view to a dialect: parse, call, answer."""

from functools import partial
from typing import Any, ClassVar

from django.http import HttpRequest, QueryDict
from rest_framework.exceptions import APIException, MethodNotAllowed, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from api.core import idempotency
from api.core.dialect import Dialect, Page, camel_to_snake
from api.core.pagination import DialectPagination
from api.core.throttling import rate_limit_headers


class DialectMixin:
    """Put before an app's view: `class SessionViewSet(SessionsDialectMixin, views.SessionViewSet)`.

    The view reads canonical names and answers canonical data; a `Page` becomes the contract's list. POSTs of the
    actions that the view names in `idempotent_actions` honour `Idempotency-Key` (R-GEN-6). Those in `commits_itself` as
    well have one effect anyway, and wait for somebody outside: no transaction is kept open for that.
    """

    dialect: ClassVar[Dialect]
    pagination_class: Any = DialectPagination

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        request.GET = _canonical_query(request.GET)  # type: ignore[assignment]
        return super().initialize_request(request, *args, **kwargs)  # type: ignore[misc]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if any("\x00" in value for values in request.query_params.lists() for value in values[1]):
            raise ParseError("A NUL character is not allowed.")
        key = request.headers.get("Idempotency-Key")
        action = getattr(self, "action", None) or request.method.lower()  # type: ignore[union-attr]
        if key and request.method == "POST" and action in getattr(self, "idempotent_actions", ()):
            method = request.method.lower()
            commits_itself = action in getattr(self, "commits_itself", ())
            once = idempotency.answer_once if commits_itself else idempotency.run_once
            setattr(self, method, partial(once, key, getattr(self, method)))

    def perform_authentication(self, request: Request) -> None:
        try:
            super().perform_authentication(request)  # type: ignore[misc]
        except APIException:
            self.check_throttles(request)  # by address: a bad token is no free request
            raise

    def check_permissions(self, request: Request) -> None:
        """Limits come first: who is refused has made a request all the same. A method that nobody has is a 405."""
        self.check_throttles(request)
        if request.method not in self.allowed_methods:  # type: ignore[attr-defined]
            raise MethodNotAllowed(str(request.method))
        super().check_permissions(request)  # type: ignore[misc]

    def check_throttles(self, request: Request) -> None:
        if not hasattr(request, "rate_limit"):  # counted already
            super().check_throttles(request)  # type: ignore[misc]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        is_answer = isinstance(response, Response) and not getattr(response, "exception", False)
        if is_answer and request.method != "OPTIONS":
            self._speak(response)
        for name, value in rate_limit_headers(request).items():
            response[name] = value
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]

    def _speak(self, response: Response) -> None:
        dialect = self.dialect
        if isinstance(response.data, Page):
            page = response.data
            for name, value in dialect.page_headers(page).items():
                response[name] = value
            translated = Page(dialect.names(page.items), page.total, page.number, page.size, page.link)
            response.data = dialect.page(translated)
        elif response.data is not None:
            if isinstance(response.data, dict) and "version" in response.data:
                response["ETag"] = f'"{response.data["version"]}"'
            response.data = dialect.item(dialect.names(response.data))


def _canonical_query(query: QueryDict) -> QueryDict:
    """Query parameters in snake_case, whichever way they were sent."""
    if all(camel_to_snake(name) == name for name in query):
        return query
    canonical = QueryDict(mutable=True)
    for name, values in query.lists():
        canonical.setlistdefault(camel_to_snake(name), []).extend(values)
    canonical._mutable = False
    return canonical
