"""Keys and Kazakh names in the reader's language: those of `vocabulary`, of the region's tables, of diagrams."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.support import NullTranslations
from flask import g, has_app_context, has_request_context
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup, escape

from services import clock, deadlines, dmn, hours, processes, registry
from services.answers import fresh_line
from services.asking import columns_of, line_numbers, row_numbers
from services.cases.pages.entered import Fact
from services.kinds import LONGEST_TEXT, MISSING, MOST_IDENTIFIER, NOT_A_CHOICE, TOO_LARGE, TOO_LONG, TOO_SMALL
from services.plugin import Field, Line, Outcome, Paper
from services.registry import OfAnEdition, Registry
from webapp.language import counts, dates
from webapp.language.i18n import catalogue, language, reading_in, said
from webapp.language.laws import law_here, not_in_act
from webapp.language.vocabulary import KINDS

_ = lazy_gettext

#: tables of a region whose Kazakh titles stand on the screens
TITLED = ("documents", "grounds", "roles", "steps", "stops")


def word(kind: str, key: str | None, of: OfAnEdition | None = None) -> str:
    """What people call it, by the law of the case that it is said `of`; the key itself when nobody named it."""
    if not key:
        return ""
    if kind == "role":
        row = law_here(of).by_key("roles").get(key)
        return row[f"title_{language()}"] if row else key
    if kind == "office_kind" and (named := kind_named(key, of)):
        return named
    if kind == "job" and key not in KINDS[kind]:
        return _operation(key)
    return _named(catalogue(), kind, key) or t(_declared(kind, key)) or _kept(kind, key) or key


@lru_cache(maxsize=5_000)
def _named(catalogue: NullTranslations, kind: str, key: str) -> str:
    """What the vocabulary calls it in the reader's language, whose catalogue that is; empty when it does not."""
    return str(KINDS[kind].get(key, ""))


def kind_named(key: str, of: OfAnEdition | None = None) -> str:
    """What the region, or an edition of its act, calls offices of that kind; empty where it leaves that to Komek."""
    named = law_here(of).facts().get("kinds", {}).get(key, {})
    return str(named.get(f"name_{language()}", ""))


def _declared(kind: str, key: str) -> str:
    """What the plugins that are switched on call it; empty when none names it."""
    plugins = registry.current()
    if kind == "event":
        return plugins.event(key)
    named: dict[str, Mapping[str, Outcome | Paper]] = {"outcome": plugins.outcomes, "paper": plugins.papers}
    found = named.get(kind, {}).get(key)
    return found.title if found else ""


def _kept(kind: str, key: str) -> str:
    """What a plugin that is gone called it when it was deployed."""
    return processes.kept_word(kind, key, language()) if kind in ("outcome", "paper", "event", "job") else ""


def _operation(name: str) -> str:
    """What an operation does, as its plugin says it, or said; its name when none ever did."""
    try:
        return t(registry.current().operation(name).title)
    except registry.UnknownOperation:
        return _kept("job", name) or name


def said_in(msgid: str, wanted: str) -> str:
    """A msgid in that language, whoever reads."""
    with reading_in(wanted):
        return t(msgid)


def t(text: str, of: OfAnEdition | None = None) -> str:
    """A msgid, or a Kazakh text of a table or a diagram, in the reader's language; of a table, as the law has it of the
    case that it is said `of`."""
    if not text:
        return ""
    found = said(text)
    return found if found != text else _region_words(law_here(of), names_here()).get(text, text)


def names_here() -> processes.Translations:
    """The diagrams' names in the reader's language, looked up once a page."""
    if not has_request_context() and not (has_app_context() and "names" in g):
        return processes.translations(language(), registry.current())
    said: processes.Translations | None = g.get("names")
    if said is None or said.language != language():
        said = g.names = processes.translations(language(), registry.current())
    return said


@lru_cache(maxsize=32)
def _region_words(plugins: Registry, said: processes.Translations) -> dict[str, str]:
    """Kazakh text -> that language, of the region's tables and of all diagrams; what other editions alone say, too."""
    language, words = said.language, said.all()
    if language == "kk":
        return {}
    for law in (*reversed(plugins.others), plugins):
        for table in TITLED:
            for row in law.table(table):
                words[row["title_kk"]] = row[f"title_{language}"]
                if row.get("help_kk"):
                    words[row["help_kk"]] = row[f"help_{language}"]
        for row in law.table("offices"):
            words[row["name_kk"]] = row[f"name_{language}"]
    return words


def clause(key: str | None, law: Registry | None = None) -> str:
    """What people call a clause that the tables name, as the region says it (that of `law`, else the law here); the key
    itself when it does not.

    «N421/11a/direct/2» -> «11-тармақ, 2)-тармақша».
    """
    for each in (law or law_here()).facts().get("clauses", ()):
        if found := re.fullmatch(each["pattern"], key or ""):
            return str(found.expand(each[language()]))
    return key or ""


def cited(key: str | None) -> str:
    """A clause as people call it; of what no clause says, the region's words for that."""
    return clause(key) or not_in_act()


