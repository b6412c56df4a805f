"""What can be wrong with a form, in words for the designer; translated when shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.bpmn import Rule
from services.shown import fill

_RULES = (
    Rule(
        "form-unreadable",
        "The form cannot be read: it is not JSON as a form editor saves it.",
        "Open it in Camunda Modeler and save it again.",
    ),
    Rule(
        "form-too-large",
        "The form is too large: at most %(components)s components and %(bytes)s bytes are read.",
        "Divide it among several tasks.",
    ),
    Rule("form-too-deep", "Groups stand inside groups too deeply.", "Take some of the groups away."),
    Rule(
        "form-shape",
        "The property %(property)s has a value that cannot be used: %(value)s",
        "Correct it in Camunda Modeler's form editor.",
    ),
    Rule(
        "form-property-unread",
        "Nobody reads this of a component of the type %(type)s: %(properties)s",
        "Correct the name, or take it away; nothing comes of it.",
        "warning",
    ),
    Rule(
        "form-too-new",
        "The form was saved by a newer form editor: version %(version)s of its format; %(known)s is known here.",
        "Save it with an older Camunda Modeler, or ask for a newer Komek.",
    ),
    Rule(
        "form-platform",
        "The form was drawn for %(platform)s.",
        "Draw it for the Camunda Platform (Camunda 7), so that the editor offers only what is known here.",
        "warning",
    ),
    Rule(
        "form-component",
        "A component of the type %(type)s cannot be shown.",
        "Ask it another way: by a text, number, date, checkbox, choice or list; or take the component away.",
    ),
    Rule(
        "form-key",
        "The component has no key that can be used: %(key)s",
        "Give it a key of Latin or Cyrillic letters, digits and _, which begins with a letter. No dots and "
        "hyphens, and no name that the page uses itself, such as key or csrf_token.",
    ),
    Rule("form-key-twice", "The key %(key)s is there more than once.", "Give every component a key of its own."),
    Rule(
        "form-expression",
        "In the property %(property)s, %(expression)s cannot be used: %(reason)s",
        "Write it as FEEL, with the functions of the designers' guide; in words between {{ and }}, or whole after =.",
    ),
    Rule(
        "form-no-expression",
        "The property %(property)s is an expression or has braces to be filled in; that is not done here.",
        "Write the words themselves.",
    ),
    Rule(
        "form-circle",
        "%(expression)s needs its own result to be reckoned.",
        "Let one of the expressions go without the others.",
    ),
    Rule(
        "form-condition",
        "The condition %(expression)s cannot be used: %(reason)s",
        "Write it as FEEL that begins with =, with the functions of the designers' guide.",
    ),
    Rule(
        "form-pattern",
        "The pattern %(pattern)s cannot be used.",
        "Use letters, classes, groups and repetitions; no look-around, no reference back, at most 500 signs.",
    ),
    Rule(
        "form-no-choices",
        "There is nothing to choose from.",
        "Give the choices, or the name of the variable that holds them.",
    ),
    Rule(
        "form-choice",
        "The choice %(choice)s cannot be used.",
        "Give every choice a value of its own: a short text, a number, or yes and no.",
    ),
    Rule(
        "form-no-columns",
        "The table has no columns.",
        "Give each column a key, which stands in the lines, and a label; or an expression that comes to such a list.",
    ),
    Rule(
        "form-html",
        "The HTML has something that runs, asks or loads: %(what)s",
        "Take it away: here stand only texts, lists, tables and links. Ask by the components of the form.",
    ),
    Rule(
        "form-html-look",
        "This is left out of the text: %(what)s",
        "Nothing needs to be done: the page has its own look. A picture is a component of its own.",
        "warning",
    ),
    Rule(
        "form-iframe",
        "A page of another address cannot be shown in a form: it could watch and lead astray whoever fills it in.",
        "Give a link in a text view.",
    ),
    Rule(
        "form-reset",
        "A button that empties the form is not shown: what was typed is kept as a draft, and stays.",
        "Take it away.",
        "warning",
    ),
    Rule(
        "form-button",
        "The page has one button: this one is not shown.",
        "Keep one button; what different buttons say may be asked by a choice.",
        "warning",
    ),
    Rule(
        "form-outcome",
        "The outcome of the step cannot be taken from this component.",
        "Give the property outcome to one required choice with fixed values of at most 40 letters.",
    ),
    Rule(
        "form-outcome-not-here",
        "The outcome of the step is not taken from here: what is disabled has no answer, and a line of a list is not "
        "the step.",
        "Give the property outcome to one required choice with fixed values of at most 40 letters.",
        "warning",
    ),
    Rule(
        "form-outcome-may-miss",
        "The outcome of the step is taken from here, and there may be no answer: %(expression)s hides it, disables it, "
        "or lets nobody choose. The step then ends as done.",
        "Let nothing hide or disable it; or draw where the process goes when the step ends as done.",
        "warning",
    ),
    Rule(
        "form-constant",
        "The property %(property)s always comes to the same, and there is nothing in it to show: %(expression)s",
        "Name the variable or the answer that holds it.",
    ),
    Rule(
        "form-button-stays",
        "The button is always there: no condition hides it, and nothing disables it.",
        "Nothing needs to be done: what is missing is asked for when the form is sent.",
        "warning",
    ),
    Rule(
        "form-field-type",
        "A form field of the type %(type)s is not known.",
        "Use string, long, boolean, date or enum; or one of the types of the designers' guide.",
    ),
    Rule(
        "form-constraint",
        "The constraint %(constraint)s is not checked here.",
        "Use required, readonly, minlength, maxlength, min or max, each with a whole number.",
    ),
    Rule(
        "form-picture",
        "The picture cannot be shown: %(source)s",
        "Put it into the form as data (data:image/png;base64,…; PNG, JPEG or WebP, 500 KB at most), or name the "
        "variable that holds it, with =. From another address nothing is fetched: it would learn who works here, when.",
    ),
    Rule(
        "form-accept",
        "No file of these kinds can be held: %(accept)s",
        "Ask for pictures (.jpg, .png, .webp, image/*) or .pdf: other kinds cannot be made harmless.",
    ),
    Rule(
        "form-in-list",
        "A component of the type %(type)s cannot stand in a list.",
        "Put it beside the list.",
    ),
    Rule(
        "form-personal",
        "%(key)s asks for personal data; the answer becomes a variable, and more people look at variables than at "
        "answers.",
        "Ask for it in a form of a plugin, which keeps it apart; or, if it is nobody's, give it another key.",
        "warning",
    ),
    Rule(
        "form-business-key",
        "The business key is taken from a form field; here a case gets its number from the office's register.",
        "Nothing needs to be done: the field is asked like any other.",
        "info",
    ),
)
RULES = {rule.code: rule for rule in _RULES}
#: nobody reads more than that about one form
MOST = 50


@dataclass(frozen=True)
class FormFault:
    """One thing that is wrong with a form: where, what, and what to do."""

    rule: str  #: its code
    component: str = ""  #: key or id of the component; of a generated form, the id of the field
    name: str = ""  #: its label as drawn
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def of(self) -> Rule:
        """The rule, with its words and its severity: with an error, the form cannot be shown."""
        return RULES[self.rule]

    def __str__(self) -> str:
        return " ".join(fill(text, self.details) for text in (self.of.text, self.of.advice))
