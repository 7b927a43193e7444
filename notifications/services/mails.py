"""Notifications as e-mail: text and HTML, with a way out of them, and whatever is to be attached."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from accounts.models import User
from notifications.kinds import KINDS
from notifications.models import Notification

_SALT = "notifications.unsubscribe"


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def part(self) -> MIMEBase:
        """As bytes: what is text would have its line ends changed on the way, which not every format allows."""
        main_type, _, sub_type = self.media_type.partition("/")
        part = MIMEBase(main_type, sub_type)
        for name, value in self.parameters.items():
            part.set_param(name, value)
        part.set_payload(self.content)
        encode_base64(part)
        part.add_header("Content-Disposition", "attachment", filename=self.name)
        return part


@dataclass(frozen=True)
class Item:
    """One thing that a mail tells."""

    title: str
    message: str
    url: str


def item_of(notification: Notification) -> Item:
    link = notification.link
    text = "\n\n".join([notification.message, *notes_on(notification)])
    return Item(notification.title, text, f"{settings.FRONTEND_URL}{link}" if link else "")


def mail_of(notification: Notification, user: User, *, key: str, is_mandatory: bool) -> EmailMultiAlternatives:
    """The mail of one notification."""
    item = item_of(notification)
    return compose(
        user,
        subject=item.title,
        items=[item],
        key=key,
        unsubscribe=[] if is_mandatory else [notification.type],
        attachments=attachments_of(notification),
    )


def notes_on(notification: Notification) -> list[str]:
    """What other apps have to say in a mail that is too long for a page or a push (`settings.NOTIFICATION_NOTES`)."""
    sources = map(import_string, settings.NOTIFICATION_NOTES)
    return [note for source in sources if (note := source(notification))]


def attachments_of(notification: Notification) -> list[Attachment]:
    """What other apps have to add (`settings.NOTIFICATION_ATTACHMENTS`)."""
    sources = map(import_string, settings.NOTIFICATION_ATTACHMENTS)
    return [attachment for source in sources for attachment in source(notification)]


def compose(
    user: User,
    *,
    subject: str,
    items: Sequence[Item],
    key: str,
    unsubscribe: Sequence[str] = (),
    attachments: Iterable[Attachment] = (),
) -> EmailMultiAlternatives:
    """A mail to `user`. `key` names it for ever: a mail that is sent again, because the worker died before it could say
    that it was sent, has the same Message-ID. `unsubscribe` are the types that its reader may switch off by it.
    """
    way_out = unsubscribe_url(user.pk, unsubscribe) if unsubscribe else ""
    context = {
        "user": user,
        "items": items,
        "unsubscribe_url": way_out,
        "label": label_of(unsubscribe),
        "settings_url": f"{settings.FRONTEND_URL}/settings/notifications",
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("notifications/mail/notice.txt", context),
        to=[user.email],
        headers=headers_of(key, way_out),
    )
    mail.attach_alternative(render_to_string("notifications/mail/notice.html", context), "text/html")
    for attachment in attachments:
        mail.attach(attachment.part())
    return mail


def unsubscribe_url(user_id: int, kinds: Sequence[str]) -> str:
    """Where one click switches these types of mail off, without signing in (R-NOTIF-7)."""
    return f"{settings.PUBLIC_URL}/notifications/unsubscribe/{signing.dumps([user_id, *kinds], salt=_SALT)}"


def read_unsubscribe_token(token: str) -> tuple[int, list[str]] | None:
    """`(user id, types)`; None if it is not ours, or only of types that there are no more. It never expires."""
    try:
        user_id, *kinds = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    known = [kind for kind in kinds if kind in KINDS]
    return (user_id, known) if known else None


def label_of(kinds: Iterable[str]) -> str:
    """What people know these types by."""
    return "; ".join(KINDS[kind].label for kind in kinds)


def headers_of(key: str, way_out: str = "") -> dict[str, str]:
    """Those of a mail that nobody wrote by hand; `key` names it for ever, `way_out` is where it is switched off."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{key}@{domain}>", "Auto-Submitted": "auto-generated"}
    if way_out:
        headers |= {"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers
