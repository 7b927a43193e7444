"""What only admins, and the system itself (None), may do."""

from accounts.models import User
from common.errors import Forbidden, Invalid


def require_admin(actor: User | None) -> None:
    """Raises Forbidden."""
    if actor is not None and not actor.is_admin:
        raise Forbidden


def require_reason(reason: str) -> None:
    """Raises Invalid: the audit log has to say why."""
    if not reason.strip():
        raise Invalid(errors={"reason": ["Say why."]})
