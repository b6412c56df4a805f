"""Patterns that designers type. RE2 matches them: in time with the length of the text, so that none can hang."""

from collections.abc import Callable

import re2

LONGEST = 500
MOST_MEMORY = 1 << 20


class BadPattern(ValueError):
    """Text that is no regular expression, or one that looks around or back."""


def compile_pattern(text: str) -> Callable[[str], bool]:
    """Whether a text matches: anywhere in it counts, as in JavaScript's `test`. Raises BadPattern."""
    if len(text) > LONGEST:
        raise BadPattern
    options = re2.Options()
    options.log_errors, options.max_mem = False, MOST_MEMORY
    try:
        compiled = re2.compile(text, options)
    except re2.error as fault:
        raise BadPattern(str(fault)) from None
    return lambda said: compiled.search(said) is not None
