"""Copies of one's own data (R-GDPR-3)."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import OutgoingMail
from audit.models import AuditEntry
from common import personal_data
from privacy import tasks
from privacy.models import DataExport
from privacy.services import exporting
from tests.factories import (
    PASSWORD,
    BookingFactory,
    CertificateFactory,
    EnrolmentFactory,
    MessageFactory,
    NotificationFactory,
    PaymentFactory,
    StudentFactory,
    TutorCertificationFactory,
    UserFactory,
)
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

EXPORT = "/api/users/me/export"


def made_for(user):
    export = DataExport.objects.create(user=user, due_at=timezone.now())
    tasks.make_export(export.pk)
    export.refresh_from_db()
    return export


def opened(export):
    return zipfile.ZipFile(io.BytesIO(default_storage.open(export.file.name).read()))


class TestArchive:
    def test_it_has_a_section_for_everything_that_is_exported(self):
        archive = opened(made_for(StudentFactory()))

        manifest = json.loads(archive.read("manifest.json"))
        sections = personal_data.sections()
        assert set(manifest["rows"]) == {section.name for section in sections if section.shows}
        assert set(manifest["not_included"]) == {section.name for section in sections if section.hides}
        for name in manifest["rows"]:
            assert {f"data/{name}.json", f"data/{name}.csv"} <= set(archive.namelist())

    def test_the_manifest_has_the_sum_of_every_file(self):
        archive = opened(made_for(StudentFactory()))

        files = {file["path"]: file["sha256"] for file in json.loads(archive.read("manifest.json"))["files"]}
        assert set(files) == set(archive.namelist()) - {"manifest.json"}
        assert {path: hashlib.sha256(archive.read(path)).hexdigest() for path in files} == files

    def test_it_says_the_same_as_json_and_as_a_table(self):
        user = StudentFactory(first_name="=Ada", phone="+14155550123")
        archive = opened(made_for(user))

        (account,) = json.loads(archive.read("data/accounts.user.pk.json"))
        (row,) = csv.DictReader(io.StringIO(archive.read("data/accounts.user.pk.csv").decode()))
        assert (account["email"], account["first_name"]) == (user.email, "=Ada")
        assert (row["email"], row["first_name"], row["phone"]) == (user.email, "'=Ada", "'+14155550123")
        assert "password" not in account

    def test_whom_one_had_lessons_with_has_no_name_in_any_text(self):
        lesson = BookingFactory(tutor__user__first_name="Grace", tutor__user__last_name="Hopper")
        me, tutor = lesson.student, lesson.tutor
        PaymentFactory(payer=me, tutor=tutor, payable_id=lesson.pk, description="the lesson with Grace Hopper")
        NotificationFactory(recipient=me, message="Grace Hopper confirmed.", data={"said": ["By grace hopper"]})

        archive = opened(made_for(me))

        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert b"hopper" not in everything.lower()
        (told,) = [row for row in json.loads(archive.read("data/notifications.notification.recipient.json"))
                   if row["message"].endswith("confirmed.")]  # fmt: skip
        assert told["message"].startswith("person-")

    def test_who_gave_the_course_of_a_certificate_has_no_name_in_any_text(self):
        enrolment = EnrolmentFactory(course__tutor__user__first_name="Grace", course__tutor__user__last_name="Hopper")
        CertificateFactory(enrolment=enrolment)
        NotificationFactory(recipient=enrolment.learner, message="Grace Hopper is proud of you.")

        archive = opened(made_for(enrolment.learner))

        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert b"hopper" not in everything.lower()

    def test_other_people_have_made_up_names_in_messages(self):
        grace = UserFactory(first_name="Grace", last_name="Hopper")
        me = StudentFactory()
        MessageFactory(sender=me, recipient=grace, text="Dear Grace, dear GRACE HOPPER, gracefully.")

        archive = opened(made_for(me))

        (message,) = json.loads(archive.read("data/messaging.message.sender.json"))
        other = message["recipient_id"]
        assert other.startswith("person-")
        assert message["text"] == f"Dear {other}, dear {other}, gracefully."
        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert b"Hopper" not in everything

    def test_ones_files_are_in_it(self):
        scan = TutorCertificationFactory(file=default_storage.save("certificates/x.pdf", io.BytesIO(b"%PDF-1.7 mine")))

        archive = opened(made_for(scan.tutor.user))

        (name,) = [name for name in archive.namelist() if name.startswith("files/accounts.tutorcertification")]
        assert archive.read(name) == b"%PDF-1.7 mine"

    def test_a_file_that_is_gone_keeps_nobody_from_the_rest(self):
        scan = TutorCertificationFactory(file="certificates/gone.pdf")

        assert made_for(scan.tutor.user).outcome == "made"


class TestAsking:
    @pytest.fixture
    def me(self):
        return StudentFactory()

    @pytest.fixture
    def mine(self, api, me):
        return api.as_(me)

    def test_it_is_prepared_announced_and_fetched(self, mine, me, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            asked = mine.post(EXPORT, {"password": PASSWORD})
        tasks.make_due_exports()
        ready = mine.get(EXPORT).json()

        fetched = mine.get(ready["download_url"])

        assert (asked.status_code, asked.json()["state"], ready["state"]) == (202, "preparing", "ready")
        content = b"".join(fetched.streaming_content)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (ready["size"], ready["sha256"])
        assert fetched["Content-Type"] == "application/zip"
        assert OutgoingMail.objects.get().kind == OutgoingMail.Kind.EXPORT_READY
        done = AuditEntry.objects.filter(action__startswith="export.").order_by("id").values_list("action", "actor_id")
        assert list(done) == [("export.requested", me.pk), ("export.fetched", me.pk)]

    def test_the_password_is_asked_for_once_more(self, mine):
        assert mine.post(EXPORT, {"password": "Guessed_1"}).json()["code"] == "WRONG_PASSWORD"
        assert mine.post(EXPORT, {}).status_code == 400
        assert not DataExport.objects.exists()

    def test_one_can_be_asked_for_in_a_day(self, mine):
        mine.post(EXPORT, {"password": PASSWORD})

        again = mine.post(EXPORT, {"password": PASSWORD})

        assert (again.status_code, again.json()["code"]) == (429, "EXPORT_TOO_SOON")
        assert 0 < int(again["Retry-After"]) <= 86400
        DataExport.objects.update(created_at=timezone.now() - timedelta(hours=24))
        assert mine.post(EXPORT, {"password": PASSWORD}).status_code == 202

    def test_it_is_not_there_before_it_is_made_nor_after_a_week(self, mine, me):
        DataExport.objects.create(user=me, due_at=timezone.now())
        assert mine.get(f"{EXPORT}/download").json()["code"] == "EXPORT_NOT_READY"

        tasks.make_due_exports()
        tasks.make_export(DataExport.objects.get().pk)
        with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
            later = exporting.latest_of(me)
            with pytest.raises(exporting.ExportExpired):
                exporting.fetch(me, now=timezone.now())
        assert later.file

    def test_after_a_week_the_file_is_deleted(self, me, django_capture_on_commit_callbacks):
        export = made_for(me)
        name = export.file.name

        with django_capture_on_commit_callbacks(execute=True):
            deleted = exporting.delete_expired(now=timezone.now() + timedelta(days=7, seconds=1))

        assert (deleted, default_storage.exists(name)) == (1, False)

    def test_nobody_gets_anybody_elses(self, api, me):
        made_for(me)

        assert api.as_(StudentFactory()).get(f"{EXPORT}/download").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_gets_it():
    user = StudentFactory()

    def ask():
        return exporting.request_export(user, password=PASSWORD, address="203.0.113.7", now=timezone.now())

    at_once([ask] * 3)

    assert DataExport.objects.count() == 1
