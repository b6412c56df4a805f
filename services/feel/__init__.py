"""FEEL, the expression language of DMN 1.5, whole; it depends on nothing of Komek. See docs/feel.md."""

from services.feel.expressions import Evaluated, Expression, Test, expression, unary_tests
from services.feel.run import LIMITS, FeelRefused, FeelScope, Limits, Remark, Run
from services.feel.values import Value, kind, lift, text_of

__all__ = [
    "LIMITS",
    "Evaluated",
    "Expression",
    "FeelRefused",
    "FeelScope",
    "Limits",
    "Remark",
    "Run",
    "Test",
    "Value",
    "expression",
    "kind",
    "lift",
    "text_of",
    "unary_tests",
]
