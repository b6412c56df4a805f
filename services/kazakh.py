"""Keys for sorting and searching Kazakh text, kept in `COLLATE "C"` columns: the same answer on every server."""

import re
import unicodedata

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"

#: Latin letters that pass for Kazakh ones in print and were typed for them (I-28 of the act: "Iле", "бөлiмi")
HOMOGLYPHS = dict(zip("abcehikmoptxyəɵ", "авсеһікмортхуәө", strict=True))

#: what people type who have no Kazakh layout
PLAIN = dict(zip("әғқңөұүһіё", "агкноуухие", strict=True))

#: dropped without a trace: they stand inside words
QUOTES = "'`\"«»“”„‘’ʼ"

#: digits keep their place before the letters; the letters become A, B, C … in the order of the alphabet
_RANKS = {digit: digit for digit in "0123456789"} | {letter: chr(ord("A") + at) for at, letter in enumerate(ALPHABET)}
_FOLD = str.maketrans(HOMOGLYPHS)
_PLAIN = str.maketrans(PLAIN)
_UNQUOTED = str.maketrans(dict.fromkeys(QUOTES))
_KAZAKH = re.compile(f"[{ALPHABET}]")
_TIME, _NUMBER = re.compile(r"([0-9]{1,2}):([0-9]{2})$"), re.compile("[0-9]+$")


def sort_key(text: str) -> str:
    """A key whose plain code-point order is the order of the Kazakh alphabet; capitals and punctuation do not count.

    Blanks come first, then digits, then Kazakh letters, then every other script.
    """
    return " ".join(_sort_word(word) for word in _words(text))


def search_key(text: str) -> str:
    """What a text is found by: small letters, look-alikes and punctuation folded away, single blanks.

    The key of a beginning is the beginning of the key, so `LIKE key || '%'` finds what somebody began to type. A text
    without letters (a phone, an IIN) becomes its digits alone.
    """
    words = [word.translate(_FOLD) for word in _words(text)]
    return " ".join(words) if any(map(_has_letter, words)) else "".join(words)


def plain_key(text: str) -> str:
    """A second, coarser search key, for those who type without a Kazakh layout: «Әсел» and «Асел» are one."""
    return search_key(text).translate(_PLAIN)


def genitive(name: str) -> str:
    """A name of one person as «орнына» needs it: «Сынақов Дерек Мысалұлының». Its last word takes the ending.

    After vowels, м, н and ң: -ның; after й, л, р, з, ж and the glides и, у, ю: -дың; after what is voiceless, and б,
    в, г, д, which names borrowed from Russian end in: -тың. The vowel follows the word's last one that tells.
    """
    last = unicodedata.normalize("NFC", name).casefold().rstrip(" .)")[-1:]
    if not last or last not in ALPHABET:
        return name
    letter = "н" if last in "аәеёоөұүыіэямнң" else "д" if last in "йлрзжиую" else "т"
    return f"{name}{letter}{'ы' if _is_back(name) else 'і'}ң"


def _is_back(name: str) -> bool:
    """Whether it takes ы: by the last vowel; и in a closed syllable is a front one, bare и and у say nothing."""
    word = unicodedata.normalize("NFC", name).casefold().split()[-1]
    for at in range(len(word) - 1, -1, -1):
        if word[at] in "аоұыяё":
            return True
        if word[at] in "әеөүіэ" or (word[at] == "и" and at < len(word) - 1):
            return False
    return True


def dative(said: str) -> str:
    """«15:30-ға», «18:00-ге», «2026-ға», «наурызға»: a time, a number or a word before «дейін»."""
    return _ending(said, {"voiced": "ғ", "voiceless": "қ", "nasal": "ғ"}, {"ғ": "г", "қ": "к"}, "а", "е")


def ablative(said: str) -> str:
    """«06:14-тен», «09:30-дан», «10:00-нан», «наурыздан»: a time, a number or a word before «бастап»."""
    return _ending(said, {"voiced": "д", "voiceless": "т", "nasal": "н"}, {}, "ан", "ен")


def _ending(said: str, letters: dict[str, str], soft: dict[str, str], back: str, front: str) -> str:
    """By the last word as it is spoken: vowels and voiced letters, voiceless ones, and м, н, ң."""
    time, number = _TIME.search(said), _NUMBER.search(said)
    count = int(time[2]) or int(time[1]) if time else int(number[0]) if number else None
    spoken = _spoken(count) if count is not None else said
    last = unicodedata.normalize("NFC", spoken).casefold().rstrip(" .)»")[-1:]
    if not last or last not in ALPHABET:
        return said
    letter = letters["nasal" if last in "мнң" else "voiceless" if last in "бвгқкпстфхһцчшщ" else "voiced"]
    ending = letter + back if _is_back(spoken) else soft.get(letter, letter) + front
    return f"{said}{ending}" if count is None else f"{said}-{ending}"


def _spoken(count: int) -> str:
    """The last word of a number: 2026 ends in «алты», 30 in «отыз», 1000 in «мың»."""
    ones = ("нөл", "бір", "екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз")
    tens = ("", "он", "жиырма", "отыз", "қырық", "елу", "алпыс", "жетпіс", "сексен", "тоқсан")
    if count % 10 or not count:
        return ones[count % 10]
    return tens[count // 10 % 10] if count % 100 else "жүз" if count % 1000 else "мың"


def _words(text: str) -> list[str]:
    """The words in small letters; whatever is neither letter nor digit parts them, quotes and accents vanish."""
    small = unicodedata.normalize("NFC", text).casefold().translate(_UNQUOTED)
    return "".join(
        letter if letter.isalnum() else "" if unicodedata.combining(letter) else " " for letter in small
    ).split()


def _sort_word(word: str) -> str:
    """Look-alikes count as Kazakh only beside Kazakh letters; other scripts sort behind, by `~`."""
    if _KAZAKH.search(word):
        word = word.translate(_FOLD)
    return "".join(_RANKS.get(letter, f"~{letter}") for letter in word)


def _has_letter(word: str) -> bool:
    return any(letter.isalpha() for letter in word)
