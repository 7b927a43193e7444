"""The mails that the accounts send, as their readers use them."""

import re
from urllib.parse import parse_qs, urlsplit

from django.core import mail
from django.core.mail import EmailMessage

from accounts.tasks import send_due_mail


def deliver() -> list[EmailMessage]:
    """Send what is due, as the sweeper does; all mails that were sent since the last call."""
    send_due_mail()
    sent = list(mail.outbox)
    mail.outbox.clear()
    return sent


def link_in(message: EmailMessage) -> str:
    return re.search(r"https?://\S+", message.body)[0]


def token_in(message: EmailMessage) -> str:
    return parse_qs(urlsplit(link_in(message)).query)["token"][0]


def code_in(message: EmailMessage) -> str:
    return re.search(r"^\d{6}$", message.body, re.MULTILINE)[0]
