"""The words of a FEEL text, read where the grammar asks for them: names may hold spaces and operators.

What a name is depends on what there is: `a-b` is one name where one is known, and a subtraction elsewhere. So
nothing is cut into tokens beforehand; the scanner knows the names in scope at the place where it stands.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from services.feel.run import FeelRefused

LONGEST_TEXT = 20_000
DEEPEST = 40  #: brackets, conditions and loops inside one another
MOST_LINKS = 400  #: operands and members in a row
_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.S)
#: letters of any script, signs outside the first plane; ? begins a name, too
_START = r"(?:[^\W\d]|[\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\U00010000-\U000effff])"
NAME = re.compile(rf"{_START}(?:{_START}|[\w\u00b7\u203f-\u2040])*")
_SIGNS = "./-'’+*"
_PARTS = re.compile(rf"\s+|\s*([{re.escape(_SIGNS)}])\s*")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.S)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def normal(name: str) -> str:
    """The name as it is compared: single spaces, none about signs."""
    return _PARTS.sub(lambda found: found[1] or " ", name.strip())


@lru_cache(maxsize=4096)
def pattern(name: str) -> "re.Pattern[str]":
    """The name as it may be typed."""
    parts = [rf"\s*{re.escape(part)}\s*" if part in _SIGNS else re.escape(part) if part != " " else r"\s+"
             for part in re.split(rf"( |[{re.escape(_SIGNS)}])", normal(name)) if part]  # fmt: skip
    return re.compile("".join(parts).removesuffix(r"\s*") + (r"(?!\w)" if name[-1:].isalnum() else ""))


def is_special(name: str) -> bool:
    """Whether it is more than one token."""
    return NAME.fullmatch(name) is None


class Scanner:
    """A place in a text. What is taken, and the space and comments behind it, lies behind that place."""

    def __init__(self, text: str, names: Iterable[str] = ()) -> None:
        if len(text) > LONGEST_TEXT:
            raise FeelRefused("it is too long")
        self.text, self.at = text, 0
        self.depth = self.links = 0
        self.specials = sorted({name for name in names if name and is_special(name)}, key=len, reverse=True)
        self.ends_range = False
        self.skip()

    def skip(self) -> None:
        if found := _SPACE.match(self.text, self.at):
            self.at = found.end()

    def misunderstood(self) -> FeelRefused:
        rest = self.text[self.at :].split(maxsplit=1)
        if not rest:
            return FeelRefused("it ends too early")
        return FeelRefused("%(token)s is not understood here", token=repr(rest[0][:30]))

    def sees(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def take(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        self.skip()
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise FeelRefused("%(wanted)s is missing", wanted=repr(sign))

    def sees_word(self, word: str) -> bool:
        end = self.at + len(word)
        return self.text.startswith(word, self.at) and not (end < len(self.text) and _is_part(self.text[end]))

    def take_word(self, word: str) -> bool:
        if not self.sees_word(word):
            return False
        self.at += len(word)
        self.skip()
        return True

    def need_word(self, word: str) -> None:
        if not self.take_word(word):
            raise FeelRefused("%(wanted)s is missing", wanted=repr(word))

    def known(self) -> str | None:
        """A name of several tokens that is known; the longest."""
        for name in self.specials:
            found = pattern(name).match(self.text, self.at)
            if found:
                self.at = found.end()
                self.skip()
                return name
        return None

    def token(self) -> str | None:
        """A name of one token."""
        found = NAME.match(self.text, self.at)
        if not found:
            return None
        self.at = found.end()
        self.skip()
        return found[0]

    def name_before(self, end: "re.Pattern[str]") -> str:
        """A new name, up to the word or sign that stands behind it."""
        found = end.search(self.text, self.at)
        name = normal(self.text[self.at : found.start()]) if found else ""
        if not found or not name or any(sign in name for sign in '"(){}[],:;'):
            raise FeelRefused("a name is missing before %(token)s", token=repr(self.text[self.at : self.at + 20]))
        self.at = found.start()
        self.skip()
        return name

    @contextmanager
    def naming(self, *names: str) -> Iterator[None]:
        before = self.specials
        self.add(names)
        yield
        self.specials = before

    def add(self, names: Iterable[str]) -> None:
        fresh = {name for name in names if is_special(name)} - set(self.specials)
        if fresh:
            self.specials = sorted([*self.specials, *fresh], key=len, reverse=True)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FeelRefused("it is nested too deeply")
        before, self.ends_range = self.ends_range, False
        yield
        self.ends_range = before
        self.depth -= 1

    def link(self) -> None:
        self.links += 1
        if self.links > MOST_LINKS:
            raise FeelRefused("it is too long")


def _is_part(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def unescaped(text: str) -> str:
    """The text that the letters between quotation marks stand for; an unknown escape stays as it is."""

    def one(found: "re.Match[str]") -> str:
        if code := found[1] or found[2]:
            number = int(code, 16)
            return chr(number) if number < 0x110000 else found[0]
        return _ESCAPED.get(found[3], found[0])

    plain = _ESCAPE.sub(one, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if "\\u" in text else plain
