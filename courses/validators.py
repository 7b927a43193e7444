"""What makes a link to somebody's work valid (R-ASM-1). It is looked at, and never opened by us."""

import re

from django.core.exceptions import ValidationError

LONGEST_URL = 2000
GITHUB = ("github.com", "gist.github.com", "raw.githubusercontent.com")
GOOGLE = ("drive.google.com", "docs.google.com")

# What stands before the first slash is the host and nothing else, whoever reads it: no user, no port, no IP address, no
# letter that only looks like another one. After it comes visible ASCII, but no backslash: to browsers that is a slash.
_URL = re.compile(r"https://([A-Za-z0-9.-]+)(/[!#-;=?-\[\]_a-z~]+)", re.ASCII)
_ENCODED_CONTROL = re.compile(r"%(?:[01][0-9A-F]|7F)", re.IGNORECASE)
_REGION = r"[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}"
_S3 = rf"s3(?:\.dualstack)?(?:[.-]{_REGION})?\.amazonaws\.com"
_BUCKET = r"[a-z0-9](?:[a-z0-9-]|\.(?![.-])){1,61}[a-z0-9]"
_S3_HOST = re.compile(_S3)
_S3_BUCKET_HOST = re.compile(rf"({_BUCKET})\.{_S3}")
_S3_BUCKET_PATH = re.compile(rf"/({_BUCKET})/[^?#]+.*")
_IP_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}")


def validate_work_url(url: str) -> None:
    """An https address of a file or project on GitHub, Google Drive or Docs, or Amazon S3."""
    if len(url) > LONGEST_URL:
        raise ValidationError(f"Must have {LONGEST_URL} characters at most.", code="too_long")
    match = _URL.fullmatch(url)
    if match is None or _ENCODED_CONTROL.search(url):
        raise ValidationError("Must be an https address, without a user name or a port.", code="unsafe_url")
    host, path = match[1].lower(), match[2]
    if not _is_allowed(host, path):
        raise ValidationError("Must be a link to GitHub, Google Drive, Google Docs or Amazon S3.", code="unknown_host")


def _is_allowed(host: str, path: str) -> bool:
    if host in GITHUB or host in GOOGLE:
        return path.strip("/") != ""
    bucket = _S3_BUCKET_PATH.fullmatch(path) if _S3_HOST.fullmatch(host) else _S3_BUCKET_HOST.fullmatch(host)
    return bucket is not None and not _IP_ADDRESS.fullmatch(bucket[1])