def office_name(key: str | None) -> str:
    """An office's whole name in the reader's language; the key itself when the table does not know it."""
    row = law_here().by_key("offices").get(key or "")
    return row[f"name_{language()}"] if row else key or ""


def office_short(key: str | None) -> str:
    """An office's short name in the reader's language."""
    row = law_here().by_key("offices").get(key or "")
    return row[f"short_{language()}"] if row else key or ""


def route(key: str) -> str:
    """A route of the region in the reader's language."""
    routes: Mapping[str, Mapping[str, str]] = law_here().facts()["routes"]
    return routes[key][f"name_{language()}"] if key in routes else key


def papers_named(drawn: Mapping[str, str]) -> dict[str, str]:
    """Element -> what the paper there is called."""
    return {element: word("paper_kind", kind) for element, kind in drawn.items()}


def incidents_named(drawn: Mapping[str, str]) -> dict[str, str]:
    """Element -> what went wrong there, in a word."""
    return {
        element: str(_("incident") if state == "incident" else _("tried again")) for element, state in drawn.items()
    }


def masked(iin: str) -> str:
    """An IIN that tells nobody anything: ••••••••0012."""
    return "•" * 8 + iin[-4:] if iin else ""


def moment(at: datetime | None, *, exact: bool = False) -> Markup:
    """A moment in words, the exact one on focus, for programs in `datetime`."""
    if at is None:
        return Markup("")
    zone, here = zone_here(), language()
    exactly = dates.exactly(at, here, zone)
    if exact:
        return _time(at.astimezone(zone), exactly, exactly)
    return _time(at.astimezone(zone), exactly, dates.in_words(at, here, zone), " data-today")


def since(at: datetime, *, exact: bool = False) -> Markup:
    """«бүгін 06:14-тен бастап», "since 06:14 today"."""
    zone, here = zone_here(), language()
    said = dates.bound("since", at, here, zone, exact=exact)
    return _time(at.astimezone(zone), dates.exactly(at, here, zone), said)


def _time(at: datetime, exactly: str, said: str, mark: str = "") -> Markup:
    """A moment as HTML, dozens of times on a page: `Markup.format` would take as long as all the rest of it.

    On paper what is marked as said from today is printed exactly: «бүгін» is wrong there tomorrow.
    """
    return Markup(f'<time datetime="{at.isoformat()}" title="{escape(exactly)}"{mark}>{escape(said)}</time>')


def counted(unit: str, count: int) -> str:
    """«2 рабочих дня», "2 times"."""
    return counts.counted(unit, count, language())


def hour_at(hour: time) -> str:
    """«сағат 09:30-да», "at 09:30"."""
    return dates.hour_at(hour, language())


def tried(count: int) -> str:
    """«2 рет әрекет жасалды», "tried 2 times"."""
    return str(gettext("tried %(times)s", times=counted("times", count)))


def line_of(cell: str, table: str, answers: Mapping[str, object]) -> int:
    """Which line a cell stands in as people count them: "members-3-income" is the first when no other was sent."""
    at = int(cell.removeprefix(f"{table}-").split("-")[0])
    known = row_numbers(answers, table)
    return known.index(at) + 1 if at in known else at + 1


def fault(text: str, label: str = "", field: Field | None = None) -> str:
    """What is wrong with an answer; what was left empty is told by its field, what is beyond by its bound."""
    if label and field is not None and (said := _beyond(text, t(label).strip().rstrip(":"), field)):
        return said
    if label and text in (MISSING, NOT_A_CHOICE):
        name = t(label).strip().rstrip(":")
        if text == MISSING:
            return str(gettext("Please fill in «%(field)s».", field=name))
        return str(gettext("«%(field)s»: please choose one of the answers.", field=name))
    return t(text)


def _beyond(text: str, name: str, field: Field) -> str:
    """How much there may be; empty where the field has no such bound."""
    if text == TOO_LONG:
        most = MOST_IDENTIFIER if field.kind == "iin" else field.maximum or LONGEST_TEXT
        return str(gettext("«%(field)s»: at most %(most)s characters.", field=name, most=dates.grouped(most)))
    if text == TOO_LARGE and field.maximum is not None:
        return str(gettext("«%(field)s»: no more than %(most)s.", field=name, most=_bound(field.maximum)))
    if text == TOO_SMALL and field.minimum is not None:
        return str(gettext("«%(field)s»: no less than %(least)s.", field=name, least=_bound(field.minimum)))
    return ""


def _bound(number: float) -> str:
    return dates.grouped(number) if isinstance(number, int) else dates.decimal(str(number), language())


def say(field: Field, text: str) -> str:
    """Words of a form in the reader's language, with what is known put into them."""
    said = t(text)
    return field.fill(said) if field.fill else said


def asked_as(fact: Fact) -> str:
    """What the question was, in the reader's language: as the plugin that asked it says, or said before it was gone."""
    kept = processes.kept_word("field", f"{fact.form}.{fact.field.name}", language()) if fact.form else ""
    return kept or say(fact.field, fact.field.label) or fact.field.name


