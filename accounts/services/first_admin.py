"""Making an administrator by a command: who runs it owns the machine, and nobody is signed in."""

from django.db import IntegrityError, transaction

from accounts import passwords
from accounts.errors import EmailTaken
from accounts.models import Role, User
from accounts.models.user import normalise_email
from audit.services import record
from common.errors import Invalid

SHORTEST = 12
# A shorter name in an address says nothing: many a good password has an "a".
TELLING = 4
# Of the demo data, which everybody can read: no password of anybody's.
KNOWN = ("admin123", "tutor123", "student123", "password", "peerlearn", "changeme", "letmein", "qwerty")


def require_strong(password: str, *, email: str) -> None:
    """An admin may do everything: the password is long, of several kinds of characters and nothing that is tried first.

    Raises Invalid.
    """
    plain, name = password.lower(), email.partition("@")[0].lower()
    kinds = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    faults = {
        f"It needs at least {SHORTEST} characters.": len(password) < SHORTEST,
        "It needs three of these: small letters, capitals, digits, others.": sum(
            any(map(kind, password)) for kind in kinds
        )
        < 3,
        "It must not contain the address.": len(name) >= TELLING and name in plain,
        "It must not contain a password that everybody tries first.": any(word in plain for word in KNOWN),
        "It must not repeat so few characters.": len(set(password)) < 6,
    }
    found = [sentence for sentence, is_so in faults.items() if is_so]
    if found:
        raise Invalid(" ".join(found), errors={"password": found})


def create_admin(*, email: str, password: str, first_name: str = "", last_name: str = "") -> User:
    """An administrator who may sign in at once. Audited. Raises EmailTaken."""
    hashed = passwords.make(password)  # slow on purpose, hence outside the transaction
    user = User(
        email=normalise_email(email),
        password=hashed,
        first_name=first_name,
        last_name=last_name,
        role=Role.ADMIN,
        is_staff=True,
        is_superuser=True,
        is_verified=True,
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            record("account.admin_created", actor=None, obj=user, after={"role": user.role})
    except IntegrityError as error:
        raise EmailTaken from error
    return user
