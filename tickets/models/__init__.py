"""The nouns of a ticket: the account's own words, the ticket, what is said on it, and who follows it."""

from .composing import Draft, HeldComment, Upload
from .conversation import Attachment, AttachmentReader, Authored, Blob, Comment, CommentReader, CommentRevision, Mention
from .grants import TicketGrant
from .ticket import Counterpart, Ticket, TicketEquipment, TicketLink, TicketManager, TicketTag
from .watching import Notification, NotificationChoice, Watcher
from .words import CannedText, CustomField, Status, Tag, TicketType, View

__all__ = [
    "Attachment",
    "AttachmentReader",
    "Authored",
    "Blob",
    "CannedText",
    "Comment",
    "CommentReader",
    "CommentRevision",
    "Counterpart",
    "CustomField",
    "Draft",
    "HeldComment",
    "Mention",
    "Notification",
    "NotificationChoice",
    "Status",
    "Tag",
    "Ticket",
    "TicketEquipment",
    "TicketGrant",
    "TicketLink",
    "TicketManager",
    "TicketTag",
    "TicketType",
    "Upload",
    "View",
    "Watcher",
]
