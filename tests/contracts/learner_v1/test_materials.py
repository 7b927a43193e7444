"""Materials of tutors: private files, by what they are, for whom they are meant."""

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from common import files
from sessions_app.models import Material
from sessions_app.services import materials
from tests.factories import (
    AdminFactory,
    MaterialFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)
from tests.support.files import BAD, PDF, sent
from tests.support.uploads import MEGABYTE

pytestmark = pytest.mark.django_db

PATH = "/api/v1/tutor/materials"


@pytest.fixture
def ada():
    return TutorFactory()


@pytest.fixture
def mine(api, ada):
    return api.as_(ada)


def body(answer):
    return b"".join(answer.streaming_content)


def kept():
    return default_storage.listdir("materials/")[1] if default_storage.exists("materials/") else []


def test_a_file_is_kept_for_a_session_and_read_by_its_people(api, mine, ada):
    session = SessionFactory(creator=ada)
    seat = ParticipantFactory(session=session)
    form = {
        "file": sent(PDF, "homework.PDF"),
        "title": "Homework",
        "description": "For Monday",
        "sessionId": session.pk,
    }

    answer = mine.post(PATH, form, format="multipart")

    data, material = answer.json()["data"], Material.objects.get()
    assert (answer.status_code, data["_id"], data["title"]) == (201, str(material.pk), "Homework")
    assert (data["description"], data["sessionId"]) == ("For Monday", str(session.pk))
    assert (data["fileName"], data["mediaType"], data["size"]) == ("homework.pdf", "application/pdf", len(PDF))
    assert data["fileUrl"] == f"http://127.0.0.1:8000/api/v1/materials/{material.pk}/file"
    file = api.as_(seat.user).get(f"/api/v1/materials/{material.pk}/file")
    assert (body(file), file["Content-Type"]) == (PDF, "application/pdf")
    assert file["Content-Disposition"].startswith('attachment; filename="homework.pdf"')
    assert (file["X-Content-Type-Options"], file["Cache-Control"]) == ("nosniff", "private, no-store")


def test_it_needs_neither_a_title_nor_a_session(mine):
    data = mine.post(PATH, {"file": sent(PDF, "a.pdf"), "title": "", "sessionId": ""}, format="multipart").json()[
        "data"
    ]

    assert (data["title"], data["sessionId"], data["description"]) == ("a.pdf", None, "")


