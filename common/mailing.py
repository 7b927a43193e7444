"""The one way out for e-mail."""

import smtplib

from django.core.mail import EmailMessage

from common.fuse import fuse

# The server answered, so it is this mail that it does not want.
_ANSWERS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)


def send(message: EmailMessage) -> None:
    """Send it now. Raises `work.NotNow` while the server is left alone, or what the server said."""
    with fuse("the mail server", but=_ANSWERS):
        message.send()
