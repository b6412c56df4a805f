"""In which language a command speaks, and with whose words."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_babel import Babel, force_locale

from services.config import ROOT
from services.languages import LANGUAGES


def of_terminal() -> str:
    """The terminal's language; English when it is none of ours."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return said[:2] if said[:2] in LANGUAGES else "en"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """The catalogues of the screens, without a database."""
    app = Flask(__name__)
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "webapp" / "translations"))
    Babel(app)
    with app.app_context(), force_locale(language):
        yield
