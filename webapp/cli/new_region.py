"""`komek new-region`: a region's package that passes its own checks at once, to be changed from there."""

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.config import ROOT
from services.processes import texts_of
from services.processes.catalogues import read_catalogue, write_catalogue
from webapp.cli.beginnings import NoBeginning, Route, drawings, routes_of

#: what is Python or a project's settings has `.in` behind its name there: it is neither before it has a key
SCAFFOLD = Path(__file__).parent / "scaffold"
KEY = re.compile(r"[a-z][a-z0-9_]{1,40}")
#: rows of whose kind of office are repeated for each route that goes through one
THROUGH = "psc"
#: how a parameter of a kind of office is called
STAFF = "intake_staff_"
#: a role at the kind of office through which routes go
OF_PSC = re.compile(rf"\b{THROUGH}_\w+")
#: names who corrects an applicant's data
CORRECTION = "correction.bpmn"
#: what a route begins as -> in which contexts translators have its texts
CONTEXTS = {"direct": {"bpmn:direct"}, "psc": {"bpmn:psc", "bpmn:calling_back"}}
#: columns that hold a key of a route, a role, a kind or an office
KEYS = frozenset({"route", "role", "key", "kind", "office"})
NOTE = re.compile(r"(<bpmn:text>Сызба актінің бөлігі емес\.)[^<]*(</bpmn:text>)")
NOTE_SAID = {
    "kk": "Сызба актінің бөлігі емес.\nАктінің атауы мен тармақтарын осында жазыңыз.",
    "ru": "Схема не является частью акта.\nВпишите сюда название акта и его пункты.",
    "en": "The diagram is not part of the act.\nWrite the name of the act and its clauses here.",
}
#: what the new decision draws -> the same in Russian and English
DECISION_SAID = {
    "Тұрғын үй көмегі": ("Жилищная помощь", "Housing assistance"),
    "Көмек алу құқығын анықтау": ("Определение права на помощь", "Whether assistance is due"),
    "Құжаттар толық па?": ("Документы полны?", "Are the papers complete?"),
    "Үлестен асатын шығыс, теңге": ("Расходы сверх доли, тенге", "Expenses beyond the share, tenge"),
    "Көмек алу құқығы бар ма?": ("Есть ли право на помощь?", "Is assistance due?"),
    "Айлық көмек мөлшері, теңге": ("Помощь в месяц, тенге", "Assistance a month, tenge"),
    "Тағайындау мерзімі, ай": ("Срок назначения, мес.", "Months assigned"),
    "Негіздеме кілті": ("Ключ основания", "Key of the reason"),
    "Құжаттар толық емес.": ("Документы неполны.", "The papers are incomplete."),
    "Шығыс шекті үлестен аспайды.": ("Расходы не выше предельной доли.", "The expenses are within the share."),
    "Шығыс шекті үлестен асады.": ("Расходы выше предельной доли.", "The expenses exceed the share."),
}


@click.command(name="new-region")
@click.argument("key")
@click.option("--routes", default="direct", show_default=True,
              help="Names, parted by commas. direct and psc are Komek's own; another is a copy of direct, and akim or "
              "NAME:psc one of psc, through an office of its own.")  # fmt: skip
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where to; here.")
def new_region(key: str, routes: str, into: Path) -> None:
    """Write the package of a new region: KEY is its name, and that of its folder.

    Tables, diagrams, a decision, words for the printed forms, worked cases, tests and a README that says what to
    change. It passes `komek region check` as it is; every value in it is marked as a default.
    """
    if not KEY.fullmatch(key):
        raise click.ClickException(f"{key}: a key is small Latin letters, digits and _, and begins with a letter")
    try:
        wanted = routes_of(routes)
    except NoBeginning as fault:
        raise click.ClickException(str(fault)) from None
    home = into / f"komek-{key.replace('_', '-')}"
    if home.exists():
        raise click.ClickException(f"{home} is there already: nothing was written")
    for place, content in package(key, wanted).items():
        file = home / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    click.echo(f"{home}: written. Begin with {home}/README.md; komek region check {home / key}")
    sys.exit(0)


def package(key: str, routes: list[Route]) -> dict[str, bytes]:
    """Place -> content of every file of the package of a region with these routes."""
    found: dict[str, bytes] = {}
    said = {"@KEY@": key, "@ROUTES@": ", ".join(f'"{each.name}"' for each in routes),
            "@CLASS@": key.title().replace("_", ""), "@KINDS@\n": "".join(map(_kind, routes))}  # fmt: skip
    for file in sorted(each for each in SCAFFOLD.rglob("*") if each.is_file()):
        place = file.relative_to(SCAFFOLD).as_posix().removesuffix(".in")
        text = file.read_text(encoding="utf-8")
        for old, new in said.items():
            text = text.replace(old, new)
        text = _table(text, routes) if file.suffix == ".csv" else _sections_of(text, routes)
        inside = place.removeprefix("package/")
        found[f"{key}/{inside}" if inside != place else place] = text.encode()
    drawn = {name: _noted(text).encode() for name, text in _drawn(routes).items()}
    found |= {f"{key}/bpmn/{name}": content for name, content in drawn.items()}
    return found | _named(key, {**drawn, "entitlement.dmn": found[f"{key}/bpmn/entitlement.dmn"]}, routes)


