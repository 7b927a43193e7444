"""How callers prove who they are."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.core.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token that a login answers with. It lasts one hour.",
        }


class NextAuthScheme(OpenApiAuthenticationExtension):
    target_class = "api.core.authentication.NextAuthCookieAuthentication"
    name = "nextAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "next-auth.session-token",
            "description": "The session of next-auth (`__Secure-next-auth.session-token` over https), which is also "
            "taken as a bearer token. Writes must come from a page of this site, or bring the token of "
            "`/api/auth/csrf` in `X-CSRFToken`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "api.core.authentication.BrowserSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The browsable API's sign-in. Writes need the CSRF token in `X-CSRFToken` as well.",
        }
