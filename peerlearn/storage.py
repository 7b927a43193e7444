"""Where uploads are kept, from one URL: a folder of this machine, or a bucket of any server that speaks S3."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

NAME = "PEERLEARN_STORAGE_URL"
S3_OPTIONS = ("endpoint_url", "region_name")


def storage_at(url: str) -> dict[str, Any]:
    """The entry of `STORAGES` for `file:///folder` or `s3://key:secret@bucket/folder?endpoint_url=...&region_name=...`."""
    parts = urlsplit(url)
    return _folder(parts) if parts.scheme == "file" else _bucket(parts)


def _folder(parts: SplitResult) -> dict[str, Any]:
    if parts.netloc or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{NAME} must name a folder by its whole path: file:///srv/peerlearn.")
    folder = Path(unquote(parts.path))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{NAME} names {folder}, which cannot be made: {error.strerror}.") from None
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # What was uploaded is nobody's but the server's.
        "OPTIONS": {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    }


def _bucket(parts: SplitResult) -> dict[str, Any]:
    if not parts.hostname:
        raise ImproperlyConfigured(f"{NAME} names no bucket.")
    options = dict(parse_qsl(parts.query))
    if unknown := sorted(options.keys() - set(S3_OPTIONS)):
        raise ImproperlyConfigured(f"{NAME} has {', '.join(unknown)}, but only {' and '.join(S3_OPTIONS)} are known.")
    if not find_spec("storages") or not find_spec("boto3"):
        raise ImproperlyConfigured(f"{NAME} begins with s3://, which needs the packages of requirements-prod.txt.")
    from botocore.config import Config

    credentials = {"access_key": parts.username, "secret_key": parts.password}
    return {
        "BACKEND": "peerlearn.buckets.Bucket",
        "OPTIONS": options
        | {name: unquote(value) for name, value in credentials.items() if value}
        | {
            "bucket_name": parts.hostname,
            "location": unquote(parts.path.strip("/")),
            "file_overwrite": False,
            # The first who asks a bucket that hangs waits for both tries; after that it is left alone for a while.
            "client_config": Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 2}),
        },
    }
