"""Session tokens as next-auth makes and opens them: compact JWE, `dir`, A256GCM."""

import base64
import json
import re
import secrets
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from accounts.errors import TokenInvalid

# Four cookies' worth; ours are far shorter.
LONGEST_TOKEN = 4 * 3933
_HEADER = {"alg": "dir", "enc": "A256GCM"}
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}", re.ASCII)
_IV, _TAG = 12, 16


def is_compact(raw: str) -> bool:
    """Whether this has the five parts of such a token: a signed one has three."""
    return raw.count(".") == 4


def encrypt(claims: dict[str, Any], *, secret: str) -> str:
    """A token that holds `claims`, for whoever knows the secret."""
    header, iv = _encode(_json(_HEADER)), secrets.token_bytes(_IV)
    sealed = AESGCM(_key(secret)).encrypt(iv, _json(claims), header.encode())
    return ".".join([header, "", _encode(iv), _encode(sealed[:-_TAG]), _encode(sealed[-_TAG:])])


def decrypt(raw: str, *, secret: str) -> dict[str, Any]:
    """The claims of a token. Raises TokenInvalid for all that was not encrypted in this way with this secret."""
    if len(raw) > LONGEST_TOKEN or not _COMPACT.fullmatch(raw):
        raise TokenInvalid
    header, _, iv, text, tag = raw.split(".")
    try:
        # Nothing else is understood: no other algorithm, no compression, no key that the sender names.
        if json.loads(_decode(header)) != _HEADER:
            raise TokenInvalid
        claims = json.loads(AESGCM(_key(secret)).decrypt(_decode(iv), _decode(text) + _decode(tag), header.encode()))
    except (InvalidTag, ValueError, RecursionError) as error:
        raise TokenInvalid from error
    if not isinstance(claims, dict):
        raise TokenInvalid
    return claims


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    info = b"NextAuth.js Generated Encryption Key"
    return HKDF(algorithm=SHA256(), length=32, salt=b"", info=info).derive(secret.encode())


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
