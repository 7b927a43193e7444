"""What waits until an e-mail address is proven (R-AUTH-5)."""

from django.conf import settings

from accounts.errors import EmailNotVerified
from accounts.models import User


def is_unproven(user: User) -> bool:
    """Whether `require_verified` refuses this person, as they were loaded: for saying so beforehand."""
    is_exempt = user.is_admin or user.is_staff
    return settings.REQUIRE_VERIFIED_EMAIL and not is_exempt and not user.is_verified


def require_verified(user: User) -> None:
    """Before somebody books, pays or writes. Raises EmailNotVerified, where `settings.REQUIRE_VERIFIED_EMAIL` is on.

    The staff is exempt. The database is asked: a socket knows its person as they were when it was opened.
    """
    if not settings.REQUIRE_VERIFIED_EMAIL or user.is_admin or user.is_staff:
        return
    if not User.objects.filter(pk=user.pk, is_verified=True).exists():
        raise EmailNotVerified