# All of them: tests/messaging.
@pytest.mark.parametrize("name", ["no bytes", "HTML called a text", "EICAR", "a zip bomb", "a PDF that is a page"])
def test_a_file_that_nobody_should_hand_on_is_refused_and_not_kept(mine, name):
    before = kept()

    answer = mine.post(PATH, {"file": sent(BAD[name].make(), BAD[name].name)}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (400, BAD[name].code)
    assert (Material.objects.count(), kept()) == (0, before)


def test_one_of_more_than_10_mb_is_refused(mine):
    answer = mine.post(PATH, {"file": sent(b"a" * (10 * MEGABYTE + 1), "a.txt")}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (400, "ATTACHMENT_TOO_LARGE")


def test_without_a_file_it_is_refused(mine):
    answer = mine.post(PATH, {"title": "Homework"}, format="multipart")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["file"])


def test_the_session_must_be_ones_own(mine):
    before = kept()

    answer = mine.post(PATH, {"file": sent(PDF, "a.pdf"), "sessionId": SessionFactory().pk}, format="multipart")

    assert (answer.status_code, Material.objects.count(), kept()) == (404, 0, before)


def test_who_may_have_the_file(api, ada):
    session = SessionFactory(creator=ada)
    material = MaterialFactory(owner=ada, session=session)
    seat = ParticipantFactory(session=session)
    gone = ParticipantFactory(session=session, state="left")

    def status(user):
        return api.as_(user).get(f"/api/v1/materials/{material.pk}/file").status_code

    assert {status(user) for user in (ada, seat.user, AdminFactory())} == {200}
    assert {status(user) for user in (gone.user, StudentFactory(), TutorFactory())} == {404}
    assert api.get(f"/api/v1/materials/{material.pk}/file").status_code == 401
    session.deleted_at = timezone.now()
    session.save()
    assert (status(ada), status(seat.user)) == (200, 404)


def test_a_part_of_it_can_be_asked_for(mine, ada):
    material = MaterialFactory(owner=ada, content=b"0123456789")
    path = f"/api/v1/materials/{material.pk}/file"

    part = mine.get(path, HTTP_RANGE="bytes=2-4")
    beyond = mine.get(path, HTTP_RANGE="bytes=99-")

    assert (part.status_code, body(part), part["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */10")


def test_they_are_listed_for_their_owner_the_latest_first(mine, ada):
    first, second = MaterialFactory(owner=ada), MaterialFactory(owner=ada, title="Notes")
    MaterialFactory()

    body = mine.get(PATH).json()

    assert [row["_id"] for row in body["data"]] == [str(second.pk), str(first.pk)]
    assert body["pagination"]["total"] == 2


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_however_long_it_is(mine, ada, count, django_assert_num_queries):
    session = SessionFactory(creator=ada)
    MaterialFactory.create_batch(count, owner=ada, session=session)

    with django_assert_num_queries(3):  # who asks, how many, which
        assert len(mine.get(PATH).json()["data"]) == count


def test_one_is_deleted_with_its_file(mine, ada, django_capture_on_commit_callbacks):
    material = MaterialFactory(owner=ada)

    with django_capture_on_commit_callbacks(execute=True):
        answer = mine.delete(f"{PATH}/{material.pk}")

    assert (answer.status_code, Material.objects.count()) == (204, 0)
    assert not default_storage.exists(material.file.name)
    assert mine.delete(f"{PATH}/{material.pk}").status_code == 404


def test_that_of_another_tutor_cannot_be_deleted(mine):
    material = MaterialFactory()

    assert mine.delete(f"{PATH}/{material.pk}").status_code == 404
    assert default_storage.exists(material.file.name)


def test_there_is_an_end_to_how_many_are_kept(mine, ada, monkeypatch):
    monkeypatch.setattr(materials, "MOST_MATERIALS", 1)
    MaterialFactory(owner=ada)

    answer = mine.post(PATH, {"file": sent(PDF, "a.pdf")}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (409, "TOO_MANY_MATERIALS")


def test_a_storage_that_is_down_is_a_503_and_leaves_nothing(mine, ada, monkeypatch):
    material = MaterialFactory(owner=ada)

    def fails(*args, **kwargs):
        raise OSError("The bucket is away.")

    monkeypatch.setattr(files.default_storage, "save", fails, raising=False)
    monkeypatch.setattr(files.default_storage, "open", fails, raising=False)
    answers = [
        mine.post(PATH, {"file": sent(PDF, "a.pdf")}, format="multipart"),
        mine.get(f"/api/v1/materials/{material.pk}/file"),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "STORAGE_UNAVAILABLE")}
    assert Material.objects.count() == 1


class TestTheScanner:
    @pytest.fixture(autouse=True)
    def scanner(self, settings):
        settings.CLAMAV_URL = "tcp://127.0.0.1:1"

    def post(self, mine):
        return mine.post(PATH, {"file": sent(PDF, "a.pdf")}, format="multipart")

    def test_that_finds_something_has_the_file_refused(self, mine, monkeypatch):
        monkeypatch.setattr(materials.scanning, "ask", lambda file: "Eicar-Test")

        answer = self.post(mine)

        assert (answer.status_code, answer.json()["code"]) == (400, "ATTACHMENT_UNSAFE")
        assert not Material.objects.exists()

    def test_that_is_away_is_a_503(self, mine, monkeypatch):
        def away(file):
            raise OSError("Nobody there.")

        monkeypatch.setattr(materials.scanning, "ask", away)
        answer = self.post(mine)

        assert (answer.status_code, answer.json()["code"]) == (503, "SCANNER_UNAVAILABLE")
        assert answer["Retry-After"]

    def test_that_finds_nothing_lets_it_pass(self, mine, monkeypatch):
        monkeypatch.setattr(materials.scanning, "ask", lambda file: "OK")

        assert self.post(mine).status_code == 201
