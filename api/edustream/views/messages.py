"""Messages, their threads and their files."""

from typing import ClassVar

from api.core.dialect import Dialect
from api.edustream.dialect import EduStreamMessages
from api.edustream.views.base import EduStreamArraysMixin, EduStreamMixin
from messaging.views import attachments, messages, threads


class MessageViewSet(EduStreamMixin, messages.MessageViewSet):
    pass


class ThreadViewSet(EduStreamArraysMixin, threads.ThreadViewSet):
    pass


class SearchViewSet(EduStreamMixin, messages.SearchViewSet):
    dialect: ClassVar[Dialect] = EduStreamMessages()


class UnreadView(EduStreamMixin, messages.UnreadView):
    pass


class SettingsView(EduStreamMixin, messages.SettingsView):
    pass


class PersonView(EduStreamMixin, threads.PersonView):
    pass


class BlockView(EduStreamMixin, threads.BlockView):
    pass


class BlockedViewSet(EduStreamArraysMixin, threads.BlockedViewSet):
    pass


class WithAttachmentView(EduStreamMixin, attachments.WithAttachmentView):
    pass


class DownloadView(EduStreamMixin, attachments.DownloadView):
    pass
