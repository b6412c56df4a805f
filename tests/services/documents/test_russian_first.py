"""Printed forms of a region that speaks Russian first: Russian stands first, Kazakh below where it was asked for."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from services import loading
from services.config import PLUGINS, ROOT
from services.documents import print_form
from services.plugin import Plugin
from services.registry import Registry
from tests import the_region
from tests.services.documents.paper_samples import AT, BARE, NOTICE, REFUSAL, SAMPLES

KAZAKH = re.compile(r"\w*[әғқңөұүһі]\w*", re.IGNORECASE)

#: lists that go from office to office: titles and headings of their tables in both languages
IN_BOTH = {"registry", "register_book", "discrepancy_act", "print_list"}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Almaty oblast's tables, Russian first, with the common forms."""
    loaded = loading.load(PLUGINS, ROOT)
    folder = tmp_path_factory.mktemp("russian") / "r"
    folder.mkdir()
    for file in the_region.FOLDER.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    said = (the_region.FOLDER / "region.toml").read_text(encoding="utf-8")
    said = said.replace('first_language = "kk"', 'first_language = "ru"\nname_ru = "Алматинская область"')
    (folder / "region.toml").write_text(said, encoding="utf-8")
    common = [each for each in loaded.plugins if not each.region]
    yield Registry([Plugin(folder, "Russian first.", region="russian"), *common], ROOT)


def typed_in_latin(value: Any, names: frozenset[str]) -> Any:
    """A sample whose typed words are no language, so that what is left is the form's own; names of tables stay."""
    if isinstance(value, str):
        return value if value in names or not KAZAKH.search(value) else "typed"
    if isinstance(value, dict):
        return {key: typed_in_latin(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [typed_in_latin(each, names) for each in value]
    return value


def words(item: str, content: dict[str, Any], rules: Registry) -> str:
    pdf = PdfReader(BytesIO(print_form(item, content, rules, at=AT, mark="")))
    assert pdf.trailer["/Root"]["/Lang"] == "ru", item
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


@pytest.mark.parametrize("name", SAMPLES)
def test_no_kazakh_word_stands_on_a_form_but_beside_its_translation(name: str, rules: Registry) -> None:
    item, sample = SAMPLES[name]
    names = frozenset(row["name_kk"] for row in rules.table("offices"))
    text = words(item, {**typed_in_latin(dict(sample), names), "second_language": "ru"}, rules)
    # a label in both languages has Kazakh behind a stroke, a title smaller behind it
    alone = re.sub(r" / [^А-ЯA-Z]*", " ", text)
    left = KAZAKH.findall(alone)
    assert name in BARE or "Распечатано" in text, text
    assert left == [] or name in IN_BOTH, (name, left, text)


def test_kazakh_stands_below_and_says_the_same_where_the_applicant_asked_for_it(rules: Registry) -> None:
    content = {**NOTICE, "second_language": "kk"}
    text = words("doc.notice_signed", content, rules)
    assert text.index("помощь назначена") < text.index("көмек тағайындалды") and "Размер помощи в месяц" in text
    refused = {**REFUSAL, "second_language": "kk", "explanation": "Справка не соответствует.",
               "explanation_kk": "Анықтама сәйкес емес."}  # fmt: skip
    text = words("doc.refusal_signed", refused, rules)
    assert text.index("Справка не соответствует.") < text.index("Анықтама сәйкес емес.")
    assert text.index("Мотивированный ответ") < text.index("уәжделген жауап")


def test_an_office_is_called_as_the_table_has_it_in_that_language(rules: Registry) -> None:
    row = next(each for each in rules.table("offices") if each["kind"] == "body")
    text = words("doc.notice_signed", {**NOTICE, "office_name": row["name_kk"], "second_language": "ru"}, rules)
    assert row["name_ru"] in text and row["name_kk"] not in text


@pytest.mark.parametrize(
    ("name", "key", "sentence"),
    [
        ("complaint_slip", "complaint_on", "шағым 2013 жылғы 4 наурызда қабылданды"),
        ("duplicate", "received_on", "2013 жылғы 4 наурызда қабылданған өтінішіңіз"),
    ],
)
def test_a_kazakh_sentence_beside_the_russian_one_names_its_day_as_kazakh_does(
    name: str, key: str, sentence: str, rules: Registry
) -> None:
    item, sample = SAMPLES[name]
    assert sentence in words(item, {**sample, key: "2013-03-04", "second_language": "kk"}, rules)
