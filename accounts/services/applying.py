"""Becoming a mentor by one form, with or without an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.documents import Upload, read_document
from accounts.errors import ApplicationExists
from accounts.models import (
    DocumentKind,
    MentorApplication,
    OutgoingMail,
    Role,
    TutorEducation,
    TutorLanguage,
    TutorProfile,
    TutorStatus,
    TutorSubject,
    User,
)
from accounts.models.user import normalise_email
from accounts.services import approval, mail, verification
from accounts.services.registration import ensure_profile
from accounts.services.tutor_edits import Speaks
from audit.services import record
from catalog import languages as catalogue
from catalog.models import Subject
from common.errors import Forbidden
from common.money import round_money

# An application may be made again where the one before it did not end in a mentor or in a decision still to come.
_OPEN_TO_APPLY = (TutorStatus.DRAFT, TutorStatus.REJECTED, TutorStatus.CHANGES_REQUESTED)


@dataclass(frozen=True)
class Form:
    """What somebody says of themselves. `hourly_rate` is in the account's currency; `answers` is everything that has
    no place in a profile.
    """

    email: str
    first_name: str
    last_name: str
    phone: str = ""
    title: str = ""
    bio: str = ""
    degree: str = ""
    university: str = ""
    experience_years: int = 0
    hourly_rate: Decimal | None = None
    subjects: Sequence[str] = ()
    languages: Sequence[Speaks] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)


def apply(
    form: Form, documents: Mapping[DocumentKind, tuple[Upload, str]], *, user: User | None, now: datetime
) -> MentorApplication:
    """Hand in an application; `documents` are files with their names.

    Of somebody who is not signed in it makes an account without a password, and mails the link to set one. A student
    stays one until an admin approves (`approval.approve`). Raises ApplicationExists, Forbidden for admins, one of
    `accounts.documents.REFUSALS`, ResubmittedTooEarly or SubmittedTooOften, and Invalid for a language that cannot be
    chosen any more.
    """
    if user is not None and user.is_admin:
        raise Forbidden("Admins cannot apply.")
    read = [(kind, read_document(upload), name) for kind, (upload, name) in documents.items()]
    try:
        with verification.kept(read) as rows, transaction.atomic():
            profile = _profile_of(user or _new_account(form))
            _fill_in(profile, form)
            verification.store(profile, rows)
            application = MentorApplication.objects.create(tutor=profile, answers=dict(form.answers), agreed_at=now)
            approval.submit_application(profile, now=now)
    except IntegrityError as error:
        if user is not None or not User.objects.filter(email=normalise_email(form.email)).exists():
            raise
        raise ApplicationExists from error
    return application


def _new_account(form: Form) -> User:
    user = User(email=normalise_email(form.email), role=Role.TUTOR)
    user.first_name, user.last_name, user.phone = form.first_name, form.last_name, form.phone
    user.set_unusable_password()
    user.save(force_insert=True)
    ensure_profile(user)
    record("account.registered", actor=user, obj=user, after={"role": user.role})
    mail.request(OutgoingMail.Kind.RESET, user.email)
    return user


def _profile_of(user: User) -> TutorProfile:
    TutorProfile.objects.get_or_create(user=user)
    profile = TutorProfile.objects.select_for_update(of=("self",), no_key=True).get(user=user)
    profile.user = user
    if profile.status not in _OPEN_TO_APPLY:
        raise ApplicationExists
    return profile


def _fill_in(profile: TutorProfile, form: Form) -> None:
    """What the form says goes into the profile; what it leaves empty stays."""
    profile.title, profile.bio = form.title or profile.title, form.bio or profile.bio
    profile.experience_years = form.experience_years or profile.experience_years
    if form.hourly_rate:
        profile.currency = profile.user.currency
        profile.hourly_rate = round_money(form.hourly_rate, profile.currency)
    profile.save(update_fields=["title", "bio", "experience_years", "currency", "hourly_rate", "updated_at"])
    if form.degree and not profile.education.filter(degree=form.degree, institution=form.university).exists():
        TutorEducation.objects.create(tutor=profile, degree=form.degree, institution=form.university)
    _add_subjects(profile, form.subjects)
    known = set(profile.languages.values_list("code", flat=True))
    spoken = {each.code: each for each in form.languages if each.code not in known}
    catalogue.require_offered(spoken, field="languages_spoken")
    TutorLanguage.objects.bulk_create(
        [TutorLanguage(tutor=profile, code=each.code, **_level(each)) for each in spoken.values()]
    )


def _add_subjects(profile: TutorProfile, names: Sequence[str]) -> None:
    """Those that the catalogue has; what else was named stands in the answers."""
    known = set(profile.taught.values_list("subject_id", flat=True))
    found = Subject.objects.named(names) if names else Subject.objects.none()
    TutorSubject.objects.bulk_create(
        [TutorSubject(tutor=profile, subject=subject) for subject in found if subject.pk not in known]
    )


def _level(spoken: Speaks) -> dict[str, Any]:
    return {"level": spoken.level} if spoken.level else {}
