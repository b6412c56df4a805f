"""Why a file is not held, as msgids."""

from services.msgids import _

NOT_HELD = _("This is neither a picture (JPEG, PNG, WebP) nor a PDF.")
NOT_ASKED = _("Files of this kind are not asked here.")
TOO_LARGE = _("This file is too large: 12 MB at most.")
NO_BYTES = _("This file is empty.")
BROKEN = _("This file is damaged and cannot be opened.")
ACTS = _("This PDF does more than show pages (a script, a form that sends, files inside). Please print it to PDF anew.")
LOCKED = _("This PDF is locked with a password.")
TAKES_TOO_MUCH = _("This file takes too much to look at. Please make it simpler, or scan it anew.")
