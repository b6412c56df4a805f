"""Why a file is not attached, in words."""

from services.errors import Conflict, Invalid, NotFound


class NoSuchFile(NotFound):
    """There is no such file."""


class NoFileAsked(Invalid):
    """The form asks for no file there: %(field)s."""


class FileRefused(Invalid):
    """The file %(name)s is not attached: %(why)s"""


class TooManyAttachments(Conflict):
    """At most %(most)s files can be attached to one question, and %(case)s to one case."""
