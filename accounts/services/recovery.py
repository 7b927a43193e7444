"""Proving an e-mail address, and getting a new password (R-AUTH-2)."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import passwords
from accounts.errors import CodeInvalid, LinkInvalid, WrongPassword
from accounts.hashing import hash_secret
from accounts.models import EmailSecret, OutgoingMail, User
from accounts.models.user import normalise_email
from accounts.services import mail
from accounts.services.sign_in import confirm_password
from audit.services import record


def request_verification(email: str) -> None:
    """Mail a new link and code. Answers alike whether the address has an account, and whether it is verified."""
    with transaction.atomic():
        mail.request(OutgoingMail.Kind.VERIFY, email)


def request_reset(email: str) -> None:
    """Mail a link to set a new password. Answers alike whether the address has an account."""
    with transaction.atomic():
        mail.request(OutgoingMail.Kind.RESET, email)


def verify_by_link(token: str) -> User:
    """Prove the address with the token of the mailed link. Raises LinkInvalid."""
    with transaction.atomic():
        return _mark_verified(_use_link(token, EmailSecret.Purpose.VERIFY))


def verify_by_code(email: str, code: str) -> User:
    """Prove the address with the latest mailed six digits. Raises CodeInvalid, also after five wrong tries."""
    now = timezone.now()
    # The latest only: a new code ends the ones before it, else each would bring five more tries.
    secret = (
        EmailSecret.objects.filter(
            user__email=normalise_email(email), purpose=EmailSecret.Purpose.VERIFY, user__is_active=True
        )
        .order_by("-created_at", "-pk")
        .first()
    )
    # The try is spent before the comparison, in a transaction of its own: parallel guesses gain nothing.
    if secret is None or not EmailSecret.objects.count_attempt(secret.pk, now):
        raise CodeInvalid
    if not constant_time_compare(secret.code_hash, hash_secret(code, salt=str(secret.user_id))):
        raise CodeInvalid
    with transaction.atomic():
        if not EmailSecret.objects.usable(now).filter(pk=secret.pk).update(used_at=now):
            raise CodeInvalid
        return _mark_verified(secret)


def reset_password(token: str, password: str) -> User:
    """Set a new, already validated password with the token of the mailed link; every device is signed out.

    Raises LinkInvalid.
    """
    _find_link(token, EmailSecret.Purpose.RESET)  # a made-up token costs no hash
    hashed = passwords.make(password)
    with transaction.atomic():
        secret = _use_link(token, EmailSecret.Purpose.RESET)
        return _set_password(secret.user_id, hashed, action="auth.password_reset")


def change_password(user: User, *, current: str, new: str, address: str) -> User:
    """Set a new, already validated password; every device is signed out. Raises WrongPassword or AccountLocked."""
    if not confirm_password(user, current, address=address):
        raise WrongPassword
    hashed = passwords.make(new)
    with transaction.atomic():
        return _set_password(user.pk, hashed, action="auth.password_changed")


def void_reset_links(user_id: int) -> None:
    """Whoever has seen a link that was mailed before can do nothing with it any more."""
    links = EmailSecret.objects.filter(user=user_id, purpose=EmailSecret.Purpose.RESET, used_at=None)
    links.update(used_at=timezone.now())


def purge_expired() -> int:
    """Delete mailed secrets that are long past their time; returns how many."""
    return EmailSecret.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _find_link(token: str, purpose: EmailSecret.Purpose) -> EmailSecret:
    usable = EmailSecret.objects.usable(timezone.now())
    secret = usable.filter(token_hash=hash_secret(token), purpose=purpose, user__is_active=True).first()
    if secret is None:
        raise LinkInvalid
    return secret


def _use_link(token: str, purpose: EmailSecret.Purpose) -> EmailSecret:
    secret = _find_link(token, purpose)
    now = timezone.now()
    # Single use is decided by the UPDATE, not by the look before it.
    if not EmailSecret.objects.usable(now).filter(pk=secret.pk).update(used_at=now):
        raise LinkInvalid
    return secret


def _mark_verified(secret: EmailSecret) -> User:
    now = timezone.now()
    EmailSecret.objects.filter(user=secret.user_id, purpose=EmailSecret.Purpose.VERIFY, used_at=None).update(
        used_at=now
    )
    User.objects.filter(pk=secret.user_id).update(is_verified=True, updated_at=now)
    user = User.objects.get(pk=secret.user_id)
    record("account.email_verified", actor=user, obj=user)
    return user


def _set_password(user_id: int, hashed: str, *, action: str) -> User:
    void_reset_links(user_id)
    User.objects.filter(pk=user_id).update(
        password=hashed, token_version=F("token_version") + 1, updated_at=timezone.now()
    )
    user = User.objects.get(pk=user_id)
    record(action, actor=user, obj=user)
    mail.request(OutgoingMail.Kind.PASSWORD_CHANGED, user.email)
    return user
