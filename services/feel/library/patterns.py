"""Patterns as XPath and XML Schema write them (XPath F&O 3.1, 5.6), for RE2, which cannot be made to take for ever.

By the book but for back-references, which no such engine has: a pattern with one is null.
"""

import re
from functools import lru_cache
from typing import Any

import re2

from services.feel.run import NoResult

OPTIONS = re2.Options()
OPTIONS.log_errors = False
OPTIONS.max_mem = 8 << 20
_CLASSES = {
    "d": r"\p{Nd}", "D": r"\P{Nd}", "w": r"\p{L}\p{M}\p{N}\p{S}_", "W": r"\p{P}\p{Z}\p{C}",
    "i": r"\p{L}_:", "c": r"\p{L}\p{M}\p{N}_:.\-·",
}  # fmt: skip
_ESCAPED = frozenset("nrt\\|.-^?*+{}()[]$sSpP")
_BLOCKS = {
    "IsBasicLatin": r"\x{0}-\x{7f}", "IsLatin-1Supplement": r"\x{80}-\x{ff}", "IsLatinExtended-A": r"\x{100}-\x{17f}",
    "IsGreek": r"\x{370}-\x{3ff}", "IsGreekandCoptic": r"\x{370}-\x{3ff}", "IsCyrillic": r"\x{400}-\x{4ff}",
    "IsArabic": r"\x{600}-\x{6ff}",
}  # fmt: skip
_BLOCK = re.compile(r"\\p\{(Is[^}]*)\}")
_SUBTRACTED = re.compile(r"\[([^\[\]\\^]+)-\[([^\[\]\\^]+)\]\]")


@lru_cache(maxsize=512)
def compiled_pattern(pattern: str, flags: str | None) -> Any:
    """The pattern, compiled. Raises NoResult for one that cannot be read, or flags that there are not."""
    if set(flags or "") - set("smixq"):
        raise NoResult("there are no such flags: %(flags)s", flags=repr(flags))
    said = pattern
    if "q" in (flags or ""):
        said = re2.escape(pattern)
    else:
        if "x" in (flags or ""):  # blanks, but those of a class
            said = re.sub(r"\s+|\[[^\]]*\]", lambda found: "" if found[0].isspace() else found[0], said)
        said = _translated(_SUBTRACTED.sub(_subtracted, said), pattern, "s" in (flags or ""))
    given = "".join(sorted(set(flags or "") & set("smi")))
    try:
        return re2.compile((f"(?{given})" if given else "") + said, OPTIONS)
    except (re2.error, ValueError, RuntimeError, OverflowError):
        raise _unreadable(pattern) from None


def _unreadable(pattern: str) -> NoResult:
    return NoResult("the pattern %(pattern)s cannot be read", pattern=repr(pattern[:40]))


def _translated(pattern: str, whole: str, dot_is_all: bool) -> str:
    """The pattern with XML Schema's classes (\\d, \\w, \\i, \\c of any script) as RE2 writes them. Raises NoResult."""
    parts, inside, at = [], False, 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\" and at + 1 < len(pattern):
            text, among, at = _escape(pattern, at, whole)
            parts.append(f"[{text}]" if among and not inside else text)
            continue
        inside = sign == "[" or (inside and sign != "]")
        parts.append(r"[^\n\r]" if sign == "." and not inside and not dot_is_all else sign)
        at += 1
    return "".join(parts)


def _escape(pattern: str, at: int, whole: str) -> tuple[str, bool, int]:
    """What an escape stands for, whether that is one of several letters, and where the pattern goes on."""
    if block := _BLOCK.match(pattern, at):
        if block[1] not in _BLOCKS:
            raise _unreadable(whole)
        return _BLOCKS[block[1]], True, block.end()
    sign = pattern[at + 1]
    if sign in _CLASSES:
        return _CLASSES[sign], True, at + 2
    if sign not in _ESCAPED:
        raise _unreadable(whole)
    return pattern[at : at + 2], False, at + 2


def _subtracted(found: "re.Match[str]") -> str:
    """`[a-z-[aeiou]]`: what is left of the first class; of letters and ranges as they stand."""
    left = sorted(_letters(found[1]) - _letters(found[2]))
    letters = "".join(f"\\{chr(each)}" if chr(each) in "\\-]^[" else chr(each) for each in left)
    return f"[{letters}]" if letters else r"[^\s\S]"


def _letters(said: str) -> set[int]:
    letters: set[int] = set()
    for part in re.finditer(r"(.)-(.)|(.)", said, re.S):
        first, last = ord(part[1] or part[3]), ord(part[2] or part[3])
        if last - first > 10_000:
            raise NoResult("the pattern %(pattern)s cannot be read", pattern=repr(said[:40]))
        letters.update(range(first, last + 1))
    return letters
