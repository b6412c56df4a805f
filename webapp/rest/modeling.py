"""What Komek gives designers beside Camunda's API: element templates, and what the model doctor says."""

from collections.abc import Sequence
from typing import Any

from flask import g, request
from flask_babel import gettext

from services import processes, registry
from services.languages import LANGUAGES
from webapp.asked import content
from webapp.designer.modeler import element_templates
from webapp.language.i18n import language
from webapp.rest.deployments import files_sent
from webapp.rest.operations import ApiRequest, operation
from webapp.rest.problems import NotFiles
from webapp.rest.shapes import BOOLEAN, NUMBER_OR_NULL, STRING, answered, list_of, one_of

TEMPLATE = {"type": "object", "required": ["id", "name"]}
FINDING = answered(
    resource=STRING, element=STRING, name=STRING, line=NUMBER_OR_NULL, column=NUMBER_OR_NULL, rule=STRING,
    severity={"enum": ["error", "warning", "info"]}, text=STRING, advice=STRING, details={"type": "object"},
    repair=STRING, path=list_of(STRING),
)  # fmt: skip
FILES = {"type": "object", "properties": {"data": {"type": "string", "format": "binary"}}}


@operation("GET", "/komek/element-templates", "The element templates for Camunda Modeler.",
           query={"language": one_of(*LANGUAGES)}, answer=list_of(TEMPLATE))  # fmt: skip
def templates(asked: ApiRequest) -> Sequence[Any]:
    """In the language named, else in that of Accept-Language. For process designers and administrators."""
    processes.check_looks_after(g.person)
    return element_templates(registry.current(), asked.query["language"] or language())


@operation("POST", "/komek/doctor", "What is wrong with these files, or could be better; nothing is deployed.",
           files=FILES, texts=True, answer=answered(deployable=BOOLEAN, findings=list_of(FINDING)))  # fmt: skip
def doctor(asked: ApiRequest) -> dict[str, Any]:
    """Several files as parts of a form, or one diagram or decision as text/xml; looked at beside those in force."""
    processes.check_looks_after(g.person)
    files = files_sent() if request.mimetype == "multipart/form-data" else _one_file()
    report = processes.examine(files, registry.current())
    findings = [each.as_dict(lambda text: str(gettext(text))) for each in report.findings]
    return {"deployable": report.deployable, "findings": findings}


def _one_file() -> dict[str, bytes]:
    """Raises NotFiles."""
    sent = content()
    if not sent:
        return {}
    if request.mimetype != "text/xml":
        raise NotFiles
    ending = "dmn" if b"omg.org/spec/DMN" in sent[:4000] else "bpmn"
    return {f"file.{ending}": sent}
