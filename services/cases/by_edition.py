"""A value of the law in SQL, for each case that of its own edition of the act; a plain value where all say the same."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import ColumnElement, literal
from sqlalchemy import case as case_when

from services import registry
from services.cases.models import Case
from services.registry import Registry

T = TypeVar("T")


def by_edition(said: Callable[[Registry], T]) -> ColumnElement[T]:
    """What `said` makes of the law that a case lives under."""
    laws = registry.current().editions()
    told = {law.edition or 0: said(law) for law in laws}
    first = told[min(told)]  # what says no edition lives under the first
    others = [(Case.edition == edition, literal(value)) for edition, value in told.items() if value != first]
    return case_when(*others, else_=literal(first)) if others else literal(first)
