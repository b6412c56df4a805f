"""Patterns that designers type: matched letter by letter over sets of states, so that none can hang.

The part of regular expressions that checks a number or a code: letters, `.`, classes, groups, `|`,
`? * + {m,n}`, `^ $`.
No look-around, no reference back. A match anywhere in the text counts, as in JavaScript's `test`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

LONGEST = 500
MOST_STATES = 2000
DEEPEST = 20

Accepts = Callable[[str], bool]

_DIGITS = frozenset("0123456789")
_WORD = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SPACE = frozenset(" \t\n\r\x0b\x0c\u00a0\u2028\u2029\ufeff\u202f\u3000\u205f\u1680") | frozenset(
    map(chr, range(0x2000, 0x200B))
)
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_LINE_ENDS = "\n\r\u2028\u2029"


class BadPattern(ValueError):
    """What stands in the pattern is not among the signs known here."""


@dataclass
class _Node:
    """A state: it takes one letter and goes on, or goes on without one (where `at` allows it)."""

    accepts: Accepts | None = None
    next: list["_Node"] = field(default_factory=list)
    at: str = ""  #: "^" or "$": only at that end of the text


@dataclass(frozen=True)
class _Part:
    first: _Node
    last: _Node


def compile_pattern(text: str) -> Callable[[str], bool]:
    """Whether a text matches. Takes time with the length of the text times that of the pattern. Raises BadPattern."""
    whole = _Reader(text).whole()
    return lambda said: _matches(whole, said)


def _matches(whole: _Part, said: str) -> bool:
    states: dict[int, _Node] = {}
    for at, letter in enumerate([*said, ""]):
        _add(whole.first, states, at, len(said))
        if id(whole.last) in states:
            return True
        following: dict[int, _Node] = {}
        if letter:
            for state in states.values():
                if state.accepts is not None and state.accepts(letter):
                    for each in state.next:
                        _add(each, following, at + 1, len(said))
        states = following
    return False


def _add(node: _Node, states: dict[int, _Node], at: int, end: int) -> None:
    """The state, and all that are reached from it without a letter."""
    ahead = [node]
    while ahead:
        here = ahead.pop()
        if id(here) in states or (here.at == "^" and at != 0) or (here.at == "$" and at != end):
            continue
        states[id(here)] = here
        if here.accepts is None:
            ahead += here.next


class _Reader:
    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise BadPattern
        self.text, self.at, self.count, self.depth = text, 0, 0, 0

    def whole(self) -> _Part:
        found = self._choice()
        if self.at < len(self.text):
            raise BadPattern
        return found

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        letter = self._peek()
        if not letter:
            raise BadPattern
        self.at += 1
        return letter

    def _node(self, accepts: Accepts | None = None, at: str = "") -> _Node:
        self.count += 1
        if self.count > MOST_STATES:
            raise BadPattern
        return _Node(accepts, at=at)

    def _part(self, accepts: Accepts | None = None, at: str = "") -> _Part:
        first, last = self._node(accepts, at), self._node()
        first.next.append(last)
        return _Part(first, last)

    def _choice(self) -> _Part:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadPattern
        ways = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            ways.append(self._sequence())
        self.depth -= 1
        if len(ways) == 1:
            return ways[0]
        first, last = self._node(), self._node()
        for way in ways:
            first.next.append(way.first)
            way.last.next.append(last)
        return _Part(first, last)

    def _sequence(self) -> _Part:
        start = self._node()
        last = start
        while self._peek() not in ("", "|", ")"):
            part = self._repeated()
            last.next.append(part.first)
            last = part.last
        return _Part(start, last)

    def _repeated(self) -> _Part:
        begin = self.at
        part = self._atom()
        end = self.at
        least, most = self._times()
        if (least, most) == (1, 1):
            return part
        if self._peek() in tuple("?*+{"):
            if self._peek() != "?":
                raise BadPattern
            self.at += 1  # as few as possible: whether it matches is the same
        after = self.at
        copies = [part, *self._copies(begin, end, (least if most is None else most) - 1)]
        self.at = after
        return self._chain(copies, least, most)

    def _copies(self, begin: int, end: int, count: int) -> Iterator[_Part]:
        for _ in range(count):
            self.at = begin
            yield self._atom()
            assert self.at == end

    def _chain(self, copies: list[_Part], least: int, most: int | None) -> _Part:
        first, last = self._node(), self._node()
        here = first
        for at, copy in enumerate(copies):
            if at >= least:
                here.next.append(last)
            if most == 0:
                break
            here.next.append(copy.first)
            here = copy.last
        here.next.append(last)
        if most is None:
            here.next.append(copies[-1].first)
        return _Part(first, last)

    def _times(self) -> tuple[int, int | None]:
        sign = self._peek()
        if sign in ("?", "*", "+"):
            self.at += 1
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        if sign != "{":
            return 1, 1
        said, closed, _ = self.text[self.at + 1 :].partition("}")
        low, comma, high = said.partition(",")
        if not closed or not _is_number(low) or (high and not _is_number(high)):
            raise BadPattern
        self.at += len(said) + 2
        least = int(low)
        most = least if not comma else int(high) if high else None
        if most is not None and most < least:
            raise BadPattern
        return least, most

    def _atom(self) -> _Part:
        letter = self._take()
        if letter in "^$":
            if self._peek() in tuple("?*+{"):
                raise BadPattern
            return self._part(at=letter)
        if letter == "(":
            return self._group()
        if letter == "[":
            return self._part(self._class())
        if letter == ".":
            return self._part(lambda given: given not in _LINE_ENDS)
        if letter == "\\":
            return self._part(self._escaped())
        if letter in "?*+{}])|":
            raise BadPattern
        return self._part(lambda given: given == letter)

    def _group(self) -> _Part:
        if self._peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise BadPattern
            self.at += 2
        found = self._choice()
        if self._take() != ")":
            raise BadPattern
        return found

    def _escaped(self) -> Accepts:
        found = self._escape()
        if isinstance(found, str):
            return lambda given: given == found
        return found

    def _escape(self) -> Accepts | str:
        letter = self._take()
        if letter.lower() in _CLASSES:
            wanted, inside = _CLASSES[letter.lower()], letter.islower()
            return lambda given: (given in wanted) == inside
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter == "u":
            digits, self.at = self.text[self.at : self.at + 4], self.at + 4
            if len(digits) != 4 or not all(each in "0123456789abcdefABCDEF" for each in digits):
                raise BadPattern
            return chr(int(digits, 16))
        if letter.isalnum():
            raise BadPattern
        return letter

    def _class(self) -> Accepts:
        negated = self._peek() == "^"
        self.at += negated
        tests: list[Accepts] = []
        while self._peek() != "]":
            tests.append(self._member())
        self.at += 1
        return lambda given: any(test(given) for test in tests) != negated

    def _member(self) -> Accepts:
        low = self._single()
        if callable(low):
            return low
        if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
            self.at += 1
            high = self._single()
            if callable(high) or high < low:
                raise BadPattern
            return lambda given: low <= given <= high
        return lambda given: given == low

    def _single(self) -> Accepts | str:
        letter = self._take()
        return self._escape() if letter == "\\" else letter


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
