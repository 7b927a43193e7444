"""How old somebody is, and who agrees for them while they are a minor: as they tell it themselves."""

from datetime import date, timedelta
from typing import TypedDict

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.errors import BirthDateKnown, GuardianChangedTooOften, GuardianIsOneself
from accounts.mailboxes import mailbox
from accounts.models import Guardian, User
from accounts.models.user import normalise_email
from audit.services import record
from common import counters

# Each may be mailed, and none of them has asked for it.
MOST_GUARDIANS_A_DAY = 5


class Named(TypedDict):
    name: str
    email: str


def guardian_of(user: User) -> Guardian | None:
    return Guardian.objects.filter(user=user).first()


@transaction.atomic
def tell_birth_date(user: User, birth_date: date | None) -> None:
    """Remember a valid date of birth, which is told once: a child shall not become older by a second try.

    The same date again changes nothing. Raises BirthDateKnown.
    """
    User.objects.take_turn(user.pk)  # of two dates at once the second meets the first
    user.birth_date = User.objects.values_list("birth_date", flat=True).get(pk=user.pk)
    if user.birth_date == birth_date:
        return
    if user.birth_date is not None:
        raise BirthDateKnown
    user.birth_date = birth_date
    user.save(update_fields=["birth_date", "updated_at"])
    record("account.birth_date_told", actor=user, obj=user, before={"birth_date": None}, after={"birth_date": True})


@transaction.atomic
def name_guardian(user: User, named: Named | None) -> None:
    """Say who is the user's guardian; None: nobody. To another address nothing holds that the one before agreed to:
    whom `settings.GUARDIAN_FOLLOWERS` names withdraws it.

    Raises GuardianIsOneself or GuardianChangedTooOften.
    """
    User.objects.take_turn(user.pk)
    known = Guardian.objects.select_for_update(of=("self",)).filter(user=user).first()
    if named is None:
        _remove(user, known)
        return
    name, email = named["name"], normalise_email(named["email"])
    if mailbox(email) == mailbox(user.email):
        raise GuardianIsOneself(errors={"guardian": [GuardianIsOneself.message]})
    if known is not None and known.email == email:
        _rename(known, name)
        return
    _require_change_left(user)
    _remove(user, known)
    guardian = Guardian.objects.create(user=user, name=name, email=email)
    record("account.guardian_named", actor=user, obj=user, after={"guardian": guardian.pk})


def _remove(user: User, known: Guardian | None) -> None:
    if known is not None:
        record("account.guardian_removed", actor=user, obj=user, before={"guardian": known.pk})
        for path in settings.GUARDIAN_FOLLOWERS:
            import_string(path)(known)
        known.delete()


def _rename(known: Guardian, name: str) -> None:
    if known.name != name:
        known.name = name
        known.save(update_fields=["name", "updated_at"])


def _require_change_left(user: User) -> None:
    day = counters.hit_since_first(f"guardian:{user.pk}", window=timedelta(days=1))
    if day.hits > MOST_GUARDIANS_A_DAY:
        raise GuardianChangedTooOften(retry_after=timedelta(seconds=day.seconds_left))
