"""The printed forms: the act's own words, readable by eye, by machine and by screen reader, and never run as code."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp
from PIL import ImageFilter
from pypdf import PageObject, PdfReader

from services import loading, registry
from services.config import PLUGINS, ROOT
from services.documents import badge_payload, barcode_payload, read_badge, read_payload
from services.documents.days_in_words import day_words, local_day
from services.documents.printing import Mark, form_folder, print_form
from tests.services.documents.paper_samples import AT, BARE, DRAFT, NAME, NOTICE, NUMBER, REFUSAL, SAMPLES, TALON

WITH_CODE = [name for name in SAMPLES if name not in ("envelope", "badge", "register_book", "print_list")]


@cache
def rules() -> registry.Registry:
    return loading.load(PLUGINS, ROOT)


def printed(item: str, content: Mapping[str, object], mark: Mark = "") -> PdfReader:
    return PdfReader(BytesIO(print_form(item, content, rules(), at=AT, mark=mark)))


def words(item: str, content: Mapping[str, object], mark: Mark = "") -> str:
    text = " ".join(page.extract_text() for page in printed(item, content, mark).pages)
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_form_is_tagged_titled_and_in_kazakh(name: str):
    pdf = printed(*SAMPLES[name])
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "kk"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None and str(SAMPLES[name][1].get("number", "")) in (pdf.metadata.title or "-")
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_form_fits_on_one_page(name: str):
    assert len(printed(*SAMPLES[name]).pages) == 1


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("return_note", "reason"),
        ("resolution", "text"),
        ("complaint_answer", "reasons"),
        ("calculation", "departure_reason"),
    ],
)
def test_nobody_signs_a_sheet_that_says_nothing(name: str, remark: str) -> None:
    """However long a remark is: on the sheet with the signature stand the last lines of what is signed."""
    item, content = SAMPLES[name]
    sentence = "Отбасы мүшелерінің табысы туралы анықтама қоса берілмеген. "

    def sheets(count: int) -> list[PageObject]:
        return list(printed(item, {**content, remark: sentence * count}).pages)

    fits, over = 1, 64
    while over - fits > 1:
        middle = (fits + over) // 2
        fits, over = (middle, over) if len(sheets(middle)) == 1 else (fits, middle)
    *_, last = sheets(over)
    before, signed, _ = last.extract_text().partition("қолы")
    assert signed and len(before) > 70, before


def test_a_double_surname_is_parted_at_its_hyphen_alone():
    lines = printed(*SAMPLES["correction"]).pages[0].extract_text().replace("\u200b", "").splitlines()
    assert any("Сынақмұхамедов" in line for line in lines), lines


def test_a_letter_that_is_not_sent_yet_does_not_say_that_the_applicant_knows():
    text = words(*SAMPLES["sent_on"])
    assert "хабардар етілді" not in text and "уведомлён" not in text
    assert "Осы хаттың көшірмесі өтініш берушіге арналған." in text


@pytest.mark.parametrize(
    ("by", "kk", "ru"),
    [
        ("", "№ 9, 01.03.2013 бұйрық бойынша", "по приказу № 9"),
        ("above", "жоғары тұрған органның № 9, 01.03.2013 бұйрығы бойынша", "по приказу вышестоящего органа № 9"),
        ("court", "соттың № 9, 01.03.2013 шешімі бойынша", "по решению суда № 9"),
    ],
)
def test_an_answer_says_by_whose_order_the_case_is_decided_anew(by: str, kk: str, ru: str):
    order = {"order": "№ 9, 01.03.2013", "order_by": by}
    text = words("doc.complaint_answer", SAMPLES["complaint_answer"][1] | order)
    assert kk in text and ru in text
    again = {"replaces_number": "19-X2012-00001", "replaces_order": order["order"], "replaces_by": by}
    basis = {"": "бұйрық", "above": "жоғары тұрған органның бұйрығы", "court": "сот шешімі"}[by]
    assert f"Негізі: {basis} № 9, 01.03.2013." in words("doc.notice_signed", NOTICE | again)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in BARE])
def test_every_sheet_says_that_the_act_was_repealed_and_when_it_was_printed(name: str):
    text = words(*SAMPLES[name])
    assert "Күші жойылды: Алматы облысы әкімдігінің 2014 жылғы 2 маусымдағы № 196 қаулысымен" in text
    assert "Басып шығарылды: 04.03.2013 10:15" in text and "1 / 1" in text


@pytest.mark.parametrize("name", WITH_CODE)
def test_the_codes_are_read_back_from_the_picture(name: str):
    """The paper's own number, and those of its lines, as an old office scanner sees them: 200 dpi, grey, blurred."""
    item, content = SAMPLES[name]
    pdf = pypdfium2.PdfDocument(print_form(item, content, rules(), at=AT, mark="copy"))
    picture = pdf[0].render(scale=200 / 72).to_pil().convert("L").filter(ImageFilter.GaussianBlur(0.6))
    read = {code.text for code in zxingcpp.read_barcodes(picture)}
    lines = [line for value in content.values() if isinstance(value, list) for line in value if "number" in line]
    # an answer goes by the number it went out under, a complaint by its own
    code = content.get("barcode") or content.get("outgoing_number") or content.get("number")
    own = {str(code)} if code else set()
    wanted = own | {str(line["number"]) for line in lines}
    assert read == {barcode_payload(number) for number in wanted}
    assert {read_payload(text) for text in read} == wanted


