"""Whatever goes wrong is said in words, in the reader's language, with the way back: every error, every status."""

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from babel.messages.pofile import read_po
from flask import Flask, g
from flask_babel import gettext
from lxml import html
from werkzeug.exceptions import HTTPException, default_exceptions

import plugins
import services
import webapp
from services.config import ROOT
from services.errors import InvalidAnswers, KomekError
from services.kinds import TOO_LARGE, TOO_LONG, TOO_SMALL
from services.plugin import Field
from webapp import errors
from webapp.language import i18n, words

NAMED = re.compile(r"%\((\w+)\)s")
#: what the web server's library says by itself
FOREIGN = re.compile("|".join([*(each().name for each in default_exceptions.values()), "Internal Server"]))  # type: ignore[call-arg]


def every_class() -> dict[str, list[type[KomekError]]]:
    """Name -> the classes of errors that bear it, in the whole tree."""
    for package in (services, webapp, plugins):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in module.name for part in (".versions", "__main__", ".env")):
                importlib.import_module(module.name)
    found: dict[str, list[type[KomekError]]] = {}
    waiting = [KomekError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if not kind.__module__.startswith("tests"):
            found.setdefault(kind.__name__, []).append(kind)
    return found


EVERY = every_class()


def of_a_page(kind: type[KomekError]) -> KomekError:
    """Such an error, as if it had been raised; what it names is a word."""
    error = kind.__new__(kind)
    said = " ".join((kind.__doc__ or "").split())
    KomekError.__init__(error, None, **dict.fromkeys(NAMED.findall(said), "Ұлтай"))
    if isinstance(error, InvalidAnswers):
        error.errors = {}
    return error


def raised() -> Iterator[tuple[str, ast.expr, type[KomekError]]]:
    """Where, how, and which: every error that the code makes or raises."""
    for folder in ("services", "webapp", "plugins"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            module = sys.modules.get(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
            for node in ast.walk(ast.parse(file.read_text())) if module else ():
                made = node if isinstance(node, ast.Call) else node.exc if isinstance(node, ast.Raise) else None
                kind = named(module, made.func if isinstance(made, ast.Call) else made)
                if issubclass(type(kind), type) and issubclass(kind, KomekError):
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", made, kind


def named(module: object, name: ast.expr | None) -> object:
    """What that name means there."""
    if isinstance(name, ast.Attribute):
        base = named(module, name.value)
        return getattr(base, name.attr, None) if type(base) is ModuleType else None
    return getattr(module, name.id, None) if isinstance(name, ast.Name) else None


def test_every_error_is_raised_with_all_that_its_sentence_names() -> None:
    wrong = []
    for where, made, kind in raised():
        keywords, args = (made.keywords, made.args) if isinstance(made, ast.Call) else ([], [])
        if "__init__" in vars(kind) or any(each.arg is None for each in keywords):
            continue
        if args and not isinstance(args[0], ast.Constant):
            continue
        words = str(args[0].value) if args else of_a_page(kind).message
        if missing := set(NAMED.findall(words)) - {each.arg for each in keywords}:
            wrong.append(f"{where} {kind.__name__}: {missing}")
    assert not wrong


def test_nothing_stands_for_a_missing_word() -> None:
    made = [(where, each.keywords) for where, each, _ in raised() if isinstance(each, ast.Call)]
    assert not [where for where, keywords in made if any(is_dash(each.value) for each in keywords)]


def is_dash(value: ast.expr) -> bool:
    return any(isinstance(node, ast.Constant) and node.value in ("-", "—") for node in ast.walk(value))


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_error_has_its_sentence_in_the_language(language: str) -> None:
    said = {}
    for file in ROOT.glob(f"**/translations/{language}/LC_MESSAGES/*.po"):
        if "node_modules" not in file.parts:
            said |= {str(each.id): str(each.string) for each in read_po(file.open("rb"))}
    wrong = []
    for kinds in EVERY.values():
        for kind in kinds:
            sentence = of_a_page(kind).message
            told = said.get(sentence, "")
            if not told or told == sentence or sorted(NAMED.findall(told)) != sorted(NAMED.findall(sentence)):
                wrong.append(f"{kind.__name__}: {sentence}")
            if kind.__name__ in told or re.search(r"(^|\s)-([\s,.]|$)", told):
                wrong.append(f"{kind.__name__}: {told}")
    assert not wrong


def pages(
    app: Flask, language: str, made: list[KomekError | HTTPException]
) -> Iterator[tuple[str, int, html.HtmlElement]]:
    """Name, status and page of every error, as somebody reads it who is signed in nowhere."""
    for error in made:
        with app.test_request_context("/cases/7", headers={"Accept-Language": language}):
            g.person, g.nonce, g.ends_soon = None, "", ""
            answer = errors.show(error) if isinstance(error, KomekError) else app.handle_http_exception(error)
            answer = app.process_response(app.make_response(answer))
            yield type(error).__name__, answer.status_code, html.fromstring(answer.get_data())


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_error_and_every_status_is_a_page_of_ours_in_the_readers_language(house: Flask, language: str) -> None:
    kinds = [of_a_page(kind) for each in EVERY.values() for kind in each]
    statuses = [each() for code, each in default_exceptions.items()]  # type: ignore[call-arg]
    for name, status, page in pages(house, language, [*kinds, *statuses]):
        main = page.xpath("//main")[0]
        words = " ".join(main.text_content().split())
        assert page.get("lang") == language, name
        assert status >= 400 and page.xpath("string(//main//h1)").strip(), name
        assert page.xpath("//main//a[@href='/']"), f"{name}: no way back"
        assert name not in words.split() and not re.search(r"%\(|(^|\s)-([\s,.]|$)|None|<", words), words
        if language != "en":
            assert not FOREIGN.search(words), words


def test_what_is_beyond_a_bound_is_told_with_the_bound_in_each_language(app: Flask) -> None:
    name, sum_, iin = (
        Field("name", "text", "Аты", maximum=200), Field("sum", "money", "Сома", minimum=0, maximum=99_000_000),
        Field("iin", "iin", "ЖСН"),
    )  # fmt: skip
    said = {
        "kk": ("«Аты»: ең көбі 200 таңба.", "«Сома»: ең көбі 99\u00a0000\u00a0000.", "«Сома»: кемінде 0."),
        "ru": ("«Аты»: не больше 200 знаков.", "«Сома»: не больше 99\u00a0000\u00a0000.", "«Сома»: не меньше 0."),
        "en": (
            "«Аты»: at most 200 characters.", "«Сома»: no more than 99\u00a0000\u00a0000.", "«Сома»: no less than 0.",
        ),
    }  # fmt: skip
    for language, (long, large, small) in said.items():
        with app.test_request_context(), i18n.reading_in(language):
            assert words.fault(TOO_LONG, "Аты", name) == long
            assert words.fault(TOO_LARGE, "Сома", sum_) == large
            assert words.fault(TOO_SMALL, "Сома", sum_) == small
            assert "20" in words.fault(TOO_LONG, "ЖСН", iin)
            assert words.fault(TOO_LARGE, "Саны", Field("n", "number", "Саны")) == gettext(TOO_LARGE)
