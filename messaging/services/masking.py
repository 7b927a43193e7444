"""Contact data in messages of pairs that have not had a paid lesson yet (R-MSG-7); off unless switched on."""

import re

from django.conf import settings

from accounts.models import User
from messaging.models import Conversation, Message, Report
from messaging.services.pairs import pairs

PLACEHOLDER = "[hidden until first lesson]"
# After so many masked messages a moderator looks at their sender.
REVIEW_AFTER = 3

_EMAIL = re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.IGNORECASE)
_MESSENGERS = re.compile(
    r"(?:https?://)?(?:www\.)?(?:wa\.me|api\.whatsapp\.com|chat\.whatsapp\.com|t\.me|telegram\.(?:me|dog)|m\.me|"
    r"signal\.(?:me|group)|join\.skype\.com|discord\.(?:gg|com)|line\.me|viber\.(?:com|me)|instagram\.com|"
    r"facebook\.com|wechat\.com|snapchat\.com)(?:/\S*)?|(?:skype|viber|whatsapp|tg):\S+",
    re.IGNORECASE,
)
# From eight digits on, with what people put between them; a date or a decimal number is none.
_PHONE = re.compile(
    r"(?<![\w.,/:+-])(?!\d{4}-\d\d-\d\d(?!\d)|\d+\.\d+(?![\d.]))\+?\(?\d(?:[\s().-]{0,2}\d){7,14}(?![\w])"
)


def mask(text: str) -> str:
    """The text with e-mail addresses, messengers' links and phone numbers hidden."""
    for pattern in (_EMAIL, _MESSENGERS, _PHONE):
        text = pattern.sub(PLACEHOLDER, text)
    return text


def masked_for(text: str, conversation: Conversation) -> str:
    """The text as this pair may exchange it."""
    if not settings.MESSAGE_CONTACT_MASKING or mask(text) == text:
        return text
    return text if pairs().have_had_paid_lesson(conversation.low_id, conversation.high_id) else mask(text)


def count_attempt(message: Message, sender: User) -> None:
    """Put the sender in the moderators' queue with the third masked message, once as long as nobody has decided."""
    if Message.objects.filter(sender=sender, is_masked=True).count() < REVIEW_AFTER:
        return
    if Report.objects.filter(reported=sender, kind=Report.Kind.CONTACT, state=Report.State.OPEN).exists():
        return
    Report.objects.create(
        kind=Report.Kind.CONTACT,
        reported=sender,
        conversation_id=message.conversation_id,
        message=message,
        reason="Contact data in several messages before the first lesson.",
    )
