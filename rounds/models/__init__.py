"""The year: what sections are asked for, what they type, and what is handed out."""

from .entries import EntryDraft, Handover
from .publications import (
    Publication,
    PublicationQuerySet,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
    validate_moment,
)
from .requests import Reply, Request, SentReminder

__all__ = [
    "EntryDraft",
    "Handover",
    "Publication",
    "PublicationQuerySet",
    "PublishedComment",
    "PublishedIndicator",
    "PublishedReport",
    "PublishedSheet",
    "Reply",
    "Request",
    "SentReminder",
    "validate_moment",
]
