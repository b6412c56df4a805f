"""Why nothing starts, in one sentence for the person at the console (English; nobody else reads it)."""


class AlreadyRunning(RuntimeError):
    """Another process holds this folder."""


class CannotStart(RuntimeError):
    """The server did not start; the message says why and what to do."""
