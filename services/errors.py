"""The four kinds of error a verb may raise. Their docstring is the message people read, in their language.

A leaf is declared beside the subject it belongs to, or here when several subjects raise it. No HTTP here:
`webapp/errors.py` maps the four kinds to 400, 403, 404 and 409.
"""

import inspect


class KomekError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None, **details: object) -> None:
        #: English, with %(name)s placeholders filled from `details` after translation
        self.message = message or inspect.cleandoc(type(self).__doc__ or "")
        self.details = details
        super().__init__(self.message % details if details else self.message)

    @property
    def code(self) -> str:
        """Stable, for programs and translations: the class's name."""
        return type(self).__name__


class Invalid(KomekError):
    """What was sent is not valid."""


class Forbidden(KomekError):
    """Your role at your office does not allow this."""


class NotFound(KomekError):
    """There is nothing here by that name."""


class Conflict(KomekError):
    """Somebody else was quicker."""


class ReasonMissing(Invalid):
    """Please say why."""


class InvalidAnswers(Invalid):
    """Some answers need to be corrected."""

    def __init__(self, errors: "dict[str, str]", **details: object) -> None:
        super().__init__(None, **details)
        #: field name -> what is wrong with it (English, translated at the edge)
        self.errors = errors


class Unavailable(KomekError):
    """The database cannot be reached just now. Nothing was changed; please try again in a minute."""
