"""What people are told in time: rows in the inbox, and mail where it is switched on. `cases` says who is told what."""

from services.notices.service import (
    MAIL,
    NewNotice,
    NoticeShown,
    by_mail,
    forget_cases,
    give,
    mark_all_read,
    mark_read,
    notice,
    notices_of,
    of_case,
    unread,
)

__all__ = [
    "MAIL",
    "NewNotice",
    "NoticeShown",
    "by_mail",
    "forget_cases",
    "give",
    "mark_all_read",
    "mark_read",
    "notice",
    "notices_of",
    "of_case",
    "unread",
]
