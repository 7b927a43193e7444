"""The audit log, and accounts that are deleted and restored: admins only."""

from typing import Any

from tests.authorization.matrix import Rule
from tests.authorization.rules.users import admins_only

PREFIXES = ("/api/audit", "/api/admin/audit")


def _somebody(world: dict[str, Any]) -> dict[str, Any]:
    return {"user_id": world["stranger"].pk, "reason": "Asked by telephone."}


RULES: dict[str, Rule] = {
    f"{method} {prefix}/{path}": rule
    for prefix in PREFIXES
    for method, path, rule in (
        ("GET", "logs", admins_only(200)),
        ("GET", "logs/export", admins_only(200)),
        ("GET", "verify", admins_only(200)),
        ("GET", "deleted-users", admins_only(200)),
        ("POST", "soft-delete-user", admins_only(200, _somebody)),
        ("POST", "restore-user", admins_only(409, _somebody)),  # nobody has deleted it
        ("POST", "purge-old-deletes", admins_only(200)),
    )
} | {"DELETE /api/admin/users/<id:pk>": admins_only(204)}
