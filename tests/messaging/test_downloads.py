"""Files over HTTP: sent as multipart, handed out as downloads, in parts if asked for."""

import pytest
from django.core.files.storage import default_storage

from messaging import services
from messaging.models import Attachment, Message, ScanState
from tests.factories import AdminFactory, AttachmentFactory, BlockFactory, MessageFactory, StudentFactory
from tests.support.clients import Api
from tests.support.files import BAD, PDF, sent
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

CONTENT = b"0123456789"


@pytest.fixture
def attachment():
    return AttachmentFactory(content=CONTENT, name="naïve notes.txt")


@pytest.fixture
def path(attachment):
    return f"/api/messages/attachments/{attachment.pk}/download"


@pytest.fixture
def mine(attachment):
    return Api().as_(attachment.message.recipient)


def body(response):
    return b"".join(response.streaming_content)


class TestSending:
    def post(self, user, **fields):
        return Api().as_(user).post("/api/messages/with-attachment", fields, format="multipart")

    def test_the_documents_form(self):
        one, other = StudentFactory(), StudentFactory()

        response = self.post(one, recipient_id=other.pk, message="Here it is", file=sent(PDF, "homework.pdf"))

        assert response.status_code == 201
        file = Attachment.objects.get()
        shown = {
            "id": file.pk,
            "name": "homework.pdf",
            "media_type": "application/pdf",
            "size": len(PDF),
            "scan_state": "not_scanned",
            "download_url": f"http://127.0.0.1:8000/api/messages/attachments/{file.pk}/download",
        }
        example = {"message": "Here it is", "has_attachment": True, "attachment_count": 1, "attachments": [shown]}
        assert differences(response.json(), example) == []
        answer = Api().as_(other).get(f"/api/messages/attachments/{file.pk}/download")
        assert body(answer) == PDF

    def test_several_files_and_no_text(self):
        one, other = StudentFactory(), StudentFactory()

        response = self.post(one, recipient_id=other.pk, file=[sent(PDF, "a.pdf"), sent(b"Notes", "b.txt")])

        assert response.status_code == 201
        assert [file["name"] for file in response.json()["attachments"]] == ["a.pdf", "b.txt"]

    def test_fields_that_are_sent_empty_count_as_left_out(self):
        one, other = StudentFactory(), StudentFactory()
        empty = {"booking_id": "", "client_msg_id": "", "message": ""}

        response = self.post(one, receiverId=other.pk, file=sent(b"Notes", "b.txt"), **empty)

        assert response.status_code == 201
        assert (response.json()["booking_id"], response.json()["client_msg_id"]) == (None, None)

    def test_six_files_are_too_many_and_none_too_few(self):
        one, other = StudentFactory(), StudentFactory()
        six = self.post(one, recipient_id=other.pk, file=[sent(b"Notes", "a.txt")] * 6)
        none = self.post(one, recipient_id=other.pk, message="Hello")

        assert (six.status_code, six.json()["code"]) == (400, "TOO_MANY_ATTACHMENTS")
        assert (none.status_code, list(none.json()["errors"])) == (400, ["file"])

    @pytest.mark.parametrize("what", ["HTML", "EICAR", "a zip bomb", "10 MB and a byte", "no bytes"])
    def test_hostile_files_are_refused_and_leave_nothing(self, what):
        one, other = StudentFactory(), StudentFactory()
        bad = BAD[what]

        response = self.post(one, recipient_id=other.pk, file=sent(bad.make(), bad.name))

        assert (response.status_code, response.json()["code"]) == (400, bad.code)
        assert not Message.objects.exists()

    def test_a_request_beyond_all_limits_is_not_read(self):
        one, other = StudentFactory(), StudentFactory()
        files = [sent(b"a" * 10 * 1024 * 1024, "a.txt") for _ in range(3)]

        assert self.post(one, recipient_id=other.pk, file=files).status_code == 413

    @pytest.mark.parametrize(
        "others", [[("notes.txt", b"other")], [("notes.txt", b"one"), ("notes.txt", b"one")], [("other.txt", b"one")]]
    )
    def test_other_files_under_the_same_idempotency_key_are_another_request(self, others):
        sender, recipient = StudentFactory(), StudentFactory()

        def send(files):
            uploads = [sent(content, name) for name, content in files]
            body = {"recipient_id": recipient.pk, "file": uploads}
            path = "/api/messages/with-attachment"
            return Api().as_(sender).post(path, body, format="multipart", HTTP_IDEMPOTENCY_KEY="k")

        answers = [send([("notes.txt", b"one")]), send([("notes.txt", b"one")]), send(others)]

        assert [answer.status_code for answer in answers] == [201, 201, 422]
        assert Message.objects.count() == 1

    def test_an_idempotency_key_makes_it_safe_to_repeat(self):
        one, other = StudentFactory(), StudentFactory()
        api = Api().as_(one)
        answers = [
            api.post(
                "/api/messages/with-attachment",
                {"recipient_id": other.pk, "file": sent(b"Notes", "a.txt")},
                format="multipart",
                HTTP_IDEMPOTENCY_KEY="k",
            )
            for _ in range(2)
        ]

        assert answers[0].status_code == 201
        assert answers[0].content == answers[1].content
        assert Attachment.objects.count() == 1

    def test_to_somebody_who_blocks_it_is_refused_as_to_nobody(self):
        block = BlockFactory()

        response = self.post(block.blocked, recipient_id=block.blocker_id, file=sent(b"Notes", "a.txt"))

        assert (response.status_code, response.json()["code"]) == (404, "RECIPIENT_NOT_FOUND")


