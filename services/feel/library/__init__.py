"""FEEL's built-in functions: all of DMN 1.5, and those of Camunda's that have one answer."""

from services.feel.library import contexts, lists, numbers, ranges, texts, times
from services.feel.library.calls import LIBRARY
from services.feel.members import SPACED

BUILTINS = LIBRARY.functions()
#: names that are more than one token, which the reader must know
SPACED_NAMES = frozenset(name for name in BUILTINS if " " in name) | SPACED

__all__ = ["BUILTINS", "SPACED_NAMES", "contexts", "lists", "numbers", "ranges", "texts", "times"]
