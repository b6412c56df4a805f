"""Sort keys and search keys."""

import csv
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kazakh import ALPHABET, HOMOGLYPHS, plain_key, search_key, sort_key
from tests import the_region

letters = st.sampled_from(ALPHABET)
words = st.text(letters, min_size=1, max_size=8)
typed = st.text(st.sampled_from(ALPHABET + ALPHABET.upper() + " -'.,«»0123456789iIoOaA"), max_size=20)


def test_the_alphabet_is_the_one_of_the_digest():
    printed = "А Ә Б В Г Ғ Д Е Ё Ж З И Й К Қ Л М Н Ң О Ө П Р С Т У Ұ Ү Ф Х Һ Ц Ч Ш Щ Ъ Ы І Ь Э Ю Я"
    assert printed.replace(" ", "") == ALPHABET.upper()


def test_letters_sort_as_the_alphabet_says():
    assert sorted(sorted(ALPHABET.upper()), key=sort_key) == list(ALPHABET.upper())
    assert all(sort_key(one) < sort_key(other) for one, other in pairwise(ALPHABET))


@given(words, words)
def test_words_sort_letter_by_letter(one: str, other: str):
    ranks = [[ALPHABET.index(letter) for letter in word] for word in (one, other)]
    assert (sort_key(one) < sort_key(other)) == (ranks[0] < ranks[1])


@given(words)
def test_capitals_sort_like_small_letters(word: str):
    assert sort_key(word.upper()) == sort_key(word) == sort_key(f"«{word}»,")


def test_blanks_sort_before_digits_before_kazakh_before_latin():
    assert sorted(["Zhambyl", "Абай 2", "Абай би", "2 Абай", "Абайбек", "Абай"], key=sort_key) == [
        "2 Абай", "Абай", "Абай 2", "Абай би", "Абайбек", "Zhambyl",
    ]  # fmt: skip


def test_a_latin_look_alike_sorts_as_the_letter_it_was_typed_for():
    assert sort_key("Iле ауданы") == sort_key("Іле ауданы")
    assert sort_key("Илек") < sort_key("Iле")


@given(typed, st.integers(0, 20))
def test_the_key_of_a_beginning_is_the_beginning_of_the_key(text: str, length: int):
    if any(letter.isalpha() for letter in text[:length]):
        assert search_key(text).startswith(search_key(text[:length]))


@given(typed)
def test_search_ignores_capitals_punctuation_and_doubled_blanks(text: str):
    assert search_key(text) == search_key(text.upper()) == search_key(f"  «{text}»  .") == search_key(search_key(text))
    assert plain_key(text) == plain_key(search_key(text))


@pytest.mark.parametrize("latin", HOMOGLYPHS)
def test_a_look_alike_is_found_by_the_kazakh_letter(latin: str):
    assert search_key(f"қ{latin}з") == search_key(f"Қ{HOMOGLYPHS[latin]}З")


def test_every_name_of_the_act_is_found_however_it_was_printed():
    for row in csv.DictReader((the_region.FOLDER / "offices.csv").open(encoding="utf-8")):
        if row["kind"] == "body":
            assert search_key(row["_name_raw"]) == search_key(row["name_kk"])


def test_search_tells_kazakh_letters_apart_and_the_plain_key_does_not():
    assert search_key("Әсел") != search_key("Асел")
    assert plain_key("Әсел Үлгіқызы") == plain_key("асел улгикызы")
    assert search_key("Семёнов") != search_key("Семенов") and plain_key("Семёнов") == plain_key("Семенов")


def test_a_letter_made_of_two_signs_is_one_letter():
    assert search_key("Байи\u0306") == "байй"
    assert sort_key("и\u0306") == sort_key("й")
    assert search_key("Аба\u0301й") == "абай"


def test_phones_and_iins_are_their_digits():
    assert search_key("8 (727) 388-11-30") == "87273881130"
    assert search_key("850101 100012") == "850101100012"
    assert search_key("Абай 12-үй") == "абай 12 үй"


@given(st.text(max_size=40))
def test_no_text_breaks_the_keys(text: str):
    sort_key(text), search_key(text), plain_key(text)
