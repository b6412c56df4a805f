"""FEEL, the expression language of DMN 1.5, whole; it depends on nothing of Komek. See docs/feel.md."""

from services.feel.expressions import Test, expression, unary_tests
from services.feel.run import FeelRefused, FeelScope, Remark, Run
from services.feel.values import Value, kind, lift, text_of

__all__ = [
    "FeelRefused",
    "FeelScope",
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
