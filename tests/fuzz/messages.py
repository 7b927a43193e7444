"""Messages that the fuzzer finds, one for each thing that can be done with one."""

from collections.abc import Callable

from accounts.models import User
from messaging.models import Message
from tests.factories import AttachmentFactory, MessageFactory


def _people(caller: User | None) -> tuple[User, User]:
    """The caller and somebody to talk to."""
    host = User.objects.get(email="host@fuzz.example.com")
    return caller or User.objects.get(email="student@fuzz.example.com"), host


def _sent(caller: User | None) -> Message:
    me, other = _people(caller)
    return MessageFactory(sender=me, recipient=other)


def _received(caller: User | None, **fields: int) -> Message:
    me, other = _people(caller)
    return MessageFactory(sender=other, recipient=me, **fields)


MAKERS: dict[str, Callable[[User | None], int]] = {
    "message": lambda caller: _sent(caller).pk,
    "received": lambda caller: _received(caller).pk,
    "attachment": lambda caller: AttachmentFactory(message=_received(caller, attachment_count=1)).pk,
    "conversation": lambda caller: _sent(caller).conversation_id,
    "friend": lambda caller: _people(caller)[1].pk,
}
