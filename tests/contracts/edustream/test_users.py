"""The chapter on users of the edustream document, and what its real client sends and reads besides."""

import io

import pytest
import time_machine
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import User
from accounts.services import avatars
from notifications.models import NotificationPreferences
from tests.factories import AdminFactory, StudentFactory, TutorFactory
from tests.support.golden import differences
from tests.support.uploads import HOSTILE, MEGABYTE, picture, upload

pytestmark = pytest.mark.django_db

SITE = "https://api.valsa.solutions"
DEFAULT = f"{SITE}/api/avatars/default.png"
AVATAR = "/api/users/me/avatar"
# Over HTTP these do not get as far as the picture.
REFUSED_BY_NAME = {"no name to speak of": "VALIDATION_ERROR", "a name of a thousand letters": "MALFORMED_REQUEST"}


@pytest.fixture(autouse=True)
def as_in_the_document(settings):
    settings.PUBLIC_URL = SITE


@pytest.fixture
def user():
    return StudentFactory(email="student@example.com")


@pytest.fixture
def mine(api, user):
    return api.as_(user)


def send(client, file, **headers):
    return client.post(AVATAR, {"file": file}, format="multipart", **headers)


def path_of(response) -> str:
    return response.json()["avatar_url"].removeprefix(SITE)


def stored() -> list[str]:
    return default_storage.listdir("avatars")[1] if default_storage.exists("avatars") else []


@pytest.fixture(autouse=True)
def empty_storage():
    for name in stored():
        default_storage.delete(f"avatars/{name}")


