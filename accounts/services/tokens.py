"""What signed-in devices hold: families of tokens, their renewal and their end (R-AUTH-1)."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import tokens
from accounts.errors import RefreshTokenSpent, TokenInvalid, TokenRevoked
from accounts.models import SpentRefreshToken, TokenFamily, User
from accounts.next_auth import claims as session_claims
from accounts.next_auth import jwe
from accounts.tokens import Claims, TokenPair
from audit.masking import storable
from audit.services import record
from common.compiled import compiled

# A client may send one refresh token twice (a double click, two tabs). Within this time that is no theft.
REUSE_GRACE = timedelta(seconds=10)


@compiled
def _signed_in(*, user: Any, family: Any, version: Any) -> QuerySet[User]:
    return User.objects.filter(
        pk=user,
        token_version=version,
        is_active=True,
        deleted_at=None,
        token_families=family,
        token_families__revoked_at=None,
    ).order_by()


def open_family(user: User, *, ip: str | None = None, user_agent: str = "") -> TokenPair:
    """Sign `user` in on one device: a new family and its first pair of tokens."""
    expires_at = timezone.now() + settings.REFRESH_TOKEN_LIFETIME
    return tokens.make_pair(user, make_family(user, expires_at=expires_at, ip=ip, user_agent=user_agent))


def make_family(user: User, *, expires_at: datetime, ip: str | None = None, user_agent: str = "") -> TokenFamily:
    """The row of a sign-in on one device, which all its tokens name."""
    return TokenFamily.objects.create(
        user=user, expires_at=expires_at, ip=_storable_address(ip), user_agent=storable(user_agent)[:200]
    )


def user_of_access_token(raw: str) -> tuple[User, Claims]:
    """The user who signed in with this token, in one query. Raises TokenInvalid, TokenExpired or TokenRevoked.

    It is an access token of ours, or a session token of next-auth.
    """
    if jwe.is_compact(raw):
        return user_of_session_token(raw)
    claims = tokens.read_access(raw)
    return user_of_claims(claims), claims


def user_of_session_token(raw: str) -> tuple[User, Claims]:
    """As above, of a session token of next-auth alone: nothing else is taken from a cookie, nor renewed."""
    claims = session_claims.read(raw)
    return user_of_claims(claims), claims


def user_of_claims(claims: Claims) -> User:
    """The user, if the sign-in still stands: active, same token version, family not revoked. Raises TokenRevoked."""
    user = _signed_in.first(user=claims.user_id, family=claims.family_id, version=claims.version)
    if user is None:
        raise TokenRevoked
    return user


def renew(raw_refresh: str) -> tuple[User, TokenPair]:
    """Trade a refresh token for a new pair. It can be used once.

    Of several uses at once one wins; the others raise RefreshTokenSpent. A use later than ten seconds after the
    first means that somebody else has it: the whole family ends and TokenRevoked is raised.
    """
    claims = tokens.read_refresh(raw_refresh)
    user = user_of_claims(claims)
    if not _spend(claims):
        _refuse_reuse(claims, user)
    TokenFamily.objects.filter(pk=claims.family_id).update(expires_at=timezone.now() + settings.REFRESH_TOKEN_LIFETIME)
    return user, tokens.make_pair(user, TokenFamily(pk=claims.family_id))


def revoke_family(claims: Claims) -> None:
    """Sign one device out. Safe to repeat."""
    TokenFamily.objects.filter(pk=claims.family_id, revoked_at=None).update(revoked_at=timezone.now())


def revoke_by_refresh_token(raw_refresh: str) -> None:
    """Sign out the device that holds this refresh token; a token that is no good signs nobody out."""
    try:
        revoke_family(tokens.read_refresh(raw_refresh))
    except TokenInvalid:
        return


def revoke_all(user: User, *, actor: User | None) -> None:
    """Sign the user out everywhere, at once."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(token_version=F("token_version") + 1, updated_at=timezone.now())
        record("auth.signed_out_everywhere", actor=actor, obj=user)


def purge_expired() -> int:
    """Delete sign-ins that nobody can renew any more; returns how many rows went."""
    return TokenFamily.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _storable_address(ip: str | None) -> str | None:
    """A peer behind a Unix socket has no address, and a proxy may write a port behind it: no reason to refuse."""
    try:
        return str(ip_address(ip or ""))
    except ValueError:
        return None


def _spend(claims: Claims) -> bool:
    """Insert first; the primary key decides who was first."""
    try:
        with transaction.atomic():
            SpentRefreshToken.objects.create(jti=claims.jti, family_id=claims.family_id, spent_at=timezone.now())
    except IntegrityError:
        return False
    return True


def _refuse_reuse(claims: Claims, user: User) -> None:
    spent_at = SpentRefreshToken.objects.values_list("spent_at", flat=True).get(pk=claims.jti)
    if timezone.now() - spent_at <= REUSE_GRACE:
        raise RefreshTokenSpent
    with transaction.atomic():
        revoke_family(claims)
        record("auth.refresh_token_reused", actor=user, obj=user)
    raise TokenRevoked
