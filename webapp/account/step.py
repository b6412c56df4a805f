"""The step after the password: a session that owes one is nobody's yet, and sees this page alone."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, current_app, g, make_response, render_template, url_for

from services import directory, documents, factors

Carried = tuple[str, str]
ISSUER = "Komek"


@dataclass(frozen=True)
class Half:
    """Whose session owes a second proof, and what of it was shown so far."""

    person: directory.Person
    key: str
    asked: bool
    proved: str

    @property
    def sets_up(self) -> bool:
        """Whoever has a second proof shows it before they add another: a password alone adds none beside it."""
        return bool(self.proved) or not self.asked


def owes(person: directory.Person, asked: bool, proved: str) -> bool:
    """Whether more has to be shown before this session is that person's."""
    return (asked and not proved) or not factors.suffices(proved, factors.needed_by(person))


def half() -> Half | None:
    """Whose session it would be; None when it is somebody's, or nobody's."""
    found: Half | None = g.get("half")
    return found


def site() -> factors.Site:
    """Where these pages are, as browsers write it: as the settings say, else as they were asked for."""
    told = urlsplit(current_app.config["KOMEK"].public_url or url_for("account.sign_in", _external=True))
    return factors.Site(told.hostname or "", f"{told.scheme}://{told.netloc}")


def page(error: str = "", status: int = 200, carried: Carried | None = None) -> Response:
    """What is asked beside the password, or set up where a role asks for it and nothing is there."""
    mine = half()
    assert mine is not None
    person = mine.person
    told = {
        "who": person,
        "sets_up": mine.sets_up,
        "keys_only": factors.needed_by(person) == factors.PASSKEY,
        "has_codes": factors.has_codes(person.id),
        "has_passkeys": bool(factors.passkeys_of(person.id)),
        "carried": carried,
        "error": error,
    }
    return make_response(render_template("account/step.html", **told), status)


def codes_page(person: directory.Person, secret: bytes, error: str = "", status: int = 200) -> Response:
    """The square for an authenticator, and where its first code is written."""
    square = documents.square_data(factors.totp.address(secret, person.login, ISSUER))
    written = factors.totp.written(secret)
    groups = " ".join(written[at : at + 4] for at in range(0, len(written), 4))
    return make_response(render_template("account/codes.html", square=square, written=groups, error=error), status)
