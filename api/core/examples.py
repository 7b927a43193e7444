"""Examples of what belongs to no contract."""

from typing import Any

SITE = "https://peerlearn.example"

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /": {
        200: {
            "documentation": f"{SITE}/docs",
            "reference": f"{SITE}/redoc",
            "schema": f"{SITE}/openapi.json",
            "sessions": f"{SITE}/api/sessions",
            "back_office": f"{SITE}/admin/",
            "health": f"{SITE}/health",
        }
    },
}
