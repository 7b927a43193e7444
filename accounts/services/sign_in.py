"""Passwords and lock-out (R-AUTH-3)."""

import hashlib
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import transaction

from accounts import passwords
from accounts.errors import AccountLocked, InvalidCredentials
from accounts.models import OutgoingMail, User
from accounts.models.user import normalise_email
from accounts.services import mail
from audit.services import record
from common import counters
from common.client_address import network_of

FAILURES_ALLOWED = 10
LOCK_WINDOW = timedelta(minutes=15)


def check_credentials(email: str, password: str, *, address: str) -> User:
    """The active user with this address and password.

    Raises InvalidCredentials, alike in body and in time whatever is wrong, or AccountLocked after 10 failures within
    15 minutes from one client address for one account. The owner of the account is told of a lock.
    """
    email = normalise_email(email)
    key = _lock_key(email, address)
    tries = _spend_try(key)
    user = User.objects.active().filter(email=email).first()
    # An unknown address costs one hash, as a known one does.
    right = passwords.matches(password, user.password if user else _nobodys_hash())
    if user is None or not right:
        _note_failure(email, tries)
        raise InvalidCredentials
    if settings.THROTTLING:
        counters.forget(key)
    return user


def confirm_password(user: User, password: str, *, address: str) -> bool:
    """Whether a signed-in user knows their own password. Guessing counts towards the same lock."""
    try:
        check_credentials(user.email, password, address=address)
    except InvalidCredentials:
        return False
    return True


def _spend_try(key: str) -> int:
    """Count the try before the slow comparison: of guesses made at once, too, only ten are compared."""
    if not settings.THROTTLING:
        return 0
    tries = counters.hit_since_first(key, window=LOCK_WINDOW)
    if tries.hits > FAILURES_ALLOWED:
        raise AccountLocked(retry_after=timedelta(seconds=tries.seconds_left))
    return tries.hits


def _note_failure(email: str, tries: int) -> None:
    with transaction.atomic():
        record("auth.login_failed", actor=None, after={"account": _account_mark(email)})
        if tries == FAILURES_ALLOWED:
            record("auth.locked_out", actor=None, after={"account": _account_mark(email)})
            mail.request(OutgoingMail.Kind.LOCKED, email)


def _account_mark(email: str) -> str:
    """Tells accounts apart in the audit log without naming anybody there."""
    return hashlib.sha256(f"{settings.SECRET_KEY}{email}".encode()).hexdigest()[:16]


def _lock_key(email: str, address: str) -> str:
    return f"lock:{_account_mark(email)}:{network_of(address)}"


@cache
def _nobodys_hash() -> str:
    return passwords.make("nobody has this password")