class TestDownloading:
    def test_is_never_shown_by_a_browser(self, mine, path):
        answer = mine.get(path)

        assert answer.status_code == 200
        assert body(answer) == CONTENT
        assert answer["Content-Type"] == "text/plain"
        assert answer["Content-Disposition"] == (
            "attachment; filename=\"na_ve notes.txt\"; filename*=UTF-8''na%C3%AFve%20notes.txt"
        )
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Length"] == "10"
        assert answer["Accept-Ranges"] == "bytes"

    @pytest.mark.parametrize(
        ("wanted", "part", "content_range"),
        [
            ("bytes=0-3", b"0123", "bytes 0-3/10"),
            ("bytes=4-", b"456789", "bytes 4-9/10"),
            ("bytes=-3", b"789", "bytes 7-9/10"),
            ("bytes=9-100", b"9", "bytes 9-9/10"),
            ("bytes=-4", b"6789", "bytes 6-9/10"),
        ],
    )
    def test_in_parts(self, mine, path, wanted, part, content_range):
        answer = mine.get(path, HTTP_RANGE=wanted)

        assert answer.status_code == 206
        assert (body(answer), answer["Content-Range"]) == (part, content_range)
        assert answer["Content-Length"] == str(len(part))
        assert answer["Content-Disposition"].startswith("attachment")

    @pytest.mark.parametrize(
        "wanted", ["", "bytes=-", "bytes=3-1", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=-99"]
    )
    def test_what_is_no_range_is_the_whole_file(self, mine, path, wanted):
        answer = mine.get(path, HTTP_RANGE=wanted)

        assert answer.status_code == 200
        assert body(answer) == CONTENT

    @pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=999999999-", "bytes=-0"])
    def test_bytes_that_are_not_there_are_refused(self, mine, path, wanted):
        answer = mine.get(path, HTTP_RANGE=wanted)

        assert (answer.status_code, answer.json()["code"]) == (416, "RANGE_NOT_SATISFIABLE")
        assert answer["Content-Range"] == "bytes */10"

    def test_is_for_the_two_people_and_for_moderators(self, attachment, path):
        message = attachment.message
        for user, status in (
            (message.sender, 200),
            (message.recipient, 200),
            (AdminFactory(), 200),
            (StudentFactory(), 404),
        ):
            assert Api().as_(user).get(path).status_code == status
        assert Api().get(path).status_code == 401

    def test_ends_when_the_message_is_deleted_but_for_moderators(self, attachment, path):
        services.delete(attachment.message_id, actor=attachment.message.sender)

        for user in (attachment.message.sender, attachment.message.recipient):
            assert Api().as_(user).get(path).status_code == 404
        assert Api().as_(AdminFactory()).get(path).status_code == 200

    def test_of_a_held_message_its_recipient_knows_nothing(self):
        attachment = AttachmentFactory(message=MessageFactory(is_held=True, attachment_count=1))
        path = f"/api/messages/attachments/{attachment.pk}/download"

        assert Api().as_(attachment.message.recipient).get(path).status_code == 404
        assert Api().as_(attachment.message.sender).get(path).status_code == 200

    @pytest.mark.parametrize(
        ("state", "status", "code"),
        [
            (ScanState.PENDING, 409, "SCAN_PENDING"),
            (ScanState.FAILED, 409, "SCAN_FAILED"),
            (ScanState.INFECTED, 410, "ATTACHMENT_INFECTED"),
        ],
    )
    def test_waits_for_the_scanner(self, mine, attachment, path, state, status, code):
        Attachment.objects.filter(pk=attachment.pk).update(scan_state=state)

        answer = mine.get(path)

        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_a_file_that_is_lost_is_missing(self, mine, attachment, path):
        default_storage.delete(attachment.file.name)

        assert mine.get(path).status_code == 404
