"""What Camunda Modeler is given: the element templates of this installation, and the words of our plugin for it."""

from collections.abc import Callable
from typing import NamedTuple

from flask_babel import gettext

from services.processes import templates
from services.processes.templates import Template
from services.registry import Registry
from webapp import i18n


def element_templates(registry: Registry, language: str) -> list[Template]:
    """What Modeler reads, as JSON: in kk, ru or en; in Kazakh for anything else."""
    with i18n.reading_in(language):
        return templates.element_templates(registry, i18n.language(), lambda text: str(gettext(text)))


def plugin_words() -> dict[str, object]:
    """The rules that our plugin looks after without a server, and what its menu says: each in every language."""
    found = {"rules": _in_every_language(_rules), "menu": _in_every_language(_menu)}
    return {**found, "severity": {rule.code: rule.severity for rule in LOCAL}}


class LocalRule(NamedTuple):
    code: str  #: the check of that name in modeler/client/rules.js
    severity: str  #: error, warn or info, as Modeler calls them


#: what is seen in the diagram alone; everything else is for the server
LOCAL = (
    LocalRule("not-supported", "error"),
    LocalRule("operation-missing", "error"),
    LocalRule("role-missing", "error"),
    LocalRule("step-missing", "warn"),
    LocalRule("default-flow-missing", "error"),
    LocalRule("condition-missing", "error"),
    LocalRule("condition-without-gateway", "error"),
    LocalRule("two-ways-without-gateway", "error"),
)


def _rules() -> dict[str, str]:
    return {
        "not-supported": gettext("Komek does not carry this out. Draw it with ordinary tasks, gateways and events."),
        "operation-missing": gettext("The service task has no operation. Choose a template, or External and a topic."),
        "role-missing": gettext("Nobody can see this task. Give it a candidate group: a role of the region."),
        "step-missing": gettext("The task has no step, so no clause and no due date. Choose a template, or set step."),
        "default-flow-missing": gettext("A case would stand still where no condition holds. Mark one default flow."),
        "condition-missing": gettext("The flow has no condition and is not the default one. Give it a condition."),
        "condition-without-gateway": gettext("A condition holds only behind a gateway. Put an exclusive gateway here."),
        "two-ways-without-gateway": gettext("Several ways lead on from here without a gateway. Put a gateway here."),
    }


def _menu() -> dict[str, str]:
    return {
        "update": gettext("Update element templates from the server"),
        "check": gettext("Check with the server"),
        "connect": gettext("Server and password…"),
        "updated": gettext("Element templates: %(count)s"),
        "checked": gettext("The server found: %(count)s"),
        "url": gettext("Address of the server, as https://komek.example.kz/engine-rest"),
        "username": gettext("Login"),
        "password": gettext("Password"),
        "language": gettext("Language"),
        "save": gettext("Save"),
        "refused": gettext("The server does not accept this login and password."),
        "forbidden": gettext("This person is no process designer."),
        "away": gettext("The server does not answer: %(reason)s"),
        "strange": gettext("The server answers something else than expected (%(reason)s). Is the address right?"),
    }


def _in_every_language(words: Callable[[], dict[str, str]]) -> dict[str, dict[str, str]]:
    """Key -> language -> text."""
    said = {}
    for language in i18n.LANGUAGES:
        with i18n.reading_in(language):
            said[language] = {key: str(text) for key, text in words().items()}
    return {key: {language: said[language][key] for language in i18n.LANGUAGES} for key in said["en"]}
