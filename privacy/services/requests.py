"""What people themselves ask for: that everything about them goes (R-GDPR-4)."""

from datetime import datetime

from django.db import transaction

from accounts.errors import WrongPassword
from accounts.models import OutgoingMail, User
from accounts.services import mail
from accounts.services.sign_in import confirm_password
from audit.services import record
from common import personal_data
from privacy.errors import ErasureBegun, NoErasure
from privacy.models import Erasure, ErasureOrigin, ErasureState
from privacy.models.erasure import WITHDRAWABLE
from privacy.services import erasing


def request_erasure(user: User, *, password: str, address: str, now: datetime) -> Erasure:
    """Ask that one's own account is erased, in 14 days; returns the request. Safe to repeat.

    `blockers` already says what would be in the way. `address` is the caller's, for the lock that guesses meet.
    Raises WrongPassword or AccountLocked.
    """
    if not confirm_password(user, password, address=address):
        raise WrongPassword
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        known = latest_of(user)
        erasure = erasing.begin(user, origin=ErasureOrigin.OWNER, actor=user, now=now)
        if erasure != known:
            mail.request(OutgoingMail.Kind.ERASURE, user.email)
        erasure.blockers = personal_data.open_matters(user)
        erasure.save(update_fields=["blockers", "updated_at"])
    return erasure


@transaction.atomic
def withdraw_erasure(user: User, *, now: datetime) -> Erasure:
    """Think better of it. Raises NoErasure or ErasureBegun."""
    erasure = Erasure.objects.select_for_update(of=("self",)).open().filter(user=user).first()
    if erasure is None:
        raise NoErasure
    if erasure.state not in WITHDRAWABLE:
        raise ErasureBegun
    erasure.state, erasure.finished_at = ErasureState.WITHDRAWN, now
    erasure.save(update_fields=["state", "finished_at", "updated_at"])
    record("erasure.withdrawn", actor=user, obj=user)
    return erasure


def latest_of(user: User) -> Erasure | None:
    return Erasure.objects.filter(user=user).order_by("-requested_at", "-id").first()
