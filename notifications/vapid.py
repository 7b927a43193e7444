"""Who we are to push services: the key that signs what we push (VAPID, RFC 8292)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from email.utils import parseaddr
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

# The order of P-256: private keys are below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def public_key() -> str:
    """Base64url of the uncompressed point, as browsers want it."""
    point = _private_key(settings.VAPID_PRIVATE_KEY, settings.SECRET_KEY).public_key()
    return urlsafe_b64encode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).rstrip(b"=").decode()


def signer() -> Any:
    """What pywebpush signs with."""
    from py_vapid import Vapid02

    signer = Vapid02()
    signer.private_key = _private_key(settings.VAPID_PRIVATE_KEY, settings.SECRET_KEY)
    return signer


def contact() -> str:
    """Whom a push service may write to about us."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def scalar_of(text: str) -> int:
    """The private key that a base64url text of 32 bytes stands for. Raises ValueError."""
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    number = int.from_bytes(raw)
    if len(raw) != 32 or not 0 < number < _ORDER:
        raise ValueError("not a private key of P-256")
    return number


def require_point(text: str) -> None:
    """Raises ValueError for a base64url text that is no public key of P-256: nothing could be encrypted for it."""
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


@cache
def _private_key(configured: str, secret_key: str) -> ec.EllipticCurvePrivateKey:
    """The site's own key, or without one a key that follows from the site's secret: it must not change by itself."""
    if configured:
        return ec.derive_private_key(scalar_of(configured), ec.SECP256R1())
    derived = HKDF(SHA256(), length=48, salt=None, info=b"peerlearn.vapid").derive(secret_key.encode())
    return ec.derive_private_key(int.from_bytes(derived) % (_ORDER - 1) + 1, ec.SECP256R1())
