"""Regions that are broken in one place each, and what must be said of them: a row for every kind."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from services import loading
from services.config import PLUGINS, ROOT
from services.plugin import Plugin
from services.registry import Registry
from tests import the_region

REGION = the_region.FOLDER

Where = Literal["tables", "files", "code", "drawn", "papers", "cases"]
Change = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Mutant:
    """One change of one file of a sound region."""

    kind: str
    where: Where  #: the part of the check that tells
    file: str  #: that is changed
    change: Change
    told: str  #: what is said begins so: the file, mostly the line, and the sentence
    severity: Literal["error", "warning"] = "error"
    forms: tuple[str, ...] = ()  #: printed to find it


@cache
def common() -> tuple[Plugin, ...]:
    """The plugins beside the region."""
    return tuple(each for each in loading.load(PLUGINS, ROOT).plugins if not each.region)


def copied(folder: Path) -> Path:
    """The region's package in a folder of its own."""
    return Path(shutil.copytree(REGION, folder / "broken", ignore=shutil.ignore_patterns("__pycache__", "demo.toml")))


def registry_of(folder: Path) -> Registry:
    return Registry([Plugin(folder, "A broken region.", region="broken"), *common()], ROOT)


def brought_about(mutant: Mutant, folder: Path) -> Registry:
    """The region with that change, which must be one."""
    home = copied(folder)
    file = home / mutant.file
    before = file.read_bytes() if file.is_file() else b""
    after = mutant.change(before)
    assert after != before, f"{mutant.kind}: nothing was changed"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    if after:
        file.write_bytes(after)
    return registry_of(home)


def put(old: str, new: str) -> Change:
    """That text once in the place of the other."""

    def change(content: bytes) -> bytes:
        text = content.decode()
        assert old in text, old
        return text.replace(old, new, 1).encode()

    return change


def as_text(text: str) -> Change:
    """The whole file."""
    return lambda content: text.encode()


def gone(content: bytes) -> bytes:
    return b""


def recoded(coding: str) -> Change:
    return lambda content: content.decode().encode(coding, "replace")


def parted(by: bytes) -> Change:
    return lambda content: content.replace(b",", by)


def cut(begins: str) -> Change:
    """Without the rows that begin so."""

    def change(content: bytes) -> bytes:
        return b"".join(line for line in content.splitlines(keepends=True) if not line.startswith(begins.encode()))

    return change


def ours(place: str, old: str, new: str) -> Change:
    """A file of Komek's, brought by the region and changed."""
    return lambda content: put(old, new)((ROOT / place).read_bytes())


def drawn_with(old: str, new: str) -> Change:
    """The common diagram of the direct route, brought by the region and changed."""
    return ours("bpmn/direct.bpmn", old, new)


T, W = "tables", "warning"


def cell(
    kind: str, file: str, old: str, new: str, told: str, severity: Literal["error", "warning"] = "error"
) -> Mutant:
    """Another word in a table or in the facts, and what is said of that file's line."""
    return Mutant(kind, T, file, put(old, new), f"{file}, {told}", severity)


