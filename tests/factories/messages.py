"""Conversations and what is in them."""

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.services.listing import plain
from messaging.models import Attachment, Block, Conversation, Message, MessagingSettings, Report
from tests.factories.people import StudentFactory, UserFactory


class ConversationFactory(factory.django.DjangoModelFactory):
    """Of two people (`one` and `other`); the first one opened it, and nothing is in it yet."""

    class Meta:
        model = Conversation

    class Params:
        one = factory.SubFactory(StudentFactory)
        other = factory.SubFactory(StudentFactory)

    low = factory.LazyAttribute(lambda c: min(c.one, c.other, key=lambda user: user.pk))
    high = factory.LazyAttribute(lambda c: max(c.one, c.other, key=lambda user: user.pk))
    opened_by = factory.LazyAttribute(lambda c: c.one)


class MessageFactory(factory.django.DjangoModelFactory):
    """An unread message on top of its conversation, counted there, as `services.send` leaves it."""

    class Meta:
        model = Message
        skip_postgeneration_save = True

    sender = factory.SubFactory(UserFactory)
    recipient = factory.SubFactory(UserFactory)
    text = "See you tomorrow!"
    search_text = factory.LazyAttribute(lambda message: plain(message.text))

    @factory.lazy_attribute
    def conversation(self):
        known = Conversation.objects.between(self.sender.pk, self.recipient.pk).first()
        return known or ConversationFactory(one=self.sender, other=self.recipient)

    @factory.post_generation
    def on_top(self, create, extracted, **kwargs):
        if not create or self.is_held:
            return
        conversation = Conversation.objects.get(pk=self.conversation_id)
        conversation.last_message, conversation.active_at = self, self.created_at
        setattr(conversation, f"{conversation.side_of(self.sender_id)}_wrote", True)
        if self.read_at is None and self.deleted_at is None:
            column = f"{conversation.side_of(self.recipient_id)}_unread"
            setattr(conversation, column, getattr(conversation, column) + 1)
        conversation.save()
        self.conversation = conversation


class AttachmentFactory(factory.django.DjangoModelFactory):
    """A small text, really in the storage."""

    class Meta:
        model = Attachment

    class Params:
        content = b"hello"

    message = factory.SubFactory(MessageFactory, attachment_count=1)
    name = "notes.txt"
    media_type = "text/plain"
    file = factory.LazyAttribute(lambda attachment: ContentFile(attachment.content, name="key"))
    size = factory.LazyAttribute(lambda attachment: len(attachment.content))


class BlockFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Block

    blocker = factory.SubFactory(UserFactory)
    blocked = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)


class MessagingSettingsFactory(factory.django.DjangoModelFactory):
    """Those of somebody who has turned receipts off."""

    class Meta:
        model = MessagingSettings

    user = factory.SubFactory(UserFactory)
    read_receipts = False


class MessageReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Report

    message = factory.SubFactory(MessageFactory)
    conversation = factory.LazyAttribute(lambda report: report.message.conversation)
    reported = factory.LazyAttribute(lambda report: report.message.sender)
    reporter = factory.LazyAttribute(lambda report: report.message.recipient)
    reason = "This is an insult."
