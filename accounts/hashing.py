"""Hashes of secrets that were mailed: keyed, so that a stolen table does not give away six digits."""

from django.utils.crypto import salted_hmac


def hash_secret(secret: str, *, salt: str = "") -> str:
    """64 hexadecimal digits. `salt` keeps equal short codes of two people apart."""
    return salted_hmac(f"peerlearn.email_secret.{salt}", secret, algorithm="sha256").hexdigest()
