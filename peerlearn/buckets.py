"""A bucket with a fuse: once it could not be reached it is left alone for a while, so that no further request waits for
it (goal R20).

Its own module, because it needs the packages of requirements-prod.txt.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError
from storages.backends.s3 import S3Storage

from common.files import STORAGE
from common.fuse import fuse


class Bucket(S3Storage):
    """What each method raises is what S3Storage raises, except ConnectionError and NotNow where nobody answers."""

    def _open(self, name: str, mode: str = "rb") -> Any:
        return _ask(super()._open, name, mode)

    def _save(self, name: str, content: Any) -> Any:
        return _ask(super()._save, name, content)

    def exists(self, name: str) -> Any:
        return _ask(super().exists, name)

    def delete(self, name: str) -> Any:
        return _ask(super().delete, name)

    def listdir(self, name: str) -> Any:
        return _ask(super().listdir, name)

    def get_modified_time(self, name: str) -> Any:
        return _ask(super().get_modified_time, name)


def _ask(method: Callable[..., Any], *arguments: Any) -> Any:
    with fuse(STORAGE, but=(FileNotFoundError,)), _network_failures():
        return method(*arguments)


@contextmanager
def _network_failures() -> Iterator[None]:
    """As what blows a fuse."""
    try:
        yield
    except (HTTPClientError, NoConnection) as error:
        raise ConnectionError(str(error)) from error
