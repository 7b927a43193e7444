"""People who leave, and may come back for a while (R-GDPR-1)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.errors import NotOnYourself, WrongPassword
from accounts.models import OutgoingMail, User
from accounts.services import listing, mail
from accounts.services.recovery import void_reset_links
from accounts.services.sign_in import confirm_password
from audit.services import record

RESTORABLE = timedelta(days=30)


def close_own_account(
    user: User, *, address: str, now: datetime, reason: str = "", password: str | None = None
) -> datetime:
    """Close the user's own account; returns until when an admin may open it again (`moderation.reactivate`).

    Every token of theirs ends at once, they are hidden everywhere, the e-mail address stays theirs. What they had
    ahead is called off by those whom `settings.ACCOUNT_FOLLOWERS` names. A `password`, where one is sent, must be
    right; `address` is the caller's, for the lock that guesses meet.
    Raises WrongPassword, AccountLocked, or NotOnYourself for admins: another admin closes their accounts.
    """
    if user.is_admin:
        raise NotOnYourself
    if password is not None and not confirm_password(user, password, address=address):
        raise WrongPassword
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        if user.deleted_at is None:
            user.closing_reason = reason  # not in the log, which keeps for ever what is written there
            close(user, actor=user, action="account.closed_by_owner", reason="", now=now)
    return (user.deleted_at or now) + RESTORABLE


def close(user: User, *, actor: User | None, action: str, reason: str, now: datetime) -> None:
    """Close the locked account of `user`, in the running transaction."""
    user.was_deactivated = not user.is_active
    user.is_active, user.deleted_at = False, now
    user.token_version += 1
    written = ("is_active", "was_deactivated", "deleted_at", "closing_reason", "token_version", "updated_at")
    user.save(update_fields=written)
    void_reset_links(user.pk)
    listing.refresh_of(user)
    record(action, actor=actor, obj=user, after={"deleted_at": now}, reason=reason)
    mail.request(OutgoingMail.Kind.CLOSED, user.email)
    for path in settings.ACCOUNT_FOLLOWERS:
        import_string(path)(user)
