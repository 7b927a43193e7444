"""What admins do to the catalogue."""

import pytest
from django.db import IntegrityError

from audit.masking import MASK
from audit.models import AuditEntry
from catalog import services
from catalog.errors import SubjectInUse, SubjectNameTaken
from catalog.models import Subject
from common.errors import NotFound
from tests.factories import (
    AdminFactory,
    BookingFactory,
    PackageFactory,
    SessionFactory,
    SubjectFactory,
    TutorSubjectFactory,
)
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

USES = {
    "taught": lambda subject: TutorSubjectFactory(subject=subject),
    "met about": lambda subject: SessionFactory(subject=subject),
    "booked": lambda subject: BookingFactory(subject=subject),
    "sold": lambda subject: PackageFactory(subject=subject),
}


@pytest.fixture
def admin():
    return AdminFactory()


def recorded() -> list[tuple[str, dict, dict]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "before", "after"))


def test_a_new_subject_is_there_and_on_record(admin):
    subject = services.create_subject(name="Astronomy", category="STEM", description="The stars.", actor=admin)

    assert list(Subject.objects.values_list("pk", "name", "category")) == [(subject.pk, "Astronomy", "STEM")]
    assert recorded() == [("subject.created", {}, {"name": "Astronomy", "category": "STEM", "description": MASK})]


@pytest.mark.parametrize("name", ["Astronomy", "ASTRONOMY", "astronomy"])
def test_two_subjects_of_one_name_cannot_be(admin, name):
    SubjectFactory(name="Astronomy")

    with pytest.raises(SubjectNameTaken):
        services.create_subject(name=name, actor=admin)

    assert Subject.objects.count() == 1
    assert recorded() == []


def test_a_change_is_on_record_with_what_was_before(admin):
    subject = SubjectFactory(name="Astronomy", category="STEM")

    services.update_subject(subject.pk, {"name": "Stars"}, actor=admin)

    subject.refresh_from_db()
    assert (subject.name, subject.category) == ("Stars", "STEM")
    assert recorded() == [("subject.updated", {"name": "Astronomy"}, {"name": "Stars"})]


def test_a_change_that_changes_nothing_is_not_on_record(admin):
    subject = SubjectFactory(name="Astronomy")

    services.update_subject(subject.pk, {"name": "Astronomy"}, actor=admin)

    assert recorded() == []


def test_a_subject_may_change_the_case_of_its_own_name(admin):
    subject = SubjectFactory(name="astronomy")

    assert services.update_subject(subject.pk, {"name": "Astronomy"}, actor=admin).name == "Astronomy"


def test_a_subject_cannot_take_the_name_of_another(admin):
    SubjectFactory(name="Astronomy")
    subject = SubjectFactory(name="Biology")

    with pytest.raises(SubjectNameTaken):
        services.update_subject(subject.pk, {"name": "astronomy"}, actor=admin)

    subject.refresh_from_db()
    assert subject.name == "Biology"
    assert recorded() == []


def test_a_subject_that_nothing_refers_to_can_be_deleted(admin):
    subject = SubjectFactory(name="Astronomy")

    services.delete_subject(subject.pk, actor=admin)

    assert not Subject.objects.exists()
    assert [(action, before["name"]) for action, before, _ in recorded()] == [("subject.deleted", "Astronomy")]


@pytest.mark.parametrize("use", USES)
def test_a_subject_that_is_in_use_stays(admin, use):
    subject = SubjectFactory()
    USES[use](subject)

    with pytest.raises(SubjectInUse):
        services.delete_subject(subject.pk, actor=admin)

    assert Subject.objects.filter(pk=subject.pk).exists()
    assert not AuditEntry.objects.filter(action="subject.deleted").exists()


def test_what_does_not_exist_is_neither_changed_nor_deleted(admin):
    with pytest.raises(NotFound):
        services.update_subject(999_999, {"name": "Stars"}, actor=admin)
    with pytest.raises(NotFound):
        services.delete_subject(999_999, actor=admin)


def test_what_else_the_database_refuses_is_not_taken_for_a_name(admin, monkeypatch):
    def refuse(*args, **kwargs):
        raise IntegrityError("something_else")

    monkeypatch.setattr(services, "record", refuse)

    with pytest.raises(IntegrityError):
        services.create_subject(name="Astronomy", actor=admin)

    assert not Subject.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_one_subject_at_once_one_succeeds(admin):
    calls = [lambda name=name: services.create_subject(name=name, actor=admin) for name in ["Stars", "STARS"] * 4]

    results = at_once(calls)

    assert sum(isinstance(result, Subject) for result in results) == 1
    assert sum(isinstance(result, SubjectNameTaken) for result in results) == 7


@pytest.mark.django_db(transaction=True)
def test_a_subject_is_deleted_or_taught_but_never_both(admin):
    subjects = SubjectFactory.create_batch(5)
    tutors = [TutorSubjectFactory().tutor for _ in subjects]
    calls = []
    for subject, tutor in zip(subjects, tutors, strict=True):
        calls.append(lambda subject=subject: services.delete_subject(subject.pk, actor=admin))
        calls.append(lambda subject=subject, tutor=tutor: TutorSubjectFactory(subject=subject, tutor=tutor))

    at_once(calls)

    for subject, tutor in zip(subjects, tutors, strict=True):
        is_there = Subject.objects.filter(pk=subject.pk).exists()
        assert is_there == tutor.taught.filter(subject=subject).exists()
