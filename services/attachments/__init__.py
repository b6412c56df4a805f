"""Files attached to a case: held like photos, checked by what they are, pictures drawn anew, never run."""

from services.attachments.checks import MOST_BYTES, Sent
from services.attachments.errors import FileRefused, NoFileAsked, NoSuchFile, TooManyAttachments
from services.attachments.models import Attachment
from services.attachments.service import (
    FilesOfCase,
    check_all,
    erase,
    file,
    files_of,
    files_of_comments,
    give,
    keep,
    take_away,
)
from services.filekinds import MOST_OF_A_FIELD

__all__ = [
    "MOST_BYTES",
    "MOST_OF_A_FIELD",
    "Attachment",
    "FileRefused",
    "FilesOfCase",
    "NoFileAsked",
    "NoSuchFile",
    "Sent",
    "TooManyAttachments",
    "check_all",
    "erase",
    "file",
    "files_of",
    "files_of_comments",
    "give",
    "keep",
    "take_away",
]
