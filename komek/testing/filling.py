"""Filling a form in as it stands on the page: what is asked, what may be answered, and an answer to each question."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from lxml.html import FormElement, HtmlElement

from services import clock

#: what people of the tests write, by the question's name: an applicant that cannot exist, and figures that earn a grant
USUAL: Mapping[str, str] = {
    "surname": "Үлгібаев",
    "given_name": "Мысал",
    "patronymic": "Сынақұлы",
    "iin": "850101100012",
    "address": "Үлгі көшесі, 1-үй, 1-пәтер",
    "phone": "8 700 000 00 01",
    "papers": "",
    "members-0-income": "40000",
    "expenses-0-kind": "heating",
    "expenses-0-amount": "30000",
    "postal_number": "RR123456785KZ",
}
#: how a text is begun of which nobody says anything; by the kind of the question
BY_KIND: Mapping[str, str] = {
    "iin": "850101100012",
    "phone": "8 700 000 00 01",
    "money": "1000",
    "integer": "1",
    "number": "1",
    "time": "10:00",
}
TEXT = "Үлгі"
#: what is asked line by line is answered with its list
OUTSIDE_OF_ROWS = ".//div[contains(@class, 'field') and not(ancestor::*[@data-rows])]"


@dataclass(frozen=True)
class Question:
    """One that the page asks: its name, its kind, and the keys that may be chosen, if it is a choice."""

    name: str
    kind: str
    options: tuple[str, ...]
    needed: bool  #: nothing on the page says that it may be left
    wrong: bool  #: it was refused
    box: HtmlElement


#: which of its options somebody wants, None for whichever is usual
Chooses = Callable[[Question], str | None]


def questions(form: FormElement) -> list[Question]:
    """All of a form, also those that other answers hide."""
    return [each for box in form.xpath(OUTSIDE_OF_ROWS) if (each := _read(box)) is not None]


def _read(box: HtmlElement) -> Question | None:
    kind = re.search(r"\bof-(\w+)", box.get("class") or "")
    if kind is None:
        return None
    names = [each.get("name") for each in box.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]")]
    if not names:
        return None
    radios = box.xpath(".//input[@type='radio']/@value")
    options = radios or [each for each in box.xpath("./div//select/option/@value|./select/option/@value") if each]
    left = bool(box.xpath(".//*[contains(@class, 'optional')]"))
    wrong = "wrong" in (box.get("class") or "").split()
    name = names[0] if kind[1] not in ("counts", "rows", "choices") else str(names[0]).split("-")[0]
    return Question(str(name), kind[1], tuple(options), not left, wrong, box)


def filled(form: FormElement, said: Mapping[str, object], chooses: Chooses | None = None) -> dict[str, str]:
    """An answer to all that the form asks and that does not stand in it already; what is `said` goes before."""
    values = {str(name): str(value) for name, value in form.form_values()}
    answers = {name: str(value) for name, value in said.items() if value is not None}
    for question in questions(form):
        if _asked(question, {**values, **answers}):
            answers |= _answer(question, values, answers, chooses)
    return answers


def _asked(question: Question, values: Mapping[str, str]) -> bool:
    """Whether it is asked with what is answered so far."""
    if question.box.get("hidden") is not None:
        return False
    on = question.box.get("data-when")
    return on is None or values.get(on, "") in (question.box.get("data-values") or "").split()


def _answer(
    question: Question, values: Mapping[str, str], answers: Mapping[str, str], chooses: Chooses | None
) -> dict[str, str]:
    name, stands = question.name, values.get(question.name, "")
    if name in answers:
        return {}
    if question.kind == "choice":
        wanted = chooses(question) if chooses else None
        usual = USUAL.get(name) if USUAL.get(name) in question.options else None
        chosen = wanted or (None if stands and not question.wrong else usual or _first(question, stands))
        return {name: chosen} if chosen else {}
    if question.kind in ("counts", "rows", "choices"):
        return {key: each for key, each in _of_many(question, values) if key not in answers}
    if question.kind in ("yes", "files") or (stands and not question.wrong):
        must = question.kind == "yes" and (question.wrong or question.box.get("data-required"))
        return {name: "yes"} if must else {}
    return {name: _text(question)} if question.needed or question.wrong else {}


def _first(question: Question, stands: str) -> str | None:
    """The first that may be chosen; of one that was refused the next."""
    if not question.needed and not question.wrong:
        return None
    others = [each for each in question.options if not question.wrong or each != stands]
    return others[0] if others else None


def _of_many(question: Question, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Of counts what the button beside them puts in, else one of each; of rows the first line."""
    if question.kind == "counts":
        offered = question.box.xpath(".//button[@name='_put']/@value")
        names = question.box.xpath(".//input/@name")
        yield from parse_qsl(offered[0]) if offered else ((each, "1") for each in names)
        return
    if question.kind == "choices":
        if question.needed:
            yield question.box.xpath(".//input/@name")[0], "yes"
        return
    for cell in question.box.xpath(".//input[@name and @type!='hidden']|.//input[@name and not(@type)]|.//select"):
        name = str(cell.get("name"))
        if name in USUAL and not values.get(name):
            yield name, USUAL[name]
        elif question.wrong and not values.get(name):
            options = [each for each in cell.xpath("./option/@value") if each]
            yield name, options[0] if options else "1"


def _text(question: Question) -> str:
    offered = [pair for each in question.box.xpath(".//button[@name='_put']/@value") for pair in parse_qsl(each)]
    if found := dict(offered).get(question.name):
        return str(found)
    if question.kind == "date":
        return f"{clock.now():%d.%m.%Y}"
    if question.kind == "moment":
        return f"{clock.now():%d.%m.%YT%H:%M}"
    return USUAL.get(question.name) or BY_KIND.get(question.kind, TEXT)


def refused(form: FormElement) -> Sequence[str]:
    """What the page says is wrong with each answer, as "name: words"."""
    found = []
    for box in form.xpath(".//*[contains(concat(' ', @class, ' '), ' wrong ')]"):
        names = box.xpath(".//@name")
        said = " ".join(
            " ".join(each.text_content().split()) for each in box.xpath(".//*[@role='alert']|.//*[@class='error']")
        )
        found.append(f"{names[0] if names else '?'}: {said or box.text_content().strip()[:80]}")
    return found
