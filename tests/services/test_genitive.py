"""«… орнына» takes the genitive: the rule against what others wrote down.

The pairs are the singular genitives of UniMorph's Kazakh nouns (github.com/unimorph/kaz, `kaz.noun.tsv`, from the
Polish Wiktionary), without five of its lines: «желнің», «тілнің», «динозаврның» and «кальмарның» contradict the
rule that л and р take д, and «секундтың» the vowel of its last syllable.
"""

import pytest

from services.kazakh import genitive

UNIMORPH = {
    "автобус": "автобустың", "адам": "адамның", "аспан": "аспанның", "аспап": "аспаптың", "ат": "аттың",
    "бала": "баланың", "жолбарыс": "жолбарыстың", "минөт": "минөттің", "сағат": "сағаттың", "сәбіз": "сәбіздің",
    "тұлық": "тұлықтың", "тұрғын": "тұрғынның", "уйғур": "уйғурдың", "университет": "университеттің",
    "қабір": "қабірдің", "қазақ": "қазақтың", "қыпшақ": "қыпшақтың", "қырғыз": "қырғыздың", "Үркер": "Үркердің",
    "ұшақ": "ұшақтың", "өлім": "өлімнің",
}  # fmt: skip
NAMES = {
    "Сынақов Дерекбай Үлгіұлы": "Сынақов Дерекбай Үлгіұлының",
    "Мысалова Үлгі Дерекқызы": "Мысалова Үлгі Дерекқызының",
    "Сынақов": "Сынақовтың", "Абай": "Абайдың", "Әли": "Әлидің", "Нұрғали": "Нұрғалидың", "Серік": "Серіктің",
    "Тоқтар": "Тоқтардың", "Айгүл": "Айгүлдің", "Азиз": "Азиздің", "Сынақович": "Сынақовичтің",
    "Игорь": "Игорьдің", "Эмиль": "Эмильдің", "Ли": "Лидің", "Цой": "Цойдың",
}  # fmt: skip


@pytest.mark.parametrize(("word", "wanted"), [*UNIMORPH.items(), *NAMES.items()])
def test_a_name_takes_the_ending_that_its_last_word_asks_for(word: str, wanted: str) -> None:
    assert genitive(word) == wanted


@pytest.mark.parametrize("name", ["", "Smith", "?"])
def test_what_is_not_written_in_kazakh_letters_is_left_as_it_is(name: str) -> None:
    assert genitive(name) == name