def _table(text: str, routes: list[Route]) -> str:
    """The table with the rows of these routes and of the kinds of offices on them."""
    headings = next(csv.reader(text.splitlines()))
    told = io.StringIO()
    writer = csv.DictWriter(told, [each.rstrip("*") for each in headings], lineterminator="\n")
    told.write(",".join(headings) + "\n")
    writer.writerows(_kept(csv.DictReader(text.replace("*", "").splitlines()), routes))
    return told.getvalue()


def _kept(rows: Iterable[dict[str, str]], routes: list[Route]) -> Iterator[dict[str, str]]:
    """Rows of a route, and of the kind of office through which it goes, once for each route that begins so."""
    through, steps = [each for each in routes if each.through], _steps(routes)
    for row in rows:
        kind = row.get("kind") or row.get("office") or row.get("key", "").partition(STAFF)[2]
        if row.get("route"):
            yield from (_row_of(each, row) for each in routes if each.like == row["route"])
        elif kind == THROUGH:
            yield from (_row_of(each, row, at) for at, each in enumerate(through, start=1))
        elif (row.get("carries") != "yes" or through) and row.get("step", "") in ("", *steps):
            yield row


def _steps(routes: list[Route]) -> set[str]:
    with (SCAFFOLD / "package/steps.csv").open(encoding="utf-8", newline="") as table:
        likes = {each.like for each in routes}
        return {row["key*"] for row in csv.DictReader(table) if row["route*"] in likes}


def _row_of(route: Route, row: Mapping[str, str], at: int = 1) -> dict[str, str]:
    """The row by that route's names and in its words; an office with a number of its own."""
    told = {}
    for column, value in row.items():
        if column.endswith(("_kk", "_ru", "_en")):
            told[column] = route.said(value, begins="sees_cases" not in row)
        else:
            told[column] = route.key(route.office(value)) if column in KEYS else value
    return {**told, "number": f"P{at}"} if "number" in row else told


def _sections_of(text: str, routes: list[Route]) -> str:
    """What stands between `#: only <beginning>` and `#: end` once for each route that begins so."""

    def told(found: re.Match[str]) -> str:
        return "".join(_told_of(each, found[2]) for each in routes if each.like == found[1])

    return re.sub(r"#: only (\w+)\n(.*?)#: end\n", told, text, flags=re.S)


def _told_of(route: Route, text: str) -> str:
    said = route.said(route.key(text))
    return said.replace("@ROUTE@", route.name).replace("@OFFICE@", route.name.upper())


def _kind(route: Route) -> str:
    """A kind of office that Komek does not know by itself."""
    if not route.through or not route.copied:
        return ""
    called = "".join(f'name_{language} = "{said}"\n' for language, said in route.many.items())
    return f"#: a kind of office that Komek does not know by itself\n[kinds.{route.name}]\n{called}\n"


def _drawn(routes: list[Route]) -> dict[str, str]:
    """The diagrams of the routes; and who corrects data, where others take applications in than Komek knows."""
    found = {name: text for each in routes for name, text in drawings(each).items()}
    through = [each for each in routes if each.through]
    if any(each.copied for each in through):
        text = (ROOT / "bpmn" / CORRECTION).read_text(encoding="utf-8")
        found[CORRECTION] = re.sub(OF_PSC, lambda role: ",".join(each.key(role[0]) for each in through), text)
    return found


def _noted(text: str) -> str:
    """The common diagram, with a note of its own."""
    return NOTE.sub(lambda found: f"<bpmn:text>{NOTE_SAID['kk']}{found[2]}", text)


def _named(key: str, drawn: Mapping[str, bytes], routes: list[Route]) -> dict[str, bytes]:
    """The names of all that is drawn, in Russian and English: those of the common diagrams, and those written here."""
    found: dict[str, bytes] = {}
    texts = texts_of(drawn)
    for at, language in enumerate(("ru", "en")):
        place = f"translations/{language}/LC_MESSAGES/diagrams.po"
        known = dict(read_catalogue((ROOT / "bpmn" / place).read_bytes(), language))
        known |= {(route.key(context), route.said(kk)): route.said(said) for route in routes if route.copied
                  for (context, kk), said in known.items() if context in CONTEXTS[route.like]}  # fmt: skip
        ours = {NOTE_SAID["kk"]: NOTE_SAID[language]} | {kk: said[at] for kk, said in DECISION_SAID.items()}
        said = [(each, known.get((each.context, each.msgid)) or ours.get(each.msgid, "")) for each in texts]
        content = write_catalogue(said, language)
        compiled = io.BytesIO()
        write_mo(compiled, read_po(io.BytesIO(content)))
        found |= {f"{key}/bpmn/{place}": content, f"{key}/bpmn/{place[:-3]}.mo": compiled.getvalue()}
    return found
