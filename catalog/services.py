"""What admins do to the catalogue. Each of these is audited; who is an admin, the caller has made sure of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.module_loading import import_string

from audit.services import record
from catalog import languages
from catalog.errors import LanguageNameTaken, SubjectInUse, SubjectNameTaken
from catalog.models import Language, Subject
from catalog.reference import all_language_names
from common.errors import Conflict, Invalid, NotFound

FIELDS = ("name", "category", "description")


class Decided(NamedTuple):
    language: Language
    is_first: bool
    """Nobody had decided anything about this language before."""


def decide_language(code: str, changes: dict[str, Any], *, actor: object) -> Decided:
    """Name a language (`name`, empty for its usual one), or hide or show it (`is_active`); what is left out stays.

    Whoever has chosen it keeps it. Raises Invalid for a code that no language has, or LanguageNameTaken.
    """
    if code not in all_language_names():
        raise Invalid(errors={"code": ["Must be an ISO 639 code such as en."]})
    with _one_name("language_name_once", LanguageNameTaken), transaction.atomic():
        language, is_first = Language.objects.select_for_update().get_or_create(code=code)
        before = {} if is_first else _decision(language)
        for field in ("name", "is_active"):
            setattr(language, field, changes.get(field, getattr(language, field)))
        _require_free_name(language)
        if _decision(language) != before:
            language.save()
            record("language.decided", actor=actor, obj=language, before=before, after=_decision(language))
        languages.forget()  # here, for who reads in this transaction
        transaction.on_commit(languages.forget)
    return Decided(language, is_first)


def _require_free_name(language: Language) -> None:
    """The usual name of another language is taken by it, renamed or not."""
    if language.name and languages.code_of(language.name) not in (None, language.code):
        raise LanguageNameTaken


def _decision(language: Language) -> dict[str, Any]:
    return {"code": language.code, "name": language.name, "is_active": language.is_active}


def create_subject(*, name: str, category: str = "", description: str = "", actor: object) -> Subject:
    """Add a subject. Raises SubjectNameTaken, whatever the case of letters."""
    subject = Subject(name=name, category=category, description=description)
    with _one_name("subject_name_once", SubjectNameTaken), transaction.atomic():
        subject.save(force_insert=True)
        record("subject.created", actor=actor, obj=subject, after=_described(subject))
    return subject


def update_subject(subject_id: int, changes: dict[str, Any], *, actor: object) -> Subject:
    """Change any of `name, category, description`. Raises NotFound or SubjectNameTaken."""
    with _one_name("subject_name_once", SubjectNameTaken), transaction.atomic():
        subject = _lock(subject_id)
        before = _described(subject)
        for field in FIELDS:
            setattr(subject, field, changes.get(field, before[field]))
        if _described(subject) != before:
            subject.save(update_fields=[*FIELDS, "updated_at"])
            record("subject.updated", actor=actor, obj=subject, before=before, after=_described(subject))
        if subject.name != before["name"]:
            for path in settings.SUBJECT_FOLLOWERS:
                import_string(path)(subject)
    return subject


def delete_subject(subject_id: int, *, actor: object) -> None:
    """Take a subject out that nothing refers to. Raises NotFound or SubjectInUse."""
    try:
        with transaction.atomic():
            subject = _lock(subject_id)
            record("subject.deleted", actor=actor, obj=subject, before=_described(subject))
            subject.delete()
    except (models.ProtectedError, models.RestrictedError, IntegrityError) as error:
        # The foreign keys decide: somebody may have begun to use it while it was looked at.
        raise SubjectInUse from error


def _lock(subject_id: int) -> Subject:
    subject = Subject.objects.select_for_update(of=("self",)).filter(pk=subject_id).first()
    if subject is None:
        raise NotFound("Subject not found")
    return subject


def _described(subject: Subject) -> dict[str, str]:
    return {field: getattr(subject, field) for field in FIELDS}


@contextmanager
def _one_name(constraint: str, refusal: type[Conflict]) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise refusal from error
