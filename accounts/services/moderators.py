"""What only admins, and the system itself (None), may do.

In the back office the staff acts too, as admins' deputies: each group does what its permissions name
(`User.deputised`). Who gets such rights, and what happens to those who have them, is for admins themselves.
"""

from accounts.errors import AccountErased, NotOnYourself
from accounts.models import Role, User
from common.errors import Forbidden, Invalid, NotFound

FOR_ADMINS = "Only an admin decides about the staff."


def require_admin(actor: User | None) -> None:
    """Raises Forbidden."""
    if actor is not None and not actor.is_admin:
        raise Forbidden


def require_no_deputy(actor: User | None) -> None:
    """Raises Forbidden for everybody but an admin in person."""
    if actor is not None and actor.role != Role.ADMIN:
        raise Forbidden(FOR_ADMINS)


def require_no_party(actor: User | None, *parties: int | None) -> None:
    """Raises Forbidden: nobody decides where they are a party, by their ids."""
    if actor is not None and actor.pk in parties:
        raise Forbidden("You are a party to this: somebody else has to decide.")


def require_reason(reason: str) -> None:
    """Raises Invalid: the audit log has to say why."""
    if not reason.strip():
        raise Invalid(errors={"reason": ["Say why."]})


def lasting_reason(reason: str, *, actor: User | None) -> str:
    """What of a reason the audit log may keep for ever: an admin's and the system's, nobody else's own words."""
    return reason if actor is None or actor.is_admin else ""


def lock_other(user_id: int, actor: User) -> User:
    """The account of somebody else, locked with the admin's own, in the order of their ids.

    Of two admins who take each other's rights away at once the second is none any more when the lock is theirs: whoever
    does this stays an admin, so that there always is one. Deputies decide about nobody of the staff. Raises Forbidden,
    NotOnYourself, NotFound or AccountErased.
    """
    require_admin(actor)
    if user_id == actor.pk:
        raise NotOnYourself
    # Not against foreign keys: somebody may be told something while their tutor side is locked.
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[user_id, actor.pk]).order_by("pk")
    found = {user.pk: user for user in rows}
    admin = found.get(actor.pk)
    if admin is None or not admin.is_active or admin.deleted_at is not None:
        raise Forbidden
    if not (admin.is_staff if actor.is_deputy else admin.is_admin):
        raise Forbidden
    if user_id not in found:
        raise NotFound("User not found")
    if found[user_id].erased_at is not None:
        raise AccountErased
    if found[user_id].is_staff:
        require_no_deputy(actor)
    return found[user_id]
