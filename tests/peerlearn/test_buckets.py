"""One who waited for the bucket in vain is enough (goal R20)."""

import socket

import pytest
import time_machine
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from django.utils import timezone
from storages.backends.s3 import S3Storage

from common import files
from common.errors import NotFound
from common.fuse import PAUSE
from peerlearn.storage import storage_at

SILENCE = (ReadTimeoutError, ConnectTimeoutError, EndpointConnectionError)


@pytest.fixture
def store_in(settings):
    def store(url, **options):
        entry = storage_at(url)
        entry["OPTIONS"] |= options
        settings.STORAGES = settings.STORAGES | {"default": entry}
        settings.STORAGE_URL = url

    return store


@pytest.fixture
def asked(store_in, monkeypatch):
    """A bucket that answers whatever `asked.answer` is; how often each of its methods was asked."""
    store_in("s3://key:secret@pictures?region_name=eu-central-1")
    asked = Asked()
    for name in ("exists", "_save", "_open", "delete", "listdir", "get_modified_time"):
        monkeypatch.setattr(S3Storage, name, asked.method(name))
    return asked


class Asked(list):
    answer: object = False

    def method(self, name):
        def answer(storage, *arguments):
            self.append(name)
            if isinstance(self.answer, Exception):
                raise self.answer
            return arguments[0] if name == "_save" else self.answer

        return answer


def keep():
    return files.keep(b"picture", folder="avatars/", kind="jpg")


def keep_in_vain():
    with pytest.raises(files.StorageUnavailable):
        keep()


@pytest.mark.parametrize("kind", SILENCE)
def test_a_bucket_that_cannot_be_reached_is_asked_once_and_then_left_alone(asked, kind):
    asked.answer = kind(endpoint_url="https://s3.example", error="")
    assert files.state() == "up"

    for _ in range(3):
        keep_in_vain()
    with pytest.raises(files.StorageUnavailable):
        files.fetch("avatars/a.jpg")
    files.discard(["avatars/a.jpg"])

    assert asked == ["exists"]
    assert files.state() == "down"


def test_it_is_asked_again_after_a_while_and_is_up_once_it_answers(asked):
    asked.answer = ReadTimeoutError(endpoint_url="https://s3.example", error="")
    keep_in_vain()
    asked.answer = False

    with time_machine.travel(timezone.now() + PAUSE):
        assert keep().startswith("avatars/")
        assert files.state() == "up"


def test_a_file_that_is_not_there_is_an_answer(asked):
    asked.answer = FileNotFoundError()

    for _ in range(2):
        with pytest.raises(NotFound):
            files.fetch("avatars/a.jpg")

    assert (asked, files.state()) == (["_open"] * 2, "up")


@pytest.mark.parametrize("method", ["exists", "delete", "listdir", "get_modified_time", "_open"])
def test_no_method_goes_on_asking(asked, method):
    asked.answer = ReadTimeoutError(endpoint_url="https://s3.example", error="")

    for _ in range(2):
        with pytest.raises(Exception, match=r"s3\.example|is not answering"):
            getattr(files.default_storage, method)("avatars/")

    assert asked == [method]


def test_one_that_takes_connections_and_never_answers_is_down(store_in):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"s3://key:secret@pictures?endpoint_url=http://127.0.0.1:{silent.getsockname()[1]}"
        impatient = Config(read_timeout=0.1, retries={"total_max_attempts": 1})
        store_in(f"{url}&region_name=eu-central-1", client_config=impatient)

        keep_in_vain()

    assert files.state() == "down"


def test_a_folder_is_a_part_of_us(store_in, tmp_path):
    store_in(f"file://{tmp_path}")

    assert files.state() == "not_configured"
