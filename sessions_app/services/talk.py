"""What the people of a session write to all of them. Only who is in it reads and writes."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from accounts.services.proven import require_verified
from messaging.services import limits
from messaging.services.sending import clean
from notifications.services import notify
from sessions_app.errors import NotInSession
from sessions_app.models import Participant, SessionMessage, TutoringSession
from sessions_app.services import access


def require_member(session_id: int, user: User) -> TutoringSession:
    """The session, if the user hosts it or has a seat in it. Raises NotFound or NotInSession."""
    session = access.find(session_id, user)
    if session.creator_id != user.pk and user.pk not in _seated(session):
        raise NotInSession
    return session


def say(session_id: int, text: str, *, sender: User) -> SessionMessage:
    """Write to all of a session; each of them gets a frame `session_message`.

    Raises EmailNotVerified, NotFound, NotInSession, MessageEmpty, MessageTooLong or TooManyMessages.
    """
    require_verified(sender)
    limits.count_message(sender)
    body = clean(text)
    with transaction.atomic():
        session = require_member(session_id, sender)
        message = SessionMessage.objects.create(session=session, sender=sender, text=body, created_at=timezone.now())
        frame = {
            "type": "session_message",
            "session_id": session.pk,
            "message_id": message.pk,
            "sender_id": sender.pk,
            "sender_name": sender.display_name,
            "sender_avatar": avatar_url(sender.avatar.name or ""),
            "message": body,
            "created_at": message.created_at,
        }
        notify([], frames=[(person, frame) for person in sorted(_seated(session) | {session.creator_id})])
    return message


def _seated(session: TutoringSession) -> set[int]:
    return set(Participant.objects.joined().filter(session=session).values_list("user_id", flat=True))
