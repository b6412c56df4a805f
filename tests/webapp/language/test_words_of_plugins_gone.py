"""What plugins call things is kept when they are deployed: a case reads the same after one of them is gone."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from lxml import html

from komek.testing.surfer import Surfer
from services import processes, registry
from services.cases.pages.entered import Fact
from services.config import ROOT
from services.plugin import Field
from services.registry import Registry
from tests.people.office import APPLICATION, Office
from webapp.language import words
from webapp.language.i18n import LANGUAGES, reading_in


@pytest.fixture
def deployed(house: Flask) -> Iterator[Registry]:
    """The switched-on plugins, with their words kept as `komek deploy` keeps them."""
    plugins = registry.shipped()
    processes.keep_words(plugins, words.said_in)
    yield plugins
    registry.use(plugins)
    processes.forget_words()


def read(app: Flask, kind: str, key: str, language: str) -> str:
    with app.test_request_context("/"), reading_in(language):
        return words.word(kind, key)


def named(plugin: str, kind: str, key: str) -> str:
    """As a case has it: an event with the operation that recorded it."""
    return f"{plugin}.operation.{key.removeprefix(f'{plugin}.')}" if kind == "event" else key


def test_each_plugin_is_switched_off_in_turn_and_its_outcomes_papers_events_and_operations_read_the_same(
    deployed: Registry, house: Flask
) -> None:
    checked = 0
    for plugin in deployed.plugins:
        if plugin.region:
            continue
        asked = [(kind, named(plugin.name, kind, key)) for kind, key, _ in processes.words_of(plugin)]
        before = {(*each, to): read(house, *each, to) for each in asked for to in ("kk", "ru", "en")}
        registry.use(Registry([each for each in deployed.plugins if each is not plugin], ROOT))
        after = {(*each, to): read(house, *each, to) for each in asked for to in ("kk", "ru", "en")}
        registry.use(deployed)
        assert after == before, plugin.name
        checked += sum(said != key for (_, key, _), said in before.items())
    assert checked > 100


def test_questions_of_a_plugin_that_is_gone_are_said_in_its_words_on_its_old_cases_and_in_a_persons_file(
    deployed: Registry, house: Flask, done_anew: None
) -> None:
    office = Office(house)
    case_id = office.run(3)
    executor, admin = office.person("executor"), Surfer(house).sign_in("admin")

    def read_now() -> list[dict[str, str]]:
        admin.get("/admin/person-file")
        file = admin.submit("/admin/person-file", {"iin": APPLICATION["iin"], "request_number": "12"})
        return [asked(executor.get(f"/cases/{case_id}").text), asked(file.text)]

    before = read_now()
    registry.use(Registry([each for each in deployed.plugins if each.name != "assessment"], ROOT))
    after = read_now()
    for was, now in zip(before, after, strict=True):
        assert set(was) <= set(now) and was, set(was) - set(now)
        assert not [each for each in now if re.fullmatch("[a-z_]+", each)], now


@pytest.mark.parametrize(
    ("plugin", "key", "answer", "said"),
    [
        ("assessment", "assessment.determine.explanation_kk", "",
         "The same reasons in Kazakh: the applicant asked for it"),
        ("notice_delivery", "notice_delivery.deliver.of_file", "", "Of the papers handed in, these originals go back"),
        ("notice_signing", "notice_signing.sign.verdict", "return", "Verdict"),
    ],
)  # fmt: skip
def test_a_question_that_a_form_asks_only_further_on_is_said_in_its_words_when_its_plugin_is_gone(
    deployed: Registry, house: Flask, plugin: str, key: str, answer: str, said: str
) -> None:
    registry.use(Registry([each for each in deployed.plugins if each.name != plugin], ROOT))
    form, _, name = key.rpartition(".")
    for language in ("kk", "ru", "en"):
        with house.test_request_context("/"), reading_in(language):
            fact = Fact(Field(name, "text", name), answer or "x", {}, form)
            assert words.asked_as(fact) not in (name, "") and (language != "en" or words.asked_as(fact) == said)
            assert not answer or words.answered_as(fact) != answer


def asked(page: str) -> dict[str, str]:
    """Question -> answer, of everything that a page shows as entered."""
    lines = html.fromstring(page).xpath("//dl[contains(@class, 'said-facts')]/div")
    return {" ".join(each.findtext("dt").split()): " ".join(each.find("dd").text_content().split()) for each in lines}


def test_what_nobody_ever_named_stays_its_key_and_deploying_again_changes_nothing(
    deployed: Registry, house: Flask
) -> None:
    processes.keep_words(deployed, words.said_in)
    assert read(house, "outcome", "nobody.ever", "kk") == "nobody.ever"
    assert read(house, "event", "strange", "ru") == "strange"


def test_what_many_questions_are_called_is_looked_up_once_in_each_language(deployed: Registry) -> None:
    """Fault: a deployment asked the database two thousand times for some three hundred words."""
    asked = Counter[tuple[str, str]]()

    def said(msgid: str, language: str) -> str:
        asked[msgid, language] += 1
        return f"{msgid} ({language})"

    processes.keep_words(deployed, said)
    assert set(asked.values()) == {1} and {language for _, language in asked} == set(LANGUAGES)
    title = deployed.outcomes["approved"].title
    for language in LANGUAGES:
        assert processes.kept_word("outcome", "approved", language) == f"{title} ({language})"
