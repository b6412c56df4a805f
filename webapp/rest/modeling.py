"""What Komek gives designers beside Camunda's API: the element templates of this installation."""

from collections.abc import Sequence
from typing import Any

from flask import g

from services import processes, registry
from webapp.i18n import LANGUAGES, language
from webapp.modeler import element_templates
from webapp.rest.operations import Asked, operation
from webapp.rest.shapes import list_of, one_of

TEMPLATE = {"type": "object", "required": ["id", "name"]}


@operation("GET", "/komek/element-templates", "The element templates for Camunda Modeler.",
           query={"language": one_of(*LANGUAGES)}, answer=list_of(TEMPLATE))  # fmt: skip
def templates(asked: Asked) -> Sequence[Any]:
    """In the language named, else in that of Accept-Language. For process designers and administrators."""
    processes.check_designs(g.person)
    return element_templates(registry.current(), asked.query["language"] or language())
