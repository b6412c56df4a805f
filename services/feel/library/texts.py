"""Functions of texts (DMN 1.5, table 74). Patterns are RE2's, which take no more time than the text is long."""

import base64
import re
from decimal import Decimal
from typing import Any

from services.feel.library.calls import LIBRARY
from services.feel.library.numbers import whole
from services.feel.library.patterns import compiled_pattern
from services.feel.run import NoResult, Run
from services.feel.values import Value, text_of

LIBRARY.declare("string(from: any)")(lambda value: None if value is None else text_of(value))
LIBRARY.declare("string length(string: string)")(lambda text: Decimal(len(text)))
LIBRARY.declare("upper case(string: string)")(str.upper)
LIBRARY.declare("lower case(string: string)")(str.lower)
LIBRARY.declare("contains(string: string, match: string)")(lambda text, match: match in text)
LIBRARY.declare("starts with(string: string, match: string)")(str.startswith)
LIBRARY.declare("ends with(string: string, match: string)")(str.endswith)
LIBRARY.declare("trim(string: string)")(str.strip)
LIBRARY.declare("is blank(string: string)")(lambda text: not text.strip())
LIBRARY.declare("to base64(string: string)")(lambda text: base64.b64encode(text.encode()).decode())


@LIBRARY.declare("substring(string: string, start position: number, length: number?)")
def _substring(text: str, start: Decimal, length: Decimal | None) -> str:
    at = whole(start)
    if not 0 < abs(at) <= len(text):
        raise NoResult("there is no letter %(number)s", number=at)
    if length is not None and whole(length) < 1:
        raise NoResult("a length is 1 or more")
    begin = at - 1 if at > 0 else len(text) + at
    return text[begin:] if length is None else text[begin : begin + whole(length)]


@LIBRARY.declare("substring before(string: string, match: string)")
def _before(text: str, match: str) -> str:
    return text[: text.find(match)] if match in text else ""


@LIBRARY.declare("substring after(string: string, match: string)")
def _after(text: str, match: str) -> str:
    return text[text.find(match) + len(match) :] if match in text else ""


@LIBRARY.declare(
    "string join(list: list, delimiter: string?)",
    # DMN knows no more; prefix and suffix, always both, are those of the FEEL that Modeler's own help describes
    "string join(list: list, delimiter: string|null, prefix: string|null, suffix: string|null)",
    knows_run=True,
)
def _join(
    run: Run, values: list[Value], delimiter: str | None, prefix: str | None = None, suffix: str | None = None
) -> str:
    if any(each is not None and not isinstance(each, str) for each in values):
        raise NoResult("only texts are joined")
    joined = (delimiter or "").join(each for each in values if each is not None)
    return run.written((prefix or "") + joined + (suffix or ""))


def _searchable(text: str) -> str:
    """RE2 knows no halves of a letter."""
    return text.encode("utf-8", "replace").decode()


@LIBRARY.declare("matches(input: string, pattern: string, flags: string?)")
def _matches(text: str, pattern: str, flags: str | None) -> bool:
    return compiled_pattern(_searchable(pattern), flags).search(_searchable(text)) is not None


@LIBRARY.declare("replace(input: string, pattern: string, replacement: string, flags: string?)", knows_run=True)
def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None) -> str:
    found = compiled_pattern(_searchable(pattern), flags)
    count = found.groups

    def one(match: Any) -> str:
        def part(sign: "re.Match[str]") -> str:
            if sign[1]:
                return sign[1]
            digits = sign[2]
            while len(digits) > 1 and int(digits) > count:
                digits = digits[:-1]
            rest = sign[2][len(digits) :]
            return ((match.group(int(digits)) or "") if int(digits) <= count else "") + rest

        return re.sub(r"\\([\\$])|\$(\d+)", part, replacement, flags=re.A)

    if "q" in (flags or ""):
        return run.written(str(found.sub(lambda match: replacement, _searchable(text))))
    return run.written(str(found.sub(one, _searchable(text))))


@LIBRARY.declare("split(string: string, delimiter: string)", knows_run=True)
def _split(run: Run, text: str, delimiter: str) -> list[Value]:
    text, parts, at = _searchable(text), [], 0
    for found in compiled_pattern(_searchable(delimiter), None).finditer(text):
        run.sized(1)
        if found.end() == found.start():
            continue
        parts.append(text[at : found.start()])
        at = found.end()
    return [*parts, text[at:]]


@LIBRARY.declare("extract(string: string, pattern: string)", knows_run=True)
def _extract(run: Run, text: str, pattern: str) -> list[Value]:
    found = [match.group(0) for match in compiled_pattern(_searchable(pattern), None).finditer(_searchable(text))]
    run.sized(len(found))
    return found
