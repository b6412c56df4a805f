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


#: a number at the end, or an hour with its minutes
_NUMBER = re.compile(r"([0-9]+)(?::([0-9]{2}))?$")


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
    """A name of one person as «орнына» needs it: «Сынақов Дерек Мысалұлының». Its last word takes the ending."""
    return with_ending(name, "ның")


def with_ending(text: str, ending: str) -> str:
    """A name, month, day, hour or number with one of `ENDINGS`: «наурыздан», «15:30-ға», «06:14-тен», «2013-ке».

    What ends in digits takes the ending of its last spoken word, behind a hyphen: of the minutes, or of the full hour.
    The first letter follows the last one before it, the vowel the last vowel that tells. A text that ends
    neither in digits nor in a Kazakh letter stays as it is.
    """
    number = _NUMBER.search(text)
    word = _spoken(int(((number[2] or "").strip("0") and number[2]) or number[1])) if number else text
    last = unicodedata.normalize("NFC", word).casefold().rstrip(" .)ьъ")[-1:]
    if not last or last not in ALPHABET:
        return text
    after_vowel, after_nasal, after_voiced, after_voiceless, vowel, end = ENDINGS[ending]
    first = (
        after_vowel if last in _VOWELS else after_nasal if last in "мнң"
        else after_voiced if last in "йлрзжиую" else after_voiceless
    )  # fmt: skip
    back = f"{first}{vowel}{end}"
    return f"{text}{'-' if number else ''}{back if _is_back(word) else back.translate(_FRONT)}"


#: an ending as it is after a vowel and «а» -> its first letter after vowels, м н ң, й л р з ж and the glides и у ю, and
#: what is voiceless (with б в г д, which names borrowed from Russian end in); its vowel; what follows
ENDINGS = {
    "ның": ("н", "н", "д", "т", "ы", "ң"),
    "ға": ("ғ", "ғ", "ғ", "қ", "а", ""),
    "дан": ("д", "н", "д", "т", "а", "н"),
    "да": ("д", "д", "д", "т", "а", ""),
}
_VOWELS = "аәеёоөұүыіэя"
_FRONT = str.maketrans("аығқ", "еігк")
_ONES = ("нөл", "бір", "екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз")
_TENS = ("", "он", "жиырма", "отыз", "қырық", "елу", "алпыс", "жетпіс", "сексен", "тоқсан")


def _spoken(number: int) -> str:
    """The last word of a number said aloud: 15 -> «бес», 30 -> «отыз», 2000 -> «мың»."""
    if number % 10 or not number:
        return _ONES[number % 10]
    if number % 100:
        return _TENS[number // 10 % 10]
    return "жүз" if number % 1000 else "мың" if number % 1_000_000 else "миллион"


def _is_back(name: str) -> bool:
    """Whether it takes ы: by the last vowel; и in a closed syllable is a front one, bare и and у say nothing.

    A soft sign at the end makes it soft: «Игорьдің», «Гогольге»; a word whose only vowel is и is soft, too: «Лидің».
    """
    word = unicodedata.normalize("NFC", name).casefold().split()[-1].rstrip(".)")
    if word.endswith("ь"):
        return False
    for at in range(len(word) - 1, -1, -1):
        if word[at] in "аоұыяё":
            return True
        if word[at] in "әеөүіэ" or (word[at] == "и" and at < len(word) - 1):
            return False
    return "и" not in word


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
