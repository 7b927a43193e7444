"""Subjects: what admins do to the catalogue. Each of these is audited; who is an admin, the caller has made sure of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.module_loading import import_string

from audit.services import record
from catalog.errors import SubjectInUse, SubjectNameTaken
from catalog.models import Subject
from common.errors import NotFound

FIELDS = ("name", "category", "description")


def create_subject(*, name: str, category: str = "", description: str = "", actor: object) -> Subject:
    """Add a subject. Raises SubjectNameTaken, whatever the case of letters."""
    subject = Subject(name=name, category=category, description=description)
    with _one_name(), transaction.atomic():
        subject.save(force_insert=True)
        record("subject.created", actor=actor, obj=subject, after=_described(subject))
    return subject


def update_subject(subject_id: int, changes: dict[str, Any], *, actor: object) -> Subject:
    """Change any of `name, category, description`. Raises NotFound or SubjectNameTaken."""
    with _one_name(), transaction.atomic():
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
def _one_name() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "subject_name_once" not in str(error):
            raise
        raise SubjectNameTaken from error
