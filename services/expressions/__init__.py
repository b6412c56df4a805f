"""What designers type: `${…}` and FEEL, read and reckoned over the data of a case and the world around it."""

from services.expressions.coercion import number
from services.expressions.errors import ExpressionError, nobody_called
from services.expressions.language import (
    BUILT,
    ENTRIES,
    ISO,
    all_names_in,
    check_expression,
    compile_expression,
    evaluate,
    holds,
    is_reckoned,
    is_text,
    juel_of,
    names_in,
    plain,
    reckon,
    seen,
    words,
)
from services.expressions.world import HOST, LIMITS, World, clock, current_world, in_world, no_due, read_moment

__all__ = [
    "BUILT",
    "ENTRIES",
    "HOST",
    "ISO",
    "LIMITS",
    "ExpressionError",
    "World",
    "all_names_in",
    "check_expression",
    "clock",
    "compile_expression",
    "current_world",
    "evaluate",
    "holds",
    "in_world",
    "is_reckoned",
    "is_text",
    "juel_of",
    "names_in",
    "no_due",
    "nobody_called",
    "number",
    "plain",
    "read_moment",
    "reckon",
    "seen",
    "words",
]
