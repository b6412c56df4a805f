"""The region of the act: what its tables say, held against the act's own appendices."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import pytest

from services.cases.facts import office_facts
from services.config import ROOT
from services.deadlines.region import MARKS, RegionTime
from services.loading import load
from services.registry import Registry

TABLES = ("offices", "hours", "steps", "roles", "documents", "grounds", "parameters")
LATIN = re.compile("[A-Za-z]")
NOT_CYRILLIC = re.compile(r"[^Ѐ-ӿ0-9\s.,;:()«»“”\"'’/№%\-–—=]")
#: the letters of Kazakh that Russian has not
ONLY_KAZAKH = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")
#: letters of the Cyrillic block that neither language has
FOREIGN = re.compile("[ЂЃЄЅЇЈЉЊЋЌЍЎЏѐђѓєѕїјљњћќѝўџґҐ]")

Row = Mapping[str, str]


@pytest.fixture(scope="module")
def registry() -> Registry:
    found = load(["almaty_oblast"], ROOT)
    assert not found.rejected
    return found


@pytest.fixture(scope="module")
def offices(registry: Registry) -> dict[str, Row]:
    return {row["key"]: row for row in registry.table("offices")}


def of_kind(offices: Mapping[str, Row], kind: str) -> list[Row]:
    return [row for row in offices.values() if row["kind"] == kind]


def cells(registry: Registry, *languages: str) -> Sequence[tuple[str, str]]:
    """Every cell of a column in those languages, and every such word of region.toml: where it stands, the text."""
    found = [
        (f"{table} {number} {column}", text)
        for table in TABLES
        for number, row in enumerate(registry.table(table), start=2)
        for column, text in row.items()
        if column.rpartition("_")[2] in languages or (column == "place" and "kk" in languages)
    ]
    return [*found, *_words("region", registry.facts(), languages)]


def _words(where: str, facts: Mapping[str, object], languages: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for key, value in facts.items():
        if isinstance(value, Mapping):
            found += _words(f"{where}.{key}", value, languages)
        elif isinstance(value, str) and key.rpartition("_")[2] in languages:
            found.append((f"{where}.{key}", value))
    return found


# ---------------------------------------------------------------- words


def test_no_kazakh_or_russian_word_has_a_latin_letter(registry: Registry) -> None:
    wrong = {
        where: text for where, text in cells(registry, "kk", "ru") if LATIN.search(text) or NOT_CYRILLIC.search(text)
    }
    assert not wrong


def test_no_word_has_a_letter_of_another_cyrillic_alphabet(registry: Registry) -> None:
    assert not {where: text for where, text in cells(registry, "kk", "ru") if FOREIGN.search(text)}


def test_no_russian_word_has_a_letter_of_kazakh(registry: Registry) -> None:
    assert not {where: text for where, text in cells(registry, "ru") if ONLY_KAZAKH.search(text)}


def test_every_text_is_there_in_all_three_languages(registry: Registry) -> None:
    for table in TABLES:
        for row in registry.table(table):
            for column in (name[:-3] for name in row if name.endswith("_kk") and f"{name[:-3]}_ru" in row):
                there = {bool(row[f"{column}_{language}"]) for language in ("kk", "ru", "en")}
                assert len(there) == 1, (table, row["key"], column)


def test_no_cell_has_a_stray_space(registry: Registry) -> None:
    for table in TABLES:
        for row in registry.table(table):
            for column, text in row.items():
                if not column.endswith("_raw"):
                    assert "  " not in text and " ," not in text and text == text.strip(), (table, column, text)


def test_every_page_says_in_three_languages_that_the_act_was_repealed(registry: Registry) -> None:
    notice = registry.facts()["notice"]
    assert isinstance(notice, Mapping)
    assert notice["repealed_kk"].startswith("Күші жойылды")
    assert "№ 196" in notice["repealed_kk"] and "№ 196" in notice["repealed_ru"] and "196" in notice["repealed_en"]


def test_the_act_is_cited_by_its_dates_and_numbers(registry: Registry) -> None:
    act = registry.facts()["act"]
    assert isinstance(act, Mapping)
    assert "2012 жылғы 24 желтоқсандағы № 421" in act["reference_kk"] and "№ 2285" in act["reference_kk"]


# ---------------------------------------------------------------- offices


def test_there_are_19_bodies_33_pscs_and_one_control_level(offices: Mapping[str, Row]) -> None:
    assert Counter(row["kind"] for row in offices.values()) == {"body": 19, "psc": 33, "control": 1}


def test_every_row_of_the_appendices_is_an_office_and_row_10_is_row_6(offices: Mapping[str, Row]) -> None:
    sources = [source for row in offices.values() for source in row["source"].split(";")]
    assert len(sources) == len(set(sources))
    assert {f"N421/app1/{row}" for row in range(1, 21)} <= set(sources)
    assert {f"N421/app2/{row}" for row in range(1, 33)} | {"N421/app2/branch"} <= set(sources)
    assert offices["ZHAMBYL"]["source"] == "N421/app1/6;N421/app1/10"


def test_numbers_are_short_ascii_and_different(offices: Mapping[str, Row]) -> None:
    numbers = [row["number"] for row in offices.values()]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch("P?[0-9]{1,2}", number) for number in numbers)
    assert all(row["number"] == row["source"].split(";")[0].rpartition("/")[2] for row in of_kind(offices, "body"))


def test_keys_are_ascii(offices: Mapping[str, Row]) -> None:
    assert all(re.fullmatch("[A-Z][A-Z_]+", key) for key in offices)


def test_each_psc_stands_under_a_body_and_each_body_under_the_oblast(offices: Mapping[str, Row]) -> None:
    assert {offices[row["parent"]]["kind"] for row in of_kind(offices, "psc")} == {"body"}
    assert {row["parent"] for row in of_kind(offices, "body")} == {"OBLAST"}
    assert {row["parent"] for row in of_kind(offices, "psc")} == {row["key"] for row in of_kind(offices, "body")}


def test_the_worked_cases_pscs_stand_under_their_bodies(offices: Mapping[str, Row]) -> None:
    by_number = {row["number"]: row for row in offices.values()}
    for psc, body in (("P7", "4"), ("P29", "16"), ("P31", "20")):
        assert offices[by_number[psc]["parent"]]["number"] == body


def test_three_bodies_are_cities_and_their_names_say_so(offices: Mapping[str, Row]) -> None:
    ending = {"city": "қаласының", "district": "ауданының"}
    for row in of_kind(offices, "body"):
        assert (
            row["name_kk"]
            == f"{row['place']} {ending[row['place_kind']]} жұмыспен қамту және әлеуметтік бағдарламалар бөлімі"
        )
    assert {row["number"] for row in of_kind(offices, "body") if row["place_kind"] == "city"} == {"18", "19", "20"}


def test_a_psc_has_the_place_of_its_body(offices: Mapping[str, Row]) -> None:
    for row in of_kind(offices, "psc"):
        body = offices[row["parent"]]
        assert (row["place"], row["place_kind"]) == (body["place"], body["place_kind"])


def test_phones_are_whole_and_are_the_printed_ones(offices: Mapping[str, Row]) -> None:
    phones = [phone for row in offices.values() for phone in row["phone"].split(";") if phone]
    assert all(re.fullmatch(r"\+7[0-9]{10}", phone) for phone in phones)
    assert Counter(bool(row["phone"]) for row in of_kind(offices, "psc")) == {True: 32, False: 1}
    assert sum(len(row["phone"].split(";")) for row in of_kind(offices, "psc") if row["phone"]) == 51
    for row in offices.values():
        printed = [re.sub("[^0-9]", "", phone)[1:] for phone in row["phone_raw"].split(";") if phone]
        assert [phone[2:] for phone in row["phone"].split(";") if phone] == printed


def test_papers_and_pages_say_an_offices_phone_as_the_act_prints_it(
    registry: Registry, offices: Mapping[str, Row]
) -> None:
    said = {key: office_facts(registry, key).phone_raw for key in offices}
    assert said == {key: row["phone_raw"].replace(";", ", ") for key, row in offices.items()}
    assert said["TALDYKORGAN"] == "8-7282 210491" and said["PSC_AKSHI"] == ""


def test_nothing_is_sent_to_a_broken_address(offices: Mapping[str, Row]) -> None:
    assert offices["ZHAMBYL"]["email"] == ""
    assert offices["ZHAMBYL"]["_email_raw"] == "zhambyl.rotzszn@mail. оnline.kz"
    emails = [row["email"] for row in offices.values() if row["email"]]
    assert len(emails) == 14
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+@[a-z]+\.[a-z]+", email) for email in emails)


def test_the_printed_form_differs_only_where_the_note_says_so(offices: Mapping[str, Row]) -> None:
    for row in (row for row in offices.values() if row["kind"] != "control"):
        folded = row["_address_raw"].replace("i", "і").replace("I", "І").replace('"', "").replace("'", "")
        if folded != row["address_kk"].replace("«", "").replace("»", ""):
            assert "I-31" in row["note"], (row["key"], row["_address_raw"], row["address_kk"])
        if LATIN.search(row["_name_raw"]):
            assert "I-28" in row["note"]


# ---------------------------------------------------------------- steps, hours, papers, parameters


def test_steps_hours_and_parameters_are_read_without_complaint(registry: Registry) -> None:
    region = RegionTime(registry)
    assert len(region.steps) == 67
    assert region.plan.courier_runs and region.plan.registry_cutoff
    for key in region.offices:
        assert sum(len(day) for day in region.weeks[region.office(key)["kind"]]) == 10
        assert region.zone(key) == ZoneInfo("Asia/Almaty")


def test_the_steps_of_the_direct_route_have_the_acts_codes(registry: Registry) -> None:
    codes = {row["key"]: row["code"] for row in registry.table("steps") if row["route"] == "direct"}
    assert {key: code for key, code in codes.items() if not code.startswith("L")} == {
        "register": "D1", "resolution": "D2", "review": "D3", "draft": "D3", "agree": "D4", "sign": "D4",
        "supplement": "DR", "deliver": "D5", "hand_over": "DH",
    }  # fmt: skip


def test_the_psc_route_has_all_its_steps(registry: Registry) -> None:
    codes = {row["code"] for row in registry.table("steps") if row["route"] == "psc" and row["code"]}
    assert {code for code in codes if not code.startswith("L")} == {f"P{number}" for number in range(1, 13)} | {
        "PC",
        "PB",
    }


def test_what_happens_off_the_acts_way_has_codes_of_its_own_on_both_routes_and_is_marked_a_default(
    registry: Registry,
) -> None:
    rows = [row for row in registry.table("steps") if row["code"].startswith("L")]
    assert {row["mark"] for row in rows} == {"default"}
    assert {row["clause"] for row in rows} == {""}
    of = {route: {row["key"]: row["code"] for row in rows if row["route"] == route} for route in ("direct", "psc")}
    from_the_body = {"deliver": "LN", "hand_over": "LO", "not_sent": "LQ"}  # what the act's PSC route does at the PSC
    assert of["psc"] == of["direct"] | from_the_body
    assert set(of["direct"].values()) == {f"L{letter}" for letter in "ABCDEFGHIJKPRSTUVW"}


def test_keys_with_one_code_have_one_time_and_one_role(registry: Registry) -> None:
    known: dict[tuple[str, str], tuple[str, str, str]] = {}
    for row in registry.table("steps"):
        said = (row["rule"], row["role"], row["mark"])
        assert not row["code"] or known.setdefault((row["route"], row["code"]), said) == said


def test_clauses_have_the_citation_form(registry: Registry) -> None:
    text, tables = (
        re.compile(r"N421/11a/(direct/[2-6]|psc/([1-9]|10|courier))"),
        re.compile(r"N421/app6/t[12]/\d+(/2)?"),
    )
    for row in registry.table("steps"):
        assert not row["clause"] or text.fullmatch(row["clause"]), row
        assert not row["table_ref"] or tables.fullmatch(row["table_ref"]), row


def test_the_role_of_each_step_has_a_title(registry: Registry) -> None:
    roles = {row["key"] for row in registry.table("roles")}
    assert {row["role"] for row in registry.table("steps")} <= roles


def test_the_outer_clock_stops_once_on_each_route(registry: Registry) -> None:
    stops = [(row["route"], row["code"]) for row in registry.table("steps") if row["ends_outer"] == "yes"]
    assert [each for each in stops if not each[1].startswith("L")] == [("direct", "D5"), ("psc", "P11")]
    ends = ["LA", "LB", "LC", "LD", "LH"]
    assert [each for each in stops if each[1].startswith("L")] == [
        (route, code) for route in ("direct", "psc") for code in ends + ["LN", "LU"] * (route == "psc")
    ]


def test_every_value_carries_a_mark_and_what_is_not_in_the_act_a_source(registry: Registry) -> None:
    for table in TABLES:
        for row in registry.table(table):
            assert row["mark"] in MARKS, (table, row)
            if row["mark"] != "act":
                assert row.get("source") or row.get("note"), (table, row)


def test_no_paper_and_no_ground_is_said_to_stand_in_the_act(registry: Registry) -> None:
    rows = [*registry.table("documents"), *registry.table("grounds")]
    assert rows and "act" not in {row["mark"] for row in rows}


def test_there_is_a_ground_to_refuse_on(registry: Registry) -> None:
    assert {row["key"] for row in registry.table("grounds")} >= {"incomplete_documents", "false_data"}


def test_a_paper_is_required_or_not(registry: Registry) -> None:
    assert {row["required"] for row in registry.table("documents")} == {"yes", "no"}


def test_the_outer_limit_is_ten_calendar_days_and_not_in_the_act(registry: Registry) -> None:
    limit = registry.row("parameters", "outer_limit_calendar_days")
    assert (limit["value"], limit["unit"]) == ("10", "calendar_days")
    assert limit["mark"] not in {"act", "confirmed"}


def test_routes_that_are_on_have_a_name_and_steps(registry: Registry) -> None:
    facts = registry.facts()
    service, routes = facts["service"], facts["routes"]
    assert isinstance(service, Mapping) and isinstance(routes, Mapping)
    assert service["routes"][0] == "direct"
    for route in service["routes"]:
        assert routes[route]["name_kk"] and {row["route"] for row in registry.table("steps")} >= {route}
