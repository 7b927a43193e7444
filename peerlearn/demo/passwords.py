"""Everybody knows the passwords of the demo accounts: a production site must not have them."""

from django.db.models import QuerySet

from accounts.models import User
from peerlearn.demo.people import ACCOUNTS


def accounts() -> QuerySet[User]:
    """The demo accounts that somebody could sign in to."""
    return User.objects.filter(email__in=ACCOUNTS, is_active=True)


def complaint() -> str:
    """One sentence that names those that still have their demo password, or nothing."""
    weak = sorted(user.email for user in accounts() if user.check_password(ACCOUNTS[user.email]))
    if not weak:
        return ""
    return (
        f"The demo password of {' and '.join(weak)} is known to everybody: delete the account or change its "
        "password, or set PEERLEARN_DEBUG=true if this is no more than a demonstration."
    )
