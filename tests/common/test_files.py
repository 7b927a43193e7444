"""Files: a storage that is down, and what nobody refers to."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.management import call_command
from django.utils import timezone

from accounts import tasks
from accounts.models import TutorStatus, User
from accounts.services import avatars
from common import files
from common.errors import NotFound
from messaging.models import Attachment, Message
from peerlearn.storage import storage_at
from tests.factories import (
    AttachmentFactory,
    MessageFactory,
    StudentFactory,
    TutorCertificationFactory,
    TutorFactory,
    TutorProfileFactory,
)
from tests.support.uploads import picture, upload

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a scan"
LATER = timedelta(days=2)


class BrokenStorage(InMemoryStorage):
    """Does not answer."""

    def _fail(self, *args, **options):
        raise OSError("the disk is on fire")

    _open = save = delete = _fail


@pytest.fixture(params=["broken", "a bucket that does not answer"])
def storage_is_down(request, settings, monkeypatch):
    if request.param == "broken":
        settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.BrokenStorage"}}
        return
    entry = storage_at("s3://key:secret@pictures?endpoint_url=http://127.0.0.1:9&region_name=eu-central-1")
    settings.STORAGES = settings.STORAGES | {"default": entry}


SCANS = {name: json.dumps([{"title": "x", "degree": "x"}]) for name in ("certifications", "education")}
UPLOADS = {
    "avatar": ("post", "/api/users/me/avatar", lambda: {"file": upload(picture())}),
    "photo": ("patch", "/api/tutors/me/photo", lambda: {"profile_photo": upload(picture())}),
    **{
        name: ("put", f"/api/tutors/me/{name}", lambda name=name: {name: SCANS[name], "file_0": upload(PDF, "a.pdf")})
        for name in SCANS
    },
}


@pytest.mark.parametrize("kind", UPLOADS)
def test_an_upload_while_the_storage_is_down_may_be_repeated_later(kind, api, storage_is_down):
    tutor = TutorFactory(profile__status=TutorStatus.DRAFT, avatar="avatars/before.jpg")
    method, path, body = UPLOADS[kind]

    answer = getattr(api.as_(tutor), method)(path, body(), format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (503, "STORAGE_UNAVAILABLE")
    assert answer["Retry-After"] == "10"
    tutor.refresh_from_db()
    assert (tutor.avatar.name, tutor.tutor_profile.version) == ("avatars/before.jpg", 1)


def test_so_may_a_message_with_a_file(api, storage_is_down):
    sender, recipient = StudentFactory(), StudentFactory()
    body = {"recipient_id": recipient.pk, "message": "Here it is", "file": upload(PDF, "a.pdf")}

    answer = api.as_(sender).post("/api/messages/with-attachment", body, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (503, "STORAGE_UNAVAILABLE")
    assert not Message.objects.exists()


def test_so_may_fetching(api, storage_is_down):
    scan = TutorCertificationFactory(file="certificates/a.pdf")
    message = MessageFactory()
    attached = Attachment.objects.create(message=message, file="attachments/a.bin", name="a.pdf", size=9)

    for answer in (
        api.as_(message.recipient).get(f"/api/messages/attachments/{attached.pk}/download"),
        api.get(f"/api/avatars/{'0' * 32}.jpg"),
        api.as_(scan.tutor.user).get(f"/api/tutors/certifications/{scan.pk}/file"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "STORAGE_UNAVAILABLE")
        assert answer["Retry-After"] == "10"


def test_removing_a_picture_needs_no_storage(api, storage_is_down, django_capture_on_commit_callbacks):
    user = StudentFactory(avatar="avatars/before.jpg")

    with django_capture_on_commit_callbacks(execute=True):
        answer = api.as_(user).delete("/api/users/me/avatar")

    assert answer.status_code == 200
    user.refresh_from_db()
    assert not user.avatar


def test_a_scan_whose_file_is_gone_is_not_found(api):
    scan = TutorCertificationFactory(file="certificates/gone.pdf")

    assert api.as_(scan.tutor.user).get(f"/api/tutors/certifications/{scan.pk}/file").status_code == 404


def test_a_file_has_a_name_that_says_nothing_and_its_content():
    name = files.keep(b"picture", folder="avatars/", kind="jpg")

    assert name.startswith("avatars/")
    assert name.endswith(".jpg")
    assert files.fetch(name) == b"picture"
    files.discard([name])
    with pytest.raises(NotFound):
        files.fetch(name)


class TestSweeping:
    @pytest.fixture
    def kept(self):
        """Files that rows refer to, each in another table."""
        names = [files.keep(b"x", folder=folder, kind="pdf") for folder in ("avatars/", "avatars/", "certificates/")]
        StudentFactory(avatar=names[0])
        TutorProfileFactory(photo=names[1])
        TutorCertificationFactory(file=names[2])
        return names

    def test_deletes_what_no_row_has_and_nothing_else(self, kept):
        files.sweep(now=timezone.now() + LATER)
        orphans = [files.keep(b"x", folder=folder, kind="pdf") for folder in ("avatars/", "degrees/")]

        assert files.sweep(now=timezone.now() + LATER) == 2
        assert files.sweep(now=timezone.now() + LATER) == 0

        assert all(default_storage.exists(name) for name in kept)
        assert not any(default_storage.exists(name) for name in orphans)

    def test_lets_uploads_finish(self):
        files.sweep(now=timezone.now() + LATER)
        name = files.keep(b"x", folder="avatars/", kind="jpg")

        assert files.sweep(now=timezone.now() + timedelta(hours=23)) == 0
        assert default_storage.exists(name)

    def test_finds_what_a_rolled_back_transaction_or_a_failed_deletion_left(self, monkeypatch):
        files.sweep(now=timezone.now() + LATER)
        user = StudentFactory()
        monkeypatch.setattr(files, "discard", lambda names: None)  # the process is killed before it gets there
        monkeypatch.setattr(User, "save", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            avatars.set_avatar(user, upload(picture()), now=timezone.now())
        monkeypatch.undo()

        assert files.sweep(now=timezone.now() + LATER) == 1

    def test_by_the_periodic_task_and_by_hand(self, capsys):
        names = [files.keep(b"x", folder="degrees/", kind="pdf") for _ in range(2)]
        with time_machine.travel(timezone.now() + LATER):
            tasks.sweep_files()
            call_command("sweep_files")

        assert not any(default_storage.exists(name) for name in names)
        assert capsys.readouterr().out == "0 files deleted\n"

    def test_files_of_messages_that_came_to_nothing_are_swept_and_others_kept(self):
        files.sweep(now=timezone.now() + LATER)  # what the tests before left
        kept = AttachmentFactory().file.name
        lost = files.keep(b"x", folder="attachments/")

        assert files.sweep(now=timezone.now() + LATER) == 1
        assert (default_storage.exists(kept), default_storage.exists(lost)) == (True, False)

    def test_does_without_folders_that_nobody_has_used(self, settings):
        settings.UPLOAD_FOLDERS = ("nothing/",)

        assert files.sweep(now=timezone.now()) == 0


def _interrupted(*args, **options):
    raise KeyboardInterrupt