def test_a_badge_is_read_back_and_says_whose_it_is():
    pdf = pypdfium2.PdfDocument(print_form(*SAMPLES["badge"], rules(), at=AT, mark=""))
    (code,) = zxingcpp.read_barcodes(pdf[0].render(scale=300 / 72).to_pil())
    assert code.text == badge_payload(12)
    assert read_badge(code.text) == read_badge("И" + code.text[1:]) == 12  # also under a Kazakh layout
    assert read_badge("B-00013-" + code.text[-1]) is None


@pytest.mark.parametrize("name", ["talon", "notice", "receipt", "label"])
def test_a_number_is_there_as_bars_and_as_a_square(name: str):
    pdf = pypdfium2.PdfDocument(print_form(*SAMPLES[name], rules(), at=AT, mark=""))
    found = zxingcpp.read_barcodes(pdf[0].render(scale=200 / 72).to_pil())
    assert len({str(code.format) for code in found}) == 2


def test_the_receipt_is_appendix_5_word_for_word_and_says_what_was_added():
    text = words("doc.receipt", SAMPLES["receipt"][1])
    for asked in (
        "Қабылдаған құжаттың нөмірі мен мерзімі",
        "Көрсетілетін мемлекеттік қызметтің түрі",
        "Құжаттағы қосымшалардың атауы және саны",
        "Құжатты қайтарып беретін орны және уақыты",
        "Құжатты рәсімдеуге өтініш қабылдаған ХҚКО-ның инспекторының аты-жөні",
    ):
        assert asked in text
    assert "Жүйе қосқан мәлімет (5-қосымшада жоқ)" in text and NAME in text
    assert "2013 жылғы 16 қазанға дейін (актіде жоқ)" in text


def test_a_long_registry_repeats_its_heading_and_numbers_its_pages():
    content = dict(SAMPLES["registry"][1])
    content["lines"] = [
        {"number": f"P7-2013-{at:05d}", "kind": "folder", "applicant_surname": "Үлгіұлы М. С.", "originals": []}
        for at in range(1, 121)
    ]
    pages = [" ".join(page.extract_text().split()) for page in printed("doc.registry", content).pages]
    assert len(pages) > 3
    assert all("Мазмұны" in text for text in pages[:-1])
    assert f"{len(pages)} / {len(pages)}" in pages[-1] and "P7-2013-00120" in " ".join(pages)


def test_the_talon_is_appendix_4_word_for_word():
    text = words("doc.talon", TALON)
    assert "стандартына 4-қосымша" in text and "Тұтынушыға қызмет көрсету талоны" in text
    assert (
        f"Құрметті {NAME}, 2013 жылдың «4» наурызында Сіздің құжаттарыңыз қабылданып, "
        f"құжаттардың нөмірі {NUMBER} болып тіркелді."
    ) in text
    assert "Қабылдаған адамның аты-жөні Мысалова Үлгі Дерекқызы" in text


def test_the_notice_is_appendix_3_with_number_and_date_in_the_letterhead():
    text = words("doc.notice_signed", NOTICE)
    assert (
        "Балқаш ауданының «Жұмыспен қамту және әлеуметтік бағдарламалар бөлімі» ММ "
        "Сізге тұрғын үй көмегі тағайындалғандығы туралы хабарлайды."
    ) in text
    assert "№ 03-X2013-00007 2013 жылғы 12 наурыз" in text
    assert "12 345 теңге" in text and "3 ай" in text
    assert "тел.: 8-72773 9-14-25" in text
    assert "актіде жоқ" not in text


@pytest.mark.parametrize(
    ("kept", "printed"),
    [("8-7282 210491", "8-7282 210491"), ("8(7282)24-15-06, 8(7282) 24-41-33", "8(7282)24-15-06, 8(7282) 24-41-33"),
     ("+77282210491", "+77282210491"), ("+77011234567", "+7 701 123 45 67"), ("+996555123456", "+996555123456")],
)  # fmt: skip
def test_an_offices_phone_is_printed_digit_for_digit_and_a_mobile_one_in_groups(kept: str, printed: str) -> None:
    assert f"тел.: {printed}" in words("doc.notice_signed", {**NOTICE, "executor_phone": kept})


