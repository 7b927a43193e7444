"""A browser with a next-auth front end in it: what its client sends, and the cookies that it keeps."""

from typing import Any
from urllib.parse import urlencode

from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD

FORM = "application/x-www-form-urlencoded"
SESSION = "next-auth.session-token"


class Browser(Client):
    """`browser.sign_in(user)` as the client's `signIn("credentials", {redirect: false})` does it."""

    def __init__(self, *, secure: bool = False, **defaults: Any) -> None:
        super().__init__(raise_request_exception=False, **defaults)
        self.secure = secure

    def generic(self, method: str, path: str, *arguments: Any, **options: Any) -> Any:
        return super().generic(method, path, *arguments, **options | {"secure": self.secure})

    def csrf_token(self) -> str:
        return self.get("/api/auth/csrf").json()["csrfToken"]

    def form(self, path: str, **fields: Any) -> Any:
        """A form of the client's, with the CSRF token unless another is given."""
        if "csrfToken" not in fields:
            fields["csrfToken"] = self.csrf_token()
        return self.post(f"/api/auth/{path}", urlencode({"json": "true"} | fields), content_type=FORM)

    def sign_in(self, user: User, password: str = PASSWORD, **fields: Any) -> Any:
        return self.form("callback/credentials", email=user.email, password=password, **fields)

    def seen(self) -> Any:
        """The session, as the client asks for it."""
        return self.get("/api/auth/session").json()

    @property
    def token(self) -> str:
        """The session token that the browser keeps."""
        name = f"__Secure-{SESSION}" if self.secure else SESSION
        return self.cookies[name].value if name in self.cookies else ""


def signed_in(user: User, **options: Any) -> Browser:
    browser = Browser(**options)
    assert browser.sign_in(user).status_code == 200
    return browser
