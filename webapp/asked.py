"""What a request says, read in one place: its letters made one writing, its numbers, days and addresses checked.

Nothing else in `webapp` reads an address or a form by hand. What is wrong is refused with its name, never guessed.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask import Request as PlainRequest
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.routing import BaseConverter, IntegerConverter, Map, PathConverter

from services.days import read_day
from services.errors import Invalid, InvalidAnswers
from services.kinds import NOT_A_DATE
from services.letters import LOST, is_printable, tidy, tidy_all

#: no id is larger: a bigint of PostgreSQL
LARGEST_ID = 2**63 - 1
#: of what people type into one line; what is longer is refused, not cut
LONGEST = 500
Letters = MultiDict[str, str]


class WrongNumber(Invalid):
    """«%(name)s» has to be a whole number."""


class NotAnObject(Invalid):
    """This is written as a JSON object: {"paid": true}."""


class WrongDay(InvalidAnswers):
    """«%(name)s» has to be a day, as 31.12.2013."""

    def __init__(self, name: str) -> None:
        super().__init__({name: NOT_A_DATE}, name=name)


class WrongLetters(Invalid):
    """«%(name)s» has characters that cannot be kept."""


class TooLongText(Invalid):
    """«%(name)s» is too long: at most %(most)s characters."""


class Request(PlainRequest):
    """A request whose letters are one writing, whatever keyboard, browser or script sent them."""

    @cached_property
    def args(self) -> Letters:
        """The address's questions."""
        return _tidied(super().args)

    def _load_form_data(self) -> None:
        """As werkzeug does; `typed` keeps the form letter for letter, for passwords."""
        if "typed" in self.__dict__:
            return
        super()._load_form_data()
        typed = self.__dict__["form"]
        self.__dict__.update(typed=typed, form=_tidied(typed))
        for file in self.__dict__["files"].values():
            file.filename = tidy(file.filename) if file.filename else file.filename


class _Id(IntegerConverter):
    """A number of a row: what no row can have has no page."""

    def __init__(self, map: Map, **more: Any) -> None:
        super().__init__(map, max=LARGEST_ID, **more)


class Text(BaseConverter):
    """A part of an address, as one writing."""

    def to_python(self, value: str) -> str:
        return tidy(value)


class _Path(PathConverter):
    def to_python(self, value: str) -> str:
        return tidy(value)


def init_app(app: Flask) -> None:
    """Before any address is known: every `<int:…>` and `<name>` of them is read here."""
    converters: dict[str, type[BaseConverter]] = {"int": _Id, "default": Text, "string": Text, "path": _Path}
    app.request_class = Request
    app.url_map.converters.update(converters)


class RequestPart:
    """What stands in the address, or in the form."""

    def __init__(self, *, form: bool) -> None:
        self._form = form

    @property
    def all(self) -> Letters:
        return request.form if self._form else request.args

    def text(self, name: str, *, most: int = LONGEST) -> str:
        """What was typed, without blanks around it; empty when it was not. Raises WrongLetters, TooLongText."""
        said = self.all.get(name, "").strip()
        if len(said) > most:
            raise TooLongText(name=name, most=most)
        if not is_printable(said):
            raise WrongLetters(name=name)
        return said

    def texts(self, name: str) -> list[str]:
        """Every value under that name. Raises WrongLetters."""
        said = [each.strip() for each in self.all.getlist(name)]
        if any(LOST in each for each in said):
            raise WrongLetters(name=name)
        return said

    def an_object(self, name: str) -> dict[str, object]:
        """What was typed there as JSON; empty when nothing was. Raises NotAnObject, TooLongText."""
        said = self.text(name, most=20_000)
        try:
            found = json.loads(said) if said else {}
        except (ValueError, RecursionError):
            raise NotAnObject from None
        if not isinstance(found, dict):
            raise NotAnObject
        return found

    def number(self, name: str) -> int | None:
        """An id, a year, a count; None when there is none. Raises WrongNumber."""
        return _number(name, said) if (said := self.all.get(name, "").strip()) else None

    def numbers(self, name: str) -> list[int]:
        """Raises WrongNumber."""
        return [_number(name, each.strip()) for each in self.all.getlist(name)]

    def numbers_of(self, name: str) -> dict[str, int]:
        """Key -> number, of what was sent as "key:number". Raises WrongNumber."""
        pairs = (each.strip().rpartition(":") for each in self.all.getlist(name))
        return {key: _number(name, said) for key, _, said in pairs}

    def day(self, name: str) -> date | None:
        """None when there is none. Raises WrongDay."""
        if not (said := self.all.get(name, "").strip()):
            return None
        try:
            return read_day(said)
        except ValueError:
            raise WrongDay(name) from None

    def address(self, name: str) -> str:
        """A page of ours; empty when it is none."""
        return local_address(self.all.get(name, ""))


address, form = RequestPart(form=False), RequestPart(form=True)


def path() -> dict[str, Any]:
    """What stands in the address's path, as its converters read it; empty where it leads nowhere."""
    return dict(request.view_args or {})


def secret(name: str) -> str:
    """A password, letter for letter as it was typed."""
    request.form  # noqa: B018  (read, so that it is kept letter for letter, too)
    return str(request.__dict__["typed"].get(name, ""))


def file(name: str) -> FileStorage | None:
    """The file that was chosen under that name; None when none was."""
    sent = request.files.get(name)
    return sent if sent is not None and sent.filename else None


def files(name: str | None = None) -> list[tuple[str, FileStorage]]:
    """Every file that was sent (under that name), each with its field's name, in their order."""
    return [(field, sent) for field, sent in request.files.items(multi=True) if name in (None, field)]


def site() -> str:
    """Where people find these pages, as it is set, else as this browser found them; without a slash at its end."""
    return (current_app.config["KOMEK"].public_url or request.url_root).rstrip("/")


def header(name: str) -> str:
    """A header, as one writing; empty when there is none."""
    return tidy(request.headers.get(name, ""))


def cookie(name: str) -> str:
    """Empty when there is none."""
    return request.cookies.get(name, "")


def content() -> bytes:
    """What was sent, byte for byte, when it is no form."""
    return request.get_data(cache=True)


def body() -> object:
    """The JSON that was sent; None when it is none."""
    try:
        return tidy_all(request.get_json(silent=True))
    except RecursionError:
        return None


def local_address(said: str, *, own_host: bool = False) -> str:
    """A page of ours, without its host; empty for what leads elsewhere."""
    try:
        parts = urlsplit(said)
    except ValueError:
        return ""
    foreign = (parts.netloc or parts.scheme) and not (own_host and parts.netloc == request.host)
    inside = parts.path.startswith("/") and not parts.path.startswith("//") and "\\" not in said and said.isprintable()
    return "" if foreign or not inside else parts.path + (f"?{parts.query}" if parts.query else "")


def number_in(said: str) -> int | None:
    """The number that a text is; None when it is none, or larger than any row's."""
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None
    return number if number is not None and number <= LARGEST_ID else None


def _number(name: str, said: str) -> int:
    if (number := number_in(said)) is None:
        raise WrongNumber(name=name)
    return number


def _tidied(given: Iterable[tuple[str, str]] | Letters) -> Letters:
    pairs = given.items(multi=True) if isinstance(given, MultiDict) else given
    return ImmutableMultiDict([(tidy(name or ""), tidy(value)) for name, value in pairs])
