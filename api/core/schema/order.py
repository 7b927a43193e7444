"""The order of operations in `/openapi.json`, the same in every process: a copy can be compared with the next one."""

from typing import Any

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def by_method(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Paths as they are routed, and the methods of each path in one order: routers keep them in a set."""
    paths = list(dict.fromkeys(path for path, *_ in endpoints))
    places = {path: place for place, path in enumerate(paths)}
    return sorted(endpoints, key=lambda endpoint: (places[endpoint[0]], _METHODS.index(endpoint[2])))
