"""What a session token says: about the person what the front end's middleware reads, about the sign-in what we do."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.errors import TokenExpired, TokenInvalid
from accounts.next_auth import jwe
from accounts.tokens import Claims, claims_of

LIFETIME = timedelta(hours=24)
# How far the clocks of two servers may be apart; next-auth allows as much.
_SKEW = timedelta(seconds=15)


def write(facts: dict[str, Any], *, user_id: int, version: int, family_id: uuid.UUID, now: datetime) -> str:
    """A token that lasts a day. `facts` are those that front ends read, in their spelling."""
    begins = int(now.timestamp())
    ours = {
        "sub": str(user_id),
        "userId": user_id,
        "sid": family_id.hex,
        "ver": version,
        "iat": begins,
        "exp": begins + int(LIFETIME.total_seconds()),
        "jti": uuid.uuid4().hex,
    }
    return jwe.encrypt(facts | ours, secret=settings.NEXTAUTH_SECRET)


def read(raw: str) -> Claims:
    """Raises TokenInvalid or TokenExpired."""
    payload = jwe.decrypt(raw, secret=settings.NEXTAUTH_SECRET)
    now = datetime.now(UTC)
    try:
        claims = claims_of(payload | {"user_id": payload["userId"], "fam": payload["sid"]})
        issued = datetime.fromtimestamp(payload["iat"], tz=UTC)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise TokenInvalid from error
    if issued > now + _SKEW:
        raise TokenInvalid
    if claims.expires_at <= now:
        raise TokenExpired
    return claims
