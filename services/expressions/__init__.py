"""What designers type: `${…}` and FEEL, read and reckoned over the data of a case and the world around it."""

from services.expressions.errors import ExpressionError, nobody_called
from services.expressions.language import (
    ISO,
    check_expression,
    compile_expression,
    evaluate,
    is_reckoned,
    may_read,
    names_in,
    reckon,
)
from services.expressions.world import World

__all__ = [
    "ISO",
    "ExpressionError",
    "World",
    "check_expression",
    "compile_expression",
    "evaluate",
    "is_reckoned",
    "may_read",
    "names_in",
    "nobody_called",
    "reckon",
]
