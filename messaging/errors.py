"""The refusals of messages."""

from common.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooManyRequests


class RecipientNotFound(NotFound):
    """Nobody of that id, somebody who left, and a block between the two: never told apart (R-MSG-1, R-MSG-6)."""

    code = "RECIPIENT_NOT_FOUND"
    message = "There is nobody with this id whom you can write to."


class MessageEmpty(Invalid):
    code = "MESSAGE_EMPTY"
    message = "A message needs a text or a file."


class MessageTooLong(Invalid):
    code = "MESSAGE_TOO_LONG"
    message = "A message has at most 5000 characters."


class WritingToOneself(Invalid):
    code = "WRITING_TO_ONESELF"
    message = "You cannot write to yourself."


class ClientIdReused(Conflict):
    code = "CLIENT_MSG_ID_REUSED"
    message = "This client_msg_id belongs to another message of yours."


class TooManyMessages(TooManyRequests):
    code = "TOO_MANY_MESSAGES"
    message = "You have sent too many messages. Try again later."


class TooManyNewConversations(TooManyRequests):
    code = "TOO_MANY_NEW_CONVERSATIONS"
    message = "You have begun as many conversations as you can in a day."


class SenderOnly(Forbidden):
    code = "SENDER_ONLY"
    message = "Only its sender can do that with a message."


class RecipientOnly(Forbidden):
    code = "RECIPIENT_ONLY"
    message = "Only its recipient can mark a message as read."


class EditWindowClosed(Conflict):
    code = "EDIT_WINDOW_CLOSED"
    message = "A message can be changed for 15 minutes."


class MessageDeleted(Conflict):
    code = "MESSAGE_DELETED"
    message = "The message was deleted."


class OwnMessage(Conflict):
    code = "OWN_MESSAGE"
    message = "You cannot report your own message."


class MessageReportedAlready(Conflict):
    code = "MESSAGE_REPORTED_ALREADY"
    message = "You have reported this message already."


class TooManyReactions(Conflict):
    code = "TOO_MANY_REACTIONS"
    message = "A message takes at most 20 reactions of one person."


# --- Files --------------------------------------------------------------------------------------------------------


class AttachmentTypeNotAllowed(Invalid):
    code = "ATTACHMENT_TYPE_NOT_ALLOWED"
    message = "Only PDF, PNG, JPEG, GIF, WebP, plain text, Markdown, CSV, Word, Excel, PowerPoint and ZIP files."


class AttachmentTooLarge(Invalid):
    code = "ATTACHMENT_TOO_LARGE"
    message = "A file has at most 10 MB, all files of a message 25 MB."


class AttachmentUnsafe(Invalid):
    code = "ATTACHMENT_UNSAFE"
    message = "This file is damaged, or holds something that it should not."


class TooManyAttachments(Invalid):
    code = "TOO_MANY_ATTACHMENTS"
    message = "A message takes at most 5 files."


class ScanPending(Conflict):
    code = "SCAN_PENDING"
    message = "The file is still being checked. Try again in a moment."


class ScanFailed(Conflict):
    code = "SCAN_FAILED"
    message = "The file could not be checked, and is not handed out."


class AttachmentInfected(Gone):
    code = "ATTACHMENT_INFECTED"
    message = "The file was found to be harmful and is gone."