def answered_as(fact: Fact) -> object:
    """The answer; where nobody offers it any more, in the words of before the plugin was gone."""
    return _answered(f"{fact.form}.{fact.field.name}", fact.value) if fact.form else fact.value


def _answered(key: str, value: object) -> object:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, str):
        return processes.kept_word("choice", f"{key}.{value}", language()) or value
    if isinstance(value, Mapping):  # a line of rows, or how many of each
        return ", ".join(_line(key, name, each) for name, each in value.items() if each not in (None, ""))
    if isinstance(value, list | tuple):
        return "; ".join(str(_answered(key, each)) for each in value)
    return value


def _line(key: str, name: str, value: object) -> str:
    """A question of a line, or one of several that were counted, and its answer."""
    below = f"{key}.{name}"
    return f"{processes.kept_word('field', below, language()) or _answered(key, name)}: {_answered(below, value)}"


def is_drawn_anew(field: Field) -> bool:
    """Whether more of a field moves with the answers than whether it is asked."""
    return bool(field.now or field.reckon or any(is_drawn_anew(column) for column in field.columns))


#: the number of the line from which a page makes new ones
FRESH = 9999


def lines_of(field: Field, answers: Mapping[str, object]) -> list[Line]:
    """The lines of a list as they are asked now."""
    return list(field.lines) or [Line(at, columns_of(field, at)) for at in line_numbers(field, answers)]


def fresh_line_of(field: Field) -> tuple[Line, dict[str, object]]:
    """A new line, and what it begins with."""
    return Line(FRESH, field.columns), fresh_line(field, FRESH)


def in_cards(field: Field) -> bool:
    """Whether a line of a list holds more than fits into a row."""
    wide = ("note", "rows", "table", "choices", "counts")
    return len(field.columns) > 5 or any(column.kind in wide for column in field.columns)


def day_said(iso: str) -> str:
    """A day kept as text, as people write it: 31.12.2013; what is no day stays as it is."""
    try:
        return f"{date.fromisoformat(str(iso)):%d.%m.%Y}"
    except ValueError:
        return str(iso)


def time_said(kept: object, field: Field) -> str:
    """A time kept as text, as people type it where it was asked: 14:30; what is no time stays as it is."""
    try:
        return hours.said(hours.read_time(str(kept), field.asked_at), half_day=field.half_day)
    except ValueError:
        return str(kept)


def moment_said(kept: object, field: Field) -> tuple[str, str]:
    """Day and time of a moment kept as text, as people type them: 31.12.2013 and 14:30."""
    try:
        at = hours.read_moment(str(kept), field.asked_at)
    except ValueError:
        return (day_said(str(kept)), "") if kept else ("", "")
    return f"{at:%d.%m.%Y}", hours.said(at.time(), half_day=field.half_day)


def file_size(size: object) -> str:
    """«1,2 МБ», "340 KB"."""
    kilobytes = int(str(size)) / 1000
    if kilobytes < 1000:
        return str(gettext("%(size)s KB", size=max(round(kilobytes), 1)))
    return str(gettext("%(size)s MB", size=dates.decimal(f"{kilobytes / 1000:.1f}", language())))


def exact(at: datetime) -> str:
    """A moment to the minute, as text."""
    return dates.exactly(at, language(), zone_here())


def runs_under(version: processes.VersionLine) -> str:
    """«Runs under version 3, in force from … to …»: of a case."""
    said = {"version": version.version, "name": t(version.name)}
    if version.since is None:
        return str(gettext("Version %(version)s of «%(name)s», not in force yet", **said))
    said["when"] = dates.bound("since", version.since, language(), zone_here(), exact=True)
    if version.until is not None:
        said["when"] = f"{exact(version.since)} – {exact(version.until)}"
    return str(gettext("Runs under version %(version)s of «%(name)s», in force: %(when)s", **said))


def as_json(value: object) -> str:
    """Values as a designer types them; moments and the like as texts."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


def in_words(test: str) -> str:
    """What a rule of a table asks, in the reader's words; empty where there are no good ones."""
    return dmn.in_words(test, lambda msgid: str(gettext(msgid)), comma=language() != "en")


def minutes_from_utc() -> int:
    """How far the region's clocks are ahead now: for what a browser writes, whose own zone may be wrong."""
    there = clock.now().astimezone(ZoneInfo(str(registry.current().facts()["time_zone"])))
    return (there.utcoffset() or timedelta()) // timedelta(minutes=1)


def milliseconds_now() -> int:
    """Now, as a browser counts it, by our clock: that of its computer may be wrong."""
    return round(clock.now().timestamp() * 1000)


def zone_here() -> ZoneInfo:
    """The zone of the office in which the reader stands, else the region's."""
    office = g.get("office_key")
    known: tuple[str | None, ZoneInfo] | None = g.get("zone_here")
    if known is None or known[0] != office:
        plugins = registry.current()
        zone = deadlines.zone(plugins, office) if office else ZoneInfo(str(plugins.facts()["time_zone"]))
        known = g.zone_here = (office, zone)
    return known[1]
