"""Whose mailbox an address is: however it is spelled, it is the same person's."""

import unicodedata

from django.utils.crypto import salted_hmac


def mailbox(email: str) -> str:
    """The address without what follows a plus, and in one spelling; to compare with, not to send to."""
    local, _, domain = unicodedata.normalize("NFKC", email.strip()).casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def mark(email: str) -> str:
    """Tells mailboxes apart where no address may stand: keyed, so that a stolen table names nobody."""
    return salted_hmac("peerlearn.mailbox", mailbox(email), algorithm="sha256").hexdigest()
