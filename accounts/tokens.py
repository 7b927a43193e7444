"""The tokens themselves: signed, short, and naming their family and version."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.errors import TokenExpired, TokenInvalid
from accounts.models import TokenFamily, User

# Far longer than any token of ours; what is longer is not worth decoding.
LONGEST_TOKEN = 4096
# How many tokens a process remembers to be good: of some 300 bytes each.
TOKENS_KEPT = 4096
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Claims:
    """What a token says: whose it is, which sign-in it belongs to, and until when it holds (UTC)."""

    user_id: int
    family_id: uuid.UUID
    version: int
    jti: uuid.UUID
    expires_at: datetime


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str
    expires_in: int
    """Seconds that the access token lasts."""


def make_pair(user: User, family: TokenFamily) -> TokenPair:
    """A new access and refresh token of one family."""
    access = _claimed(AccessToken(), user, family)
    refresh = _claimed(RefreshToken(), user, family)
    return TokenPair(str(access), str(refresh), int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()))


def read_access(raw: str) -> Claims:
    """Raises TokenInvalid or TokenExpired."""
    return _read(raw, _access_claims)


def read_refresh(raw: str) -> Claims:
    """Raises TokenInvalid or TokenExpired."""
    return _read(raw, _refresh_claims)


def _claimed(token: Token, user: User, family: TokenFamily) -> Token:
    token["user_id"] = user.pk
    token["fam"] = family.pk.hex
    token["ver"] = user.token_version
    return token


def _read(raw: str, claims_in: Callable[[str], Claims]) -> Claims:
    if len(raw) > LONGEST_TOKEN:
        raise TokenInvalid
    try:
        claims = claims_in(raw)
    except ExpiredTokenError as error:
        raise TokenExpired from error
    except (TokenError, KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        # Besides plain forgeries: signed by us but not of this shape, by an older release or with a key that leaked.
        # Never a 500.
        raise TokenInvalid from error
    if claims.expires_at <= datetime.now(UTC):
        raise TokenExpired
    return claims


@lru_cache(maxsize=TOKENS_KEPT)
def _access_claims(raw: str) -> Claims:
    """A client sends the same token for an hour, and its signature stays good. What is no good raises, and is not
    remembered.
    """
    token: Any = AccessToken(raw)  # type: ignore[arg-type]
    return claims_of(token.payload)


def _refresh_claims(raw: str) -> Claims:
    token: Any = RefreshToken(raw)  # type: ignore[arg-type]
    return claims_of(token.payload)


def claims_of(payload: dict[str, Any]) -> Claims:
    """Raises one of Python's own errors where the payload is not of our shape."""
    user_id, version = payload["user_id"], payload["ver"]
    if type(user_id) is not int or type(version) is not int or not 0 < user_id <= _LARGEST_ID:
        raise ValueError(user_id)
    return Claims(
        user_id=user_id,
        family_id=uuid.UUID(hex=payload["fam"]),
        version=version,
        jti=uuid.UUID(hex=payload["jti"]),
        expires_at=datetime.fromtimestamp(payload["exp"], tz=UTC),
    )