TASK = "bpmn/direct.bpmn, line 60: Өтінішті қабылдап, тіркеу (Task_Register): "
DECISION = "bpmn/entitlement.dmn, line 3: Көмек алу құқығын анықтау (entitlement): "
MUTANTS: tuple[Mutant, ...] = (
    # ------------------------------------------------------------ files that cannot be read, or are not there
    Mutant("table missing", T, "roles.csv", gone, "roles.csv: roles.csv is missing."),
    Mutant("facts missing", T, "region.toml", gone, "region.toml: region.toml is missing."),
    cell("a first language of no state body", "region.toml", 'first_language = "kk"', 'first_language = "en"',
         "line 2: first_language is «en», and none of: kk, ru."),
    Mutant("Russian first, and no name in it", T, "region.toml", put('first_language = "kk"', 'first_language = "ru"'),
           "region.toml: name_ru is missing."),
    Mutant("table in UTF-16", T, "hours.csv", recoded("utf-16"), "hours.csv: The file is not in UTF-8, but in UTF-16."),
    Mutant("table in an encoding of before", T, "grounds.csv", recoded("cp1251"),
           "grounds.csv, line 2: This cannot be read as UTF-8"),
    Mutant("semicolons", T, "grounds.csv", parted(b";"), "grounds.csv, line 1: The values are parted by semicolons"),
    Mutant("tabs", T, "hours.csv", parted(b"\t"), "hours.csv, line 1: The values are parted by semicolons or tabs"),
    cell("byte order mark in the middle", "hours.csv", "\nbody,2", "\n\ufeffbody,2",
         "line 4: In the middle stands a byte order mark"),
    Mutant("open quote", T, "steps.csv", put('"Құжаттарды қабылдау', '"Құжаттарды" қабылдау'),
           "steps.csv: This cannot be read as UTF-8 text of that form"),
    Mutant("file's name misspelt", "files", "publik.csv", as_text("part*,key*\n"),
           "publik.csv: Nothing reads this file. Did you mean public.csv?"),
    cell("broken TOML", "region.toml", 'name_kk = "Алматы', "name_kk = Алматы",
         "line 3: This cannot be read as UTF-8 text of that form"),
    Mutant("broken demo", "files", "demo.toml", as_text("offices = [\n"), "demo.toml: This cannot be read"),
    # ------------------------------------------------------------ headings
    cell("column misspelt", "steps.csv", "ends_outer,part", "ends_auter,part",
         "line 1: The column ends_outer is missing."),
    cell("column that is like one", "steps.csv", ",note\n", ",nota\n", "line 1: Nothing reads the column nota"),
    cell("column that is like none", "grounds.csv", "mark,source", "mark,weather",
         "line 1: Komek does not read the column weather", W),
    cell("column missing", "steps.csv", "ends_outer,part", "ends_outer,_part", "line 1: The column part is missing."),
    cell("column twice", "hours.csv", "from*,to", "from*,from", "line 1: The column from is there twice."),
    cell("no key", "steps.csv", "route*,key*", "route,key", "line 1: No heading ends in *"),
    # ------------------------------------------------------------ rows
    cell("key twice", "steps.csv", "direct,resolution,D2", "direct,register,D2",
         "line 3: The key direct, register is there twice."),
    cell("too few values", "hours.csv", "09:00,13:00,act", "09:00,13:00", "line 2: The line has other than 6 values."),
    cell("too many values", "documents.csv", "application,", "application,,", "line 2: "),
    cell("cell empty", "offices.csv", "\nAKSU,body,1,", "\nAKSU,body,,", "line 3: number is empty."),
    cell("key empty", "grounds.csv", "false_data,", ",", "line 3: key is empty."),
    Mutant("row missing", T, "parameters.csv", cut("courier_runs"), "parameters.csv: courier_runs is missing."),
    cell("unknown rule", "steps.csv", "R-WD(8)", "R-WD(eight)", "line 4: «R-WD(eight)» is no rule of time."),
    cell("two rules on one clock", "steps.csv", "app6/t1/3,R-WD(8)", "app6/t1/3,R-WD(10)",
         "line 5: The rule is «R-WD(8)», and that of the step review «R-WD(10)»"),
    cell("typo in a mark", "steps.csv", ",no,,act,", ",no,,akt,", "line 2: mark is «akt», and none of: act, confirmed"),
    cell("neither yes nor no", "roles.csv", "N421/1/2,act,,yes,", "N421/1/2,act,,Yes,",
         "line 2: sees_cases is «Yes», and none of: yes, no."),
    cell("unknown role", "steps.csv", "R-MIN(15),clerk", "R-MIN(15),cleric",
         "line 2: role is «cleric», and none of: clerk"),
    cell("unknown route", "steps.csv", "\ndirect,register", "\ndirekt,register",
         "line 2: route is «direkt», and none of: direct, psc."),
    cell("unknown part of a step", "steps.csv", ",decides,", ",desides,",
         "line 3: part is «desides», and none of: drafts"),
    cell("told of what nobody tells", "roles.csv", "missing;recheck_due", "missing;rechek_due",
         "line 2: told is «rechek_due», and none of: overdue"),
    cell("unknown landing", "roles.csv", ",calls,", ",kalls,", "line 10: lands is «kalls»"),
    cell("weekday 8", "hours.csv", "body,1,09:00", "body,8,09:00", "line 2: weekday is «8», and none of: 1, 2"),
    cell("time without its nought", "hours.csv", "body,1,09:00", "body,1,9:00",
         "line 2: «9:00» is no time of the form 09:00."),
    cell("hours backwards", "hours.csv", "body,1,09:00,13:00", "body,1,13:30,13:00", "line 2: It ends at 13:00"),
    cell("hours over each other", "hours.csv", "body,1,14:00", "body,1,12:00",
         "line 3: On weekday 1 body has two spans"),
    cell("hours of nobody", "hours.csv", "body,1,09:00", "bodi,1,09:00",
         "line 2: office is «bodi», and none of: control, body, psc"),
    cell("number with a comma", "parameters.csv", "\nshare_percent,10", '\nshare_percent,"10,5"',
         "line 9: «10,5» is no number."),
    cell("number in words", "parameters.csv", "outer_limit_calendar_days,10", "outer_limit_calendar_days,ten",
         "line 2: «ten» is no number."),
    cell("time in words", "parameters.csv", "\nregistry_cutoff,15:30", "\nregistry_cutoff,half past three",
         "line 3: «half past three» is no time of the form 09:00."),
    cell("copies in words", "documents.csv", "yes,yes,1,", "yes,yes,one,", "line 3: «one» is no number."),
    cell("sentence nowhere", "public.csv", "\ncost,", "\ncosts,", "line 7: part is «costs», and none of: direct"),
    cell("sentence of no paper", "public.csv", "\ndocument,application", "\ndocument,aplication",
         "line 28: key is «aplication», and none of: application"),
    # ------------------------------------------------------------ what applicants are told, and clauses
    cell("told: column misspelt", "told.csv", "text_en,mark", "text_en,marc", "line 1: The column mark is missing."),
    cell("told: line that no history has", "told.csv", "came_back,case.happened", "came_back,case.hapened",
         "line 7: event is «case.hapened», and none of: case.task_completed"),
    cell("told: unknown step", "told.csv", "case.happened,complaint,", "case.happened,complain,",
         "line 10: step is «complain», and none of: register"),
    cell("told: outcome like one", "told.csv", ",,registered,", ",,registred,",
         "line 2: outcome is «registred», and none of: registered"),
    cell("plain words: outcome like one", "public_words.csv", ",deliver,posted,", ",deliver,postd,",
         "line 16: outcome is «postd», and none of: posted"),
    cell("told: two texts of one fact", "told.csv", "arrive,,Өтінішіңізге жауап", "arrive,,Сізге жауап",
         "line 4: The fact ready has another text in line 3"),
    cell("told: text too long", "told.csv", "Шағымыңыз тіркелді.", "Шағымыңыз тіркелді" + "!" * 60,
         "line 10: text_kk has 78 letters: it is charged as 2 messages.", W),
    cell("told: fact empty", "told.csv", "\nposted,", "\n,", "line 6: fact is empty."),
    cell("clauses: column misspelt", "clauses.csv", "asks,through", "asks,thruogh",
         "line 1: Nothing reads the column thruogh"),
    cell("clauses: asks neither", "clauses.csv", "no,N421/app2", "No,N421/app2",
         "line 7: asks is «No», and none of: yes, no."),
    cell("clauses: carried out by none", "clauses.csv", "no,N421/app2", "no,N422/app2",
         "line 7: through is «N422/app2», and none of: N421/1/1"),
    cell("clauses: key that nobody words", "clauses.csv", "\nN421/5,", "\nN421/v,",
         "line 14: No pattern of region.toml says the clause «N421/v»", W),
    # ------------------------------------------------------------ offices and people
    cell("unknown office", "offices.csv", "AKSU,body,1,OBLAST", "AKSU,body,1,OBLASTT",
         "line 3: parent is «OBLASTT», and none of"),
    cell("office without hours", "offices.csv", "AKSU,body,1", "AKSU,akim,1",
         "line 3: The office AKSU has no hours in hours.csv"),
    Mutant("kind of office without words", T, "offices.csv", put("AKSU,body,1", "AKSU,akim,1"),
           "region.toml: kinds.akim.name_kk is missing."),
    Mutant("kind of office without a board", T, "roles.csv", put("psc_head,psc", "psc_head,body"),
           "roles.csv: Offices of the kind psc have no role that leads"),
    cell("two offices of one number", "offices.csv", "ALAKOL,body,2", "ALAKOL,body,1",
         "line 4: The number 1 of the kind body is also that of AKSU"),
    cell("mail that is none", "offices.csv", "korgan-53@mail.ru", "korgan-53.mail.ru",
         "line 3: «korgan-53.mail.ru» is no address of mail."),
    cell("phone as printed", "offices.csv", "+77283221143", "8-72832 2-11-43",
         "line 3: «8-72832 2-11-43» is no phone number"),
    cell("place on no earth", "settlements.csv", "45.3974", "45°3974",
         "line 2: «45°3974 79.5035» is no place on earth"),
    cell("role nowhere", "roles.csv", "clerk,body,", "clerk,bodi,", "line 2: office is «bodi», and none of"),
    Mutant("nobody compares", T, "roles.csv", cut("control,"), "roles.csv: No role has yes in the column controls"),
    # ------------------------------------------------------------ facts
    cell("unknown time zone", "region.toml", "Asia/Almaty", "Asia/Almata", "line 4: «Asia/Almata» is no time zone."),
    cell("unknown control office", "region.toml", 'control_office = "OBLAST"', 'control_office = "X"',
         "line 7: control_office is «X», and none of"),
    cell("nobody opens a case", "region.toml", 'role = "clerk"', 'role = "x"',
         "line 21: routes.direct.role is «x», and none of: clerk"),
    cell("routes are no list", "region.toml", 'routes = ["direct", "psc"]', 'routes = "direct, psc"',
         "line 14: service.routes is no list of names."),
    Mutant("fact missing", T, "region.toml", put("time_zone =", "timezone ="), "region.toml: time_zone is missing."),
    cell("word missing in a language", "region.toml", 'not_in_act_ru = "в акте нет"\n', "",
         "line 42: notice.not_in_act_kk is said in some languages, and not in: ru."),
    cell("route without its Kazakh name", "region.toml", 'name_kk = "Уәкілетті', 'name_en_ = "Уәкілетті',
         "line 16: routes.direct.name_kk is missing."),
    cell("words that are a number", "region.toml", 'not_in_act_ru = "в акте нет"', "not_in_act_ru = 7",
         "line 43: notice.not_in_act_ru is «7», which is no text."),
    cell("words of another language", "region.toml", 'not_in_act_ru = "в акте нет"', 'not_in_act_ru = "n/a"',
         "line 43: notice.not_in_act_ru is «n/a», in the letters of another language.", W),
    cell("broken pattern", "region.toml", r"(\d+)", r"(\d+", "line 48: «N421/11a/(?:direct|psc)/(\\d+» is no pattern"),
    cell("pattern missing", "region.toml", "pattern = 'N421/11b'", "patern = 'N421/11b'",
         "line 47: clauses.pattern is missing."),
    cell("clause that nobody words", "steps.csv", "N421/11a/direct/2", "N422/11a/direct/2",
         "line 2: No pattern of region.toml says the clause «N422/11a/direct/2»", W),
    # ------------------------------------------------------------ editions
    cell("edition's day without hyphens", "editions.csv", "2013-01-21,2014-06-02", "20130121,2014-06-02",
         "line 2: «20130121» is no day of the form"),
    cell("registered before it was adopted", "editions.csv", "2012-12-24,2013-01-21", "2012-12-24,2012-01-21",
         "line 2: registered_on, 2012-01-21, is not after 2012-12-24."),
    cell("edition's day", "editions.csv", "2013-01-21,2014", "21.01.2013,2014",
         "line 2: «21.01.2013» is no day of the form"),
    Mutant("edition's folder without a row", T, "editions/N77/steps.csv", as_text("key*\n"),
           "editions.csv: No row but the first names the folder editions/N77."),
    # ------------------------------------------------------------ diagrams and decisions
    Mutant("diagram that is no XML", "drawn", "bpmn/direct.bpmn", drawn_with("</bpmn:definitions>", ""),
           "bpmn/direct.bpmn, line 752: This is not readable XML"),
    Mutant("step's role unlike the diagram's", "drawn", "bpmn/direct.bpmn",
           drawn_with('camunda:candidateGroups="clerk"', 'camunda:candidateGroups="head"'),
           TASK + "The diagram gives the step register to head"),
    Mutant("act of another region in a note", "drawn", "bpmn/direct.bpmn",
           drawn_with("№ 421 қаулысымен", "№ 388 қаулысымен"),
           "bpmn/direct.bpmn, line 11: A note in the diagram names the act № 388, and region.toml does not", W),
    Mutant("act of another region in a common note", "drawn", "region.toml",
           lambda content: content.replace("№ 196".encode(), "№ 197".encode()),
           "bpmn/via_psc.bpmn, line 14: A note in the diagram names the act № 196", W),
    Mutant("step that no table has", "drawn", "bpmn/direct.bpmn",
           drawn_with('name="step" value="register"', 'name="step" value="registr"'),
           TASK + "The region does not know the step"),
    Mutant("step that no diagram has", "drawn", "steps.csv",
           put("\ndirect,register,D1,", "\ndirect,visit,D9,,,,clerk,А,Б,B,no,,act,\ndirect,register,D1,"),
           "steps.csv, line 2: No diagram of the route direct has the step visit.", W),
    Mutant("route that no diagram has", "drawn", "region.toml", put('["direct", "psc"]', '["direct", "psc", "akim"]'),
           "region.toml: No diagram has a process with the id akim"),
    Mutant("decision is not there", "drawn", "bpmn/entitlement.dmn", gone,
           "bpmn: The form of assessment asks the decision entitlement, and there is none."),
    Mutant("unknown variable in a decision", "drawn", "bpmn/entitlement.dmn",
           put("<text>papers_complete</text>", "<text>paper_complete</text>"),
           DECISION + "The decision reads paper_complete, which nothing sets."),
    Mutant("output that the form needs", "drawn", "bpmn/entitlement.dmn", put('name="amount"', 'name="amuont"'),
           DECISION + "A form asks this decision, and needs one answer of it with: amount."),
    Mutant("reason that is no ground", "drawn", "grounds.csv", put("expenses_within_share", "expense_within_share"),
           DECISION + "Rule 2 gives the reason expenses_within_share"),
    Mutant("ground that the forms name", "drawn", "grounds.csv", put("incomplete_documents", "incomplete"),
           "grounds.csv: The decision entitlement refuses with the ground incomplete_documents"),
    Mutant("rule that is no FEEL", "drawn", "bpmn/entitlement.dmn", put("<text>false</text>", "<text>fal se(</text>"),
           "bpmn/entitlement.dmn, line 49: Көмек алу құқығын анықтау (entitlement): The expression fal se("),
    # ------------------------------------------------------------ printed forms
    Mutant("form with a fault", "papers", "documents/talon.typ", put("#letterhead", "#leterhead"),
           "documents/talon.typ, line 11: It cannot be printed: unknown variable: leterhead", forms=("talon",)),
    Mutant("form's bracket open", "papers", "documents/notice.typ", put("3-қосымша])", "3-қосымша)"),
           "documents/notice.typ, line 4: It cannot be printed", forms=("notice",)),
    Mutant("form asks for what no paper says", "papers", "documents/talon.typ",
           put('said("accepted_by")', 'said("acepted_by")'),
           "documents/talon.typ, line 22: The form asks for acepted_by", forms=("talon",)),
    Mutant("layout with a fault", "papers", "documents/_layout.typ",
           ours("documents/_layout.typ", 'region.notice.at("repealed', 'region.notise.at("repealed'),
           "documents/_layout.typ, line 85: It cannot be printed",
           forms=("resolution",)),
    Mutant("form without a title", "papers", "documents/envelope.typ",
           ours("documents/envelope.typ", 'title: "Конверт: " + said("number"), ', ""),
           "documents/envelope.typ: It cannot be printed: PDF/UA-1", forms=("envelope",)),
    Mutant("sentences without one that the forms say", "papers", "documents/_sentences.typ",
           put("#let refused(", "#let refuse("),
           "documents/_answer.typ, line 4: It cannot be printed: unresolved import", forms=("refusal",)),
    Mutant("form in UTF-16", "files", "documents/talon.typ", recoded("utf-16"),
           "documents/talon.typ: The file is not in UTF-8"),
    # ------------------------------------------------------------ worked cases
    Mutant("term that a worked case says otherwise", "cases", "steps.csv", put("R-MIN(15)", "R-MIN(20)"),
           "cases/terms.yaml, line 4: The case «C01: Direct route, approved»: register: due is 2013-03-04 10:20"),
    Mutant("money that a worked case says otherwise", "cases", "bpmn/entitlement.dmn",
           put("+ 0.5)</text>", "+ 100)</text>"),
           "cases/money.yaml, line 3: The case «Expenses beyond the share: 21 895 - 9 550»: amount is"),
    Mutant("worked case of no form", "cases", "cases/money.yaml", put("- case: Papers", "case: Papers"),
           "cases/money.yaml"),
    # ------------------------------------------------------------ code and words
    Mutant("import beyond the contract", "code", "visit.py", as_text("from services.db import db\n"),
           "visit.py, line 1: It imports services.db, which is not of the contract."),
    Mutant("call without a time limit", "code", "visit.py", as_text("import requests\n\nrequests.post('https://x')\n"),
           "visit.py, line 3: The call requests.post has no time limit"),
    Mutant("code that is none", "code", "visit.py", as_text("def\n"), "visit.py, line 1: This is no Python"),
    Mutant("package that does not load", "code", "__init__.py", as_text("plugin = 1 / 0\n"),
           "__init__.py: The package cannot be loaded: ZeroDivisionError"),
    Mutant("translation missing", "files", "bpmn/translations/ru/LC_MESSAGES/diagrams.po",
           lambda content: re.sub(rb'\nmsgstr "[^"]+"\n', b'\nmsgstr ""\n', content),
           "bpmn/translations/ru/LC_MESSAGES/diagrams.po: Not translated", W),
    Mutant("words not compiled", "files", "bpmn/translations/ru/LC_MESSAGES/diagrams.mo", gone,
           "bpmn/translations/ru/LC_MESSAGES/diagrams.po: There is no .mo", W),
)  # fmt: skip
