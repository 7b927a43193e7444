"""Sessions of a next-auth front end. Each is a sign-in like every other: it ends with the password, the role, the
account, a sign-out everywhere, or its own.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from accounts.errors import TokenInvalid
from accounts.models import TokenFamily, User
from accounts.next_auth import claims as session_claims
from accounts.presenters import next_auth as presenter
from accounts.services import tokens
from accounts.tokens import Claims

# A session slides with each look at it; its row is written once in so much time.
_ROW_AHEAD = timedelta(hours=1)


class Session(NamedTuple):
    """`shown` is the person as the front end sees them; `token` goes into the cookie and lasts until `expires_at`."""

    shown: dict[str, Any]
    token: str
    expires_at: datetime


def open_session(
    user: User, *, roles: Mapping[str, str], now: datetime, ip: str | None = None, user_agent: str = ""
) -> Session:
    """Sign the user in on one device. `roles` are the contract's words."""
    expires_at = now + session_claims.LIFETIME + _ROW_AHEAD
    family = tokens.make_family(user, expires_at=expires_at, ip=ip, user_agent=user_agent)
    return _session(user, family.pk, roles, now)


def renew(user: User, claims: Claims, *, roles: Mapping[str, str], now: datetime) -> Session:
    """The session of who is signed in, for another day, with what is known of the person now."""
    families = TokenFamily.objects.filter(pk=claims.family_id)
    row_expires_at = families.values_list("expires_at", flat=True).first()
    if row_expires_at is not None and row_expires_at < now + session_claims.LIFETIME:
        families.update(expires_at=now + session_claims.LIFETIME + _ROW_AHEAD)
    return _session(user, claims.family_id, roles, now)


def end(token: str) -> None:
    """Sign out the device that has this token; one that is no good signs nobody out."""
    try:
        tokens.revoke_family(session_claims.read(token))
    except TokenInvalid:
        return


def _session(user: User, family_id: UUID, roles: Mapping[str, str], now: datetime) -> Session:
    shown = presenter.person(user, roles)
    token = session_claims.write(
        presenter.token_facts(shown), user_id=user.pk, version=user.token_version, family_id=family_id, now=now
    )
    return Session(shown, token, (now + session_claims.LIFETIME).replace(microsecond=0))
