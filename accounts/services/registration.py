"""New accounts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, transaction

from accounts import passwords
from accounts.errors import EmailTaken
from accounts.models import OutgoingMail, Role, StudentProfile, TutorProfile, TutorSubject, User
from accounts.models.user import normalise_email
from accounts.services import listing, mail
from audit.services import record
from catalog.models import Subject
from common.errors import Invalid
from common.money import round_money

OPEN_ROLES = (Role.STUDENT, Role.TUTOR)


class TutorSide(NamedTuple):
    """What somebody says of themselves when they register as a tutor; `hourly_rate` is in the account's currency."""

    bio: str = ""
    hourly_rate: Decimal | None = None
    subjects: Sequence[Subject] = ()


def register(
    *,
    email: str,
    password: str,
    first_name: str = "",
    last_name: str = "",
    role: str = Role.STUDENT,
    timezone: str = "UTC",
    currency: str = "USD",
    interests: Sequence[str] = (),
    tutor_side: TutorSide | None = None,
) -> User:
    """Make an account and mail its owner a link and a code (R-AUTH-4).

    The fields are valid already; the role is checked here once more, for whoever calls. Raises EmailTaken.
    """
    if role not in OPEN_ROLES:
        raise Invalid("Only students and tutors can register.", errors={"role": ["Must be student or tutor."]})
    hashed = passwords.make(password)  # slow on purpose, hence outside the transaction
    user = User(
        email=normalise_email(email),
        password=hashed,
        first_name=first_name,
        last_name=last_name,
        role=role,
        timezone=timezone,
        currency=currency,
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            ensure_profile(user, interests=interests, tutor_side=tutor_side)
            record("account.registered", actor=user, obj=user, after={"role": user.role})
            mail.request(OutgoingMail.Kind.VERIFY, user.email)
    except IntegrityError as error:
        if not User.objects.filter(email=user.email).exists():
            raise
        record("account.duplicate_registration", actor=None)
        raise EmailTaken from error
    return user


def ensure_profile(user: User, *, interests: Sequence[str] = (), tutor_side: TutorSide | None = None) -> None:
    """Give a tutor the tutor side and a student the student side, if it is not there yet."""
    if user.role == Role.TUTOR:
        profile, is_new = TutorProfile.objects.get_or_create(user=user)
        if is_new and tutor_side:
            _introduce(profile, tutor_side)
    elif user.role == Role.STUDENT:
        StudentProfile.objects.get_or_create(user=user, defaults={"interests": list(interests)})


def _introduce(profile: TutorProfile, said: TutorSide) -> None:
    """Write down what a new tutor says. The profile is a draft that nobody has looked at."""
    profile.bio = said.bio
    if said.hourly_rate is not None:
        profile.currency = profile.user.currency
        profile.hourly_rate = round_money(said.hourly_rate, profile.currency)
    profile.save(update_fields=["bio", "hourly_rate", "currency", "updated_at"])
    TutorSubject.objects.bulk_create([TutorSubject(tutor=profile, subject=subject) for subject in said.subjects])
    listing.refresh(profile)