def test_amount_and_period_of_the_notice_may_be_left_out():
    bare = {key: value for key, value in NOTICE.items() if key not in ("amount", "period_months")}
    text = words("doc.notice_signed", bare)
    assert "хабарлайды" in text and "Көмек мөлшері" not in text and "теңге" not in text


def test_a_deputys_long_name_leaves_room_to_sign() -> None:
    """The line of the signature, as drawn on the page, is never shorter than 40 mm."""
    who = "Сынақова-Үлгібаева Дерекгүл Мысалбекқызы (Мысалбекұлының орнына, № 12-ж бұйрық бойынша)"
    for name, content in (("doc.notice_signed", NOTICE), ("doc.refusal_signed", REFUSAL)):
        pdf = pypdfium2.PdfDocument(print_form(name, {**content, "head_name": who}, rules(), at=AT, mark=""))
        page = pdf[0].get_textpage()
        at = page.search("қолы").get_next()
        assert at is not None
        _, _, _, top = page.get_charbox(at[0])
        above = pdf[0].render(scale=2, crop=(0, top, 0, pdf[0].get_height() - top - 9)).to_pil().convert("L")
        rows = (above.crop((0, y, above.width, y + 1)).tobytes() for y in range(above.height))
        assert max(sum(each < 200 for each in row) for row in rows) > 2 * 40 / 25.4 * 72, name


def test_a_city_is_called_a_city():
    text = words("doc.notice_signed", {**NOTICE, "place": "Текелі", "place_kind": "city"})
    assert "Текелі қаласының «Жұмыспен қамту" in text and "ауданының «" not in text


def test_the_refusal_has_the_title_of_clause_7_its_ground_and_is_not_of_the_act():
    text = words("doc.refusal_signed", REFUSAL)
    assert "Мемлекеттік қызмет көрсетуден бас тарту туралы уәжделген жауап" in text
    assert str(REFUSAL["ground"]) in text and "Шекті жол берілетін шығыс 21 400 теңге" in text
    assert "Бұл нысан актіде жоқ" in text


def test_a_draft_is_marked_and_has_no_outgoing_number():
    text = words("doc.draft", DRAFT)
    assert "ЖОБА" in text and "X2013" not in text and "тағайындалғандығы туралы хабарлайды" in text
    assert "Сынақов" not in text


@pytest.mark.parametrize("name", ["talon", "notice", "refusal", "draft", "draft_refusal"])
def test_russian_stands_below_only_where_it_was_asked_for(name: str):
    item, content = SAMPLES[name]
    assert "аударма / перевод" in words(item, content)
    alone = words(item, {**content, "second_language": "kk"})
    assert "перевод" not in alone and "Утратило силу" not in alone


def test_a_translation_names_the_office_in_its_language():
    assert "ГУ «Отдел занятости и социальных программ Балхашского района»" in words("doc.notice_signed", NOTICE)


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")', "#read(\"/etc/passwd\")", "*b* _i_ $x$ @y <z>", "\\u{41} // /* `", "= heading", '"; #{1+1}',
    ],
)  # fmt: skip
def test_what_people_typed_is_never_code(name: str):
    assert name.replace(" ", "") in words("doc.talon", {**TALON, "applicant_name": name}).replace(" ", "")


@pytest.mark.parametrize("name", ["😀", "漢字", "\ue000", "\x01", "عربي", "x" * 300, " ".join(["Ұзын"] * 80)])
def test_a_letter_the_font_lacks_does_not_stop_the_paper(name: str):
    pdf = printed("doc.talon", {**TALON, "applicant_name": f"{name} Үлгі"})
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Үлгі" in pdf.pages[0].extract_text()


#: what a form's own words say, not a person's
MADE = ("at", "outgoing", "relation", "kind")


def lengthened(value: object, word: str) -> object:
    """Every text of several words as one endless word."""
    if isinstance(value, str):
        return word if " " in value and "\n" not in value else value
    if isinstance(value, Mapping):
        return {name: each if name in MADE else lengthened(each, word) for name, each in value.items()}
    return [lengthened(each, word) for each in value] if isinstance(value, list) else value


def letters(pdf: bytes) -> Iterator[tuple[float, list[tuple[float, float, float, float]]]]:
    """Of each page its width, and where its letters stand: left, bottom, right, top."""
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        seen = [at for at in range(text.count_chars()) if text.get_text_range(at, 1).strip(" \u200b\r\n")]
        yield page.get_width(), [text.get_charbox(at) for at in seen]


