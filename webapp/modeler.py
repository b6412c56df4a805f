"""What Camunda Modeler is given: the element templates of this installation, and the words of our plugin for it."""

from collections.abc import Callable
from typing import NamedTuple

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

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
    rules = {each.code: {"severity": each.severity, **_said(_rule_words(each))} for each in LOCAL}
    return {"rules": rules, "menu": {key: _said(words) for key, words in _menu().items()}}


class LocalRule(NamedTuple):
    code: str  #: as the doctor calls it, and the check of that name in modeler/client/rules.js
    text: LazyString
    advice: LazyString
    severity: str = "error"


NOT_SUPPORTED = _("A %(kind)s is not supported.")
#: what is seen in the diagram alone, in the doctor's words; everything else is for the server
LOCAL = (
    LocalRule("script-task", _("A script task is not supported: scripts are never run."),
              _("Use a service task whose topic is a plugin's operation.")),
    LocalRule("send-task", NOT_SUPPORTED, _("Use a message throw event, or a service task.")),
    LocalRule("transaction", NOT_SUPPORTED, _("Use an ordinary sub-process with an error boundary event.")),
    LocalRule("ad-hoc-sub-process", NOT_SUPPORTED, _("Draw the order, or use parallel and inclusive gateways.")),
    LocalRule("complex-gateway", NOT_SUPPORTED, _("Use an inclusive or a parallel gateway.")),
    LocalRule("link-event", _("A link event is not supported."), _("Join the two ends with a sequence flow.")),
    LocalRule("compensation", _("Compensation is not supported."), _("Draw the way back with ordinary tasks.")),
    LocalRule("conditional-event", _("A conditional event is not supported."), _("Use a message or a timer.")),
    LocalRule("cancel-event", _("A cancel event is not supported."), _("Use an error event.")),
    LocalRule("event-sub-process", _("An event sub-process is not supported."),
              _("Use a boundary event on the task or sub-process.")),
    LocalRule("service-task-without-topic", _("The service task does not say what it does."),
              _("Choose the implementation «External» and a topic: a plugin's operation.")),
    LocalRule("user-task-without-role", _("Nobody can see this task: it has no candidate group."),
              _("Choose a template, or give it a role of the region.")),
    LocalRule("user-task-without-step", _("The task has no step, so no clause and no due date."),
              _("Choose a template, or set the extension property step."), "warning"),
    LocalRule("no-default-flow",
              _("The gateway has no default flow: a case would stand still when no condition holds."),
              _("Mark one of its flows as the default.")),
    LocalRule("flow-without-condition", _("The flow has neither a condition nor is it the default."),
              _("Give it a condition.")),
    LocalRule("condition-without-gateway",
              _("A condition on a flow that does not leave an exclusive or inclusive gateway."),
              _("Put a gateway there.")),
    LocalRule("implicit-split", _("Two flows leave an element that is no gateway."), _("Put a gateway there.")),
    LocalRule("boundary-without-flow", _("No flow leaves the boundary event."), _("Draw what is to happen.")),
)  # fmt: skip


def _rule_words(rule: LocalRule) -> Callable[[], str]:
    return lambda: f"{rule.text} {rule.advice}"


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
    for language in i18n.LANGUAGES:
        with i18n.reading_in(language):
            said[language] = words()
    return said
