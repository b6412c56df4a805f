"""FEEL, the expression language of DMN 1.5, whole; it depends on nothing of Komek. See docs/feel.md."""

from services.feel.expressions import Expression, Outcome, Test, expression, unary_tests
from services.feel.run import LIMITS, Limits, Note, Refused, Run, Scope
from services.feel.values import Value, kind, lift, text_of

__all__ = [
    "LIMITS",
    "Expression",
    "Limits",
    "Note",
    "Outcome",
    "Refused",
    "Run",
    "Scope",
    "Test",
    "Value",
    "expression",
    "kind",
    "lift",
    "text_of",
    "unary_tests",
]