@pytest.mark.parametrize("length", [21, 100])
@pytest.mark.parametrize("name", SAMPLES)
def test_an_endless_word_neither_leaves_the_paper_nor_lies_over_another(name: str, length: int):
    item, content = SAMPLES[name]
    word = ("Ұзынатауұласаулықбері" * 5)[:length]
    for width, boxes in letters(print_form(item, lengthened(content, word), rules(), at=AT, mark="")):  # type: ignore[arg-type]
        assert boxes and all(left > 6 and right < width - 6 for left, _, right, _ in boxes)
        if "draft" in name:  # «ЖОБА» lies under its words
            continue
        middles = [((left + right) / 2, (low + high) / 2) for left, low, right, high in boxes]
        over = [
            at for at, (x, y) in enumerate(middles) for left, low, right, high in boxes
            if left < x < right and low < y < high and abs((left + right) / 2 - x) > 1
        ]  # fmt: skip
        assert not over


def test_no_character_turns_the_words_around_it():
    assert "abc" in words("doc.talon", {**TALON, "applicant_name": "\u202eabc"})
    assert "\u202e" not in words("doc.talon", {**TALON, "applicant_name": "\u202eabc"})


def test_long_reasons_go_on_over_the_page_with_the_foot_on_each():
    pdf = printed("doc.refusal_signed", {**REFUSAL, "explanation": "Ұзақ түсініктеме. " * 400})
    assert len(pdf.pages) > 1
    assert all("Күші жойылды" in page.extract_text() for page in pdf.pages)


def test_forms_see_each_other_and_nothing_else():
    folder = form_folder(rules())
    assert {file.suffix for file in folder.iterdir()} == {".typ"}
    assert not any("@preview" in file.read_text(encoding="utf-8") for file in folder.iterdir())


def test_an_evening_in_utc_is_the_next_day_at_the_office():
    zone = ZoneInfo("Asia/Almaty")
    assert day_words(local_day("2013-03-03T20:00:00+00:00", zone))["kk"] == "2013 жылғы 4 наурыз"
    assert day_words(local_day("2013-12-31", zone))["ru"] == "31 декабря 2013 года"


@pytest.mark.parametrize(
    ("month", "happened", "told"),
    [
        (1, "қаңтарда", "қаңтардағы"),
        (3, "наурызда", "наурыздағы"),
        (4, "сәуірде", "сәуірдегі"),
        (7, "шілдеде", "шілдедегі"),
        (9, "қыркүйекте", "қыркүйектегі"),
        (11, "қарашада", "қарашадағы"),
        (12, "желтоқсанда", "желтоқсандағы"),
    ],
)
def test_a_day_on_which_something_happened_is_in_the_locative(month: int, happened: str, told: str) -> None:
    """As act N 421 says of itself: «2012 жылғы 24 желтоқсандағы N 421 қаулысы», «2013 жылы 21 қаңтарда N 2285»."""
    words_of_it = day_words(date(2013, month, 4))
    assert (words_of_it["kk_on"], words_of_it["kk_of"]) == (f"2013 жылғы 4 {happened}", f"2013 жылғы 4 {told}")


REPLACED = {"replaces_number": "17-05/3", "replaces_on": "2013-03-04", "replaces_order": "№ 8", "replaces_by": "above"}


@pytest.mark.parametrize(
    ("name", "more", "sentence"),
    [
        ("notice", REPLACED, "Бұл жауап 2013 жылғы 4 наурыздағы № 17-05/3 жауаптың орнына берілді"),
        ("refusal", REPLACED, "Бұл жауап 2013 жылғы 4 наурыздағы № 17-05/3 жауаптың орнына берілді"),
        ("duplicate", {"received_on": "2013-03-04"}, "2013 жылғы 4 наурызда қабылданған өтінішіңіз"),
    ],
)
def test_no_sentence_of_an_answer_names_its_day_in_the_nominative(
    name: str, more: dict[str, str], sentence: str
) -> None:
    item, sample = SAMPLES[name]
    assert sentence in words(item, {**sample, **more})


BY_POWER = {
    "representative_name": "Сынақова Үлгі Мысалқызы",
    "power": "№ 77-Д, 02.02.2013",
    "power_until": "02.02.2014",
    "signed_by_representative": True,
}


@pytest.mark.parametrize("name", ["talon", "receipt", "notice", "refusal"])
def test_what_a_representative_takes_home_names_them_and_stays_on_one_sheet(name: str) -> None:
    item, sample = SAMPLES[name]
    content = {**sample, **BY_POWER}
    said = words(item, content)
    assert "Сынақова Үлгі Мысалқызы, сенімхат № 77-Д, 02.02.2013" in said
    assert len(printed(item, content).pages) == 1
    if name in ("talon", "receipt"):
        assert "02.02.2014 дейін жарамды; өтінішке өкіл қол қойды" in said
