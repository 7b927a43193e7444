"""Conversations, their messages and files, and what moderators look at."""

from messaging.models.attachment import Attachment, AttachmentScan, ScanState
from messaging.models.conversation import Block, Conversation, MessagingSettings
from messaging.models.message import Message, MessageEdit
from messaging.models.report import Report

__all__ = [
    "Attachment",
    "AttachmentScan",
    "Block",
    "Conversation",
    "Message",
    "MessageEdit",
    "MessagingSettings",
    "Report",
    "ScanState",
]
