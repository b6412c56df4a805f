"""What Camunda Modeler is given: the element templates of this installation, and the words of our plugin for it."""

from collections.abc import Callable

from flask_babel import gettext

from services.bpmn import (
    BOUNDARY_ENDS,
    CONDITION_ELSEWHERE,
    EVENT_SUB_PROCESS,
    IMPLICIT_SPLIT,
    INSTEAD,
    NO_CONDITION,
    NO_DEFAULT,
    NO_TOPIC,
    Rule,
)
from services.languages import LANGUAGES
from services.processes.element_templates import Template, made_of
from services.registry import Registry
from webapp.language import i18n


def element_templates(registry: Registry, language: str, *, of: str = "") -> list[Template]:
    """What Modeler reads, as JSON, of all plugins or `of` one: in kk, ru or en; in Kazakh for anything else."""
    with i18n.reading_in(language):
        return made_of(registry, i18n.language(), lambda text: str(gettext(text)), of=of)


def plugin_words() -> dict[str, object]:
    """The rules that our plugin looks after without a server, and what its menu says: each in every language."""
    local = {each.code: {"severity": each.severity, **_said(_rule_words(each))} for each in LOCAL}
    return {"rules": local, "menu": {key: _said(words) for key, words in _menu().items()}}


_ = str  #: marks words for the catalogues; they are translated when they are said
NO_ROLE = Rule(
    "user-task-without-role",
    _("Nobody can see this task: it has no candidate group."),
    _("Choose a template, or give it a role of the region."),
)
NO_STEP = Rule(
    "user-task-without-step",
    _("The task has no step, so no clause and no due date."),
    _("Choose a template, or set the extension property step."),
    "warning",
)
#: what is seen in the diagram alone, in the doctor's words: each has a check of its name in modeler/client/rules.js
LOCAL = (
    *(rule for kind, rule in INSTEAD.items() if not kind.startswith("data")),
    EVENT_SUB_PROCESS,
    NO_TOPIC,
    NO_ROLE,
    NO_STEP,
    NO_DEFAULT,
    NO_CONDITION,
    CONDITION_ELSEWHERE,
    IMPLICIT_SPLIT,
    BOUNDARY_ENDS,
)


def _rule_words(rule: Rule) -> Callable[[], str]:
    return lambda: f"{gettext(rule.text)} {gettext(rule.advice)}"


def _menu() -> dict[str, Callable[[], str]]:
    return {
        "update": lambda: gettext("Update element templates from the server"),
        "check": lambda: gettext("Check with the server"),
        "connect": lambda: gettext("Server and password…"),
        "updated": lambda: gettext("Element templates: %(count)s"),
        "checked": lambda: gettext("The server found: %(count)s"),
        "url": lambda: gettext("Address of the server, as https://komek.example.kz/engine-rest"),
        "username": lambda: gettext("Login"),
        "password": lambda: gettext("Password"),
        "language": lambda: gettext("Language"),
        "save": lambda: gettext("Save"),
        "refused": lambda: gettext("The server does not accept this login and password."),
        "forbidden": lambda: gettext("This person is no process designer."),
        "away": lambda: gettext("The server does not answer: %(reason)s"),
        "strange": lambda: gettext(
            "The server answers something else than expected (%(reason)s). Is the address right?"
        ),
    }


def _said(words: Callable[[], str]) -> dict[str, str]:
    """Language -> text."""
    said = {}
    for language in LANGUAGES:
        with i18n.reading_in(language):
            said[language] = words()
    return said