class TestOnesOwnAvatar:
    def test_the_documents_example_of_an_upload(self, api, user):
        with time_machine.travel("2025-01-24T10:30:00Z", tick=False):
            response = send(api.as_(user), upload(picture("JPEG"), "me.jpg", "image/jpeg"))

        user.refresh_from_db()
        assert response.status_code == 201
        assert response.json() == {
            "message": "Avatar uploaded successfully",
            "avatar_url": f"{SITE}/api/{user.avatar.name}",
            "uploaded_at": "2025-01-24T10:30:00Z",
            "expires_at": None,
        }

    def test_is_the_default_one_at_first(self, mine):
        assert mine.get(AVATAR).json() == {"avatar_url": DEFAULT, "uploaded_at": None, "expires_at": None}

    def test_can_be_asked_for_afterwards_and_is_in_every_user_object(self, mine):
        url = send(mine, upload(picture())).json()["avatar_url"]

        assert mine.get(AVATAR).json()["avatar_url"] == url
        assert mine.get(AVATAR).json()["uploaded_at"]
        assert mine.get("/auth/me").json()["avatar_url"] == url
        assert mine.patch("/api/users/currency", {"currency": "EUR"}).json()["avatar_url"] == url

    def test_the_documents_example_of_deleting(self, mine):
        send(mine, upload(picture()))

        response = mine.delete(AVATAR)

        assert response.status_code == 200
        assert response.json() == {
            "message": "Avatar deleted successfully",
            "avatar_url": DEFAULT,
            "uploaded_at": None,
            "expires_at": None,
        }
        assert mine.get("/auth/me").json()["avatar_url"] == DEFAULT

    def test_deleting_is_safe_to_repeat(self, mine):
        assert [mine.delete(AVATAR).status_code for _ in range(2)] == [200, 200]

    @pytest.mark.parametrize("format_name", ["JPEG", "PNG", "GIF", "WEBP"])
    def test_every_allowed_format_becomes_the_same_kind_of_picture(self, mine, format_name):
        kind = f"image/{format_name.lower()}"

        shown = mine.get(path_of(send(mine, upload(picture(format_name), "me", kind))))

        drawn = Image.open(io.BytesIO(shown.content))
        assert (shown["Content-Type"], drawn.format, drawn.size) == ("image/jpeg", "JPEG", (512, 512))

    @pytest.mark.django_db(transaction=True)
    def test_the_one_before_is_deleted_once_the_new_one_is_there(self, mine):
        first = path_of(send(mine, upload(picture())))
        second = path_of(send(mine, upload(picture("GIF"), "me.gif", "image/gif")))

        assert mine.get(first).status_code == 404
        assert mine.get(second).status_code == 200
        assert len(stored()) == 1

        mine.delete(AVATAR)

        assert mine.get(second).status_code == 404
        assert stored() == []

    def test_without_a_file_it_is_400(self, mine):
        for response in (send(mine, "just words"), mine.post(AVATAR, {}), mine.post(AVATAR, {"file": "me.png"})):
            assert (response.status_code, response.json()["code"]) == (400, "VALIDATION_ERROR")
            assert list(response.json()["errors"]) == ["file"]

    def test_nobody_who_is_not_signed_in_has_one(self, api):
        assert [send(api, upload(picture())).status_code, api.get(AVATAR).status_code] == [401, 401]
        assert stored() == []

    def test_a_picture_that_cannot_be_kept_leaves_no_file(self, user, monkeypatch):
        monkeypatch.setattr(User, "save", lambda *args, **kwargs: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            avatars.set_avatar(user, upload(picture()), now=user.created_at)

        assert stored() == []


class TestHostileUploads:
    """Goal S7: whatever the file, it is refused with a sentence or drawn anew."""

    @pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
    @pytest.mark.parametrize("name", HOSTILE)
    def test_none_is_stored_as_sent(self, mine, user, name):
        file = HOSTILE[name]

        response = send(mine, file.sent())

        kept = [default_storage.open(f"avatars/{key}").read() for key in stored()]
        assert file.make() not in kept
        if code := file.code or REFUSED_BY_NAME.get(name):
            assert (response.status_code, response.json()["code"], kept) == (400, code, [])
        else:
            assert response.status_code == 201, response.content
            assert [content[:3] for content in kept] == [b"\xff\xd8\xff"]
            assert all(key == path_of(response).rsplit("/", 1)[1] for key in stored())

    def test_five_megabytes_and_a_byte_get_a_sentence_of_their_own(self, mine):
        response = send(mine, HOSTILE["5 MB and a byte"].sent())

        assert (response.status_code, response.json()["code"]) == (400, "FILE_TOO_LARGE")

    def test_five_megabytes_are_taken(self, mine):
        content = picture("JPEG") + b"\0" * (5 * MEGABYTE - len(picture("JPEG")))

        assert send(mine, upload(content, "me.jpg", "image/jpeg")).status_code == 201

    def test_more_than_six_megabytes_are_not_read_at_all(self, mine):
        response = send(mine, upload(b"\xff" * 6 * MEGABYTE))

        assert (response.status_code, response.json()["code"]) == (413, "BODY_TOO_LARGE")

    @pytest.mark.parametrize("path", ["/auth/me", "/api/users/preferences", "/nothing"])
    def test_other_routes_take_no_more_than_before(self, mine, path):
        response = mine.generic("PUT", path, b"x" * 3 * MEGABYTE, content_type="multipart/form-data; boundary=x")

        assert response.status_code == 413

    @pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
    def test_what_is_no_file_is_held_to_the_usual_limit_here_too(self, mine, content_type):
        words = b'"' + b"x" * 3 * MEGABYTE + b'"'
        body = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + words + b"\r\n--x--\r\n"

        response = mine.generic("POST", AVATAR, words if "json" in content_type else body, content_type=content_type)

        assert (response.status_code, response.json()["code"]) == (413, "BODY_TOO_LARGE")

    def test_a_slash_at_the_end_changes_nothing(self, mine):
        content = picture("JPEG") + b"\0" * 4 * MEGABYTE

        response = mine.post(f"{AVATAR}/", {"file": upload(content, "me.jpg", "image/jpeg")}, format="multipart")

        assert response.status_code == 201


class TestThePicturesThemselves:
    def test_are_for_everybody_and_every_page_to_keep(self, api, mine):
        response = api.get(path_of(send(mine, upload(picture()))))

        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_the_default_one_is_there(self, api):
        response = api.get("/api/avatars/default.png")

        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert Image.open(io.BytesIO(response.content)).size == (256, 256)
        assert response["Cache-Control"] == "public, max-age=86400"

    @pytest.mark.parametrize(
        "name",
        [
            *("42.jpg", "0" * 32 + ".jpg", "0" * 32 + ".png", "0" * 31 + ".jpg", "default.jpg", "default.png/x"),
            *("..%2f..%2fmanage.py", "%2e%2e/%2e%2e/manage.py", "..%5c..%5cmanage.py", "%2fetc%2fpasswd"),
            *("default.png%00", "%00", "0" * 32 + ".jpg%0a", "\N{PILE OF POO}", "x" * 5000, ""),
        ],
    )
    def test_no_other_name_leads_anywhere(self, api, name):
        response = api.get(f"/api/avatars/{name}")

        assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")

    def test_nothing_else_in_the_storage_can_be_asked_for(self, api):
        for key in ("0" * 32 + ".jpg", f"certificates/{'0' * 32}.jpg"):
            default_storage.save(key, io.BytesIO(b"secret"))

        assert api.get(f"/api/avatars/{'0' * 32}.jpg").status_code == 404

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_can_only_be_looked_at(self, api, method):
        response = api.generic(method, "/api/avatars/default.png")

        assert (response.status_code, response.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
        assert response["Allow"] == "GET, HEAD"

    def test_cost_no_query_and_count_against_no_limit(self, api, settings, django_assert_num_queries):
        settings.THROTTLING = True

        with django_assert_num_queries(0):
            statuses = {api.get("/api/avatars/default.png").status_code for _ in range(150)}

        assert statuses == {200}


class TestPreferences:
    CHANNELS = {"email_notifications": True, "push_notifications": False, "sms_notifications": True}

    def test_the_documents_example(self, mine, user):
        response = mine.patch("/api/users/preferences", self.CHANNELS)

        assert response.status_code == 200
        assert differences(response.json(), self.CHANNELS | {"id": user.pk, "email": user.email}) == []
        assert set(mine.get("/auth/me").json()) | self.CHANNELS.keys() == set(response.json())
        row = NotificationPreferences.objects.get()
        assert (row.user, row.email, row.push, row.sms) == (user, True, False, True)

    def test_who_has_chosen_nothing_has_no_row_and_hears_by_mail_and_push(self, mine):
        response = mine.patch("/api/users/preferences", {})

        shown = {name: response.json()[name] for name in self.CHANNELS}
        assert shown == {"email_notifications": True, "push_notifications": True, "sms_notifications": False}
        assert not NotificationPreferences.objects.exists()

    def test_the_client_sends_its_time_zone_only(self, mine, user):
        response = mine.patch("/api/users/preferences", {"timezone": "Asia/Kathmandu"})

        user.refresh_from_db()
        assert (response.json()["timezone"], user.timezone) == ("Asia/Kathmandu", "Asia/Kathmandu")
        assert not NotificationPreferences.objects.exists()

    def test_what_is_left_out_stays_whatever_the_encoding(self, mine):
        mine.patch("/api/users/preferences", self.CHANNELS)

        mine.patch("/api/users/preferences", {"sms_notifications": "false"}, format="multipart")

        row = NotificationPreferences.objects.get()
        assert (row.email, row.push, row.sms) == (True, False, False)

    def test_camel_case_is_understood(self, mine):
        assert mine.patch("/api/users/preferences", {"pushNotifications": False}).json()["push_notifications"] is False

    @pytest.mark.parametrize(
        "body", [{"push_notifications": "perhaps"}, {"timezone": "Mars/Base"}, {"sms_notifications": None}]
    )
    def test_a_bad_value_changes_nothing(self, mine, body):
        response = mine.patch("/api/users/preferences", {"email_notifications": False} | body)

        assert (response.status_code, response.json()["code"]) == (400, "VALIDATION_ERROR")
        assert list(response.json()["errors"]) == list(body)
        assert not NotificationPreferences.objects.exists()


class TestCurrency:
    def test_the_documents_options_are_among_ours(self, mine):
        options = mine.get("/api/users/currency/options").json()

        assert {"code": "USD", "symbol": "$", "name": "US Dollar"} in options
        assert {"code": "EUR", "symbol": "€", "name": "Euro"} in options
        assert {"code": "GBP", "symbol": "£", "name": "British Pound"} in options

    @pytest.mark.parametrize("person", [StudentFactory, TutorFactory, AdminFactory])
    def test_choosing_one_answers_the_whole_user(self, api, person):
        client = api.as_(person())

        response = client.patch("/api/users/currency", {"currency": "EUR"})

        assert response.status_code == 200
        assert response.json() == client.get("/auth/me").json()
        assert response.json()["currency"] == "EUR"

    def test_every_option_can_be_chosen(self, mine):
        codes = [option["code"] for option in mine.get("/api/users/currency/options").json()]

        assert {mine.patch("/api/users/currency", {"currency": code}).status_code for code in codes} == {200}

    @pytest.mark.parametrize("currency", ["DEM", "XAU", "eur", "EURO", "", None, 978, "\u20ac"])
    def test_what_is_no_option_is_400(self, mine, currency):
        response = mine.patch("/api/users/currency", {"currency": currency})

        assert (response.status_code, list(response.json()["errors"])) == (400, ["currency"])
