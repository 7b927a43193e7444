"""What only moderators, and the system itself (None), may do."""

from accounts.models import User
from common.errors import Forbidden


def require_admin(actor: User | None) -> None:
    """Raises Forbidden."""
    if actor is not None and not actor.is_admin:
        raise Forbidden
