"""`komek new-region`: a region's package that passes its own checks at once, to be changed from there."""

import csv
import io
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.config import ROOT
from services.processes import texts_of
from services.processes.catalogues import read_catalogue, write_catalogue

#: what is Python or a project's settings has `.in` behind its name there: it is neither before it has a key
SCAFFOLD = Path(__file__).parent / "scaffold"
KEY = re.compile(r"[a-z][a-z0-9_]{1,40}")
#: route -> the common diagram that it begins with, and the kinds of offices that work on it
ROUTES: Mapping[str, tuple[str, frozenset[str]]] = {
    "direct": ("direct.bpmn", frozenset({"body", "control", "any"})),
    "psc": ("via_psc.bpmn", frozenset({"body", "psc", "control", "any"})),
}
#: roles of which there is no work without somebody who carries
OF_COURIERS = frozenset({"psc"})
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
@click.option("--routes", default="direct", show_default=True, help="Of direct and psc, parted by commas.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where to; here.")
def new_region(key: str, routes: str, into: Path) -> None:
    """Write the package of a new region: KEY is its name, and that of its folder.

    Tables, diagrams, a decision, words for the printed forms, worked cases, tests and a README that says what to
    change. It passes `komek region check` as it is; every value in it is marked as a default.
    """
    wanted = [each.strip() for each in routes.split(",") if each.strip()]
    if not KEY.fullmatch(key):
        raise click.ClickException(f"{key}: a key is small Latin letters, digits and _, and begins with a letter")
    if unknown := [each for each in wanted if each not in ROUTES] or ([] if wanted else [routes]):
        raise click.ClickException(
            f"{', '.join(unknown)}: a new region begins with {' and '.join(ROUTES)}; draw a route of its own afterwards"
        )
    home = into / f"komek-{key.replace('_', '-')}"
    if home.exists():
        raise click.ClickException(f"{home} is there already: nothing was written")
    for place, content in package(key, list(dict.fromkeys(wanted))).items():
        file = home / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    click.echo(f"{home}: written. Begin with {home}/README.md; komek region check {home / key}")
    sys.exit(0)


def package(key: str, routes: list[str]) -> dict[str, bytes]:
    """Place -> content of every file of the package of a region with these routes."""
    found: dict[str, bytes] = {}
    steps = {row["key"] for row in _kept((SCAFFOLD / "package/steps.csv").read_text(encoding="utf-8"), routes)}
    for file in sorted(each for each in SCAFFOLD.rglob("*") if each.is_file()):
        place = file.relative_to(SCAFFOLD).as_posix().removesuffix(".in")
        text = file.read_text(encoding="utf-8").replace("@KEY@", key).replace("@ROUTES@", _listed(routes))
        text = text.replace("@CLASS@", key.title().replace("_", ""))
        if file.suffix == ".csv":
            text = _rows_of(text, routes, steps)
        if file.suffix in (".toml", ".yaml"):
            text = _sections_of(text, routes)
        inside = place.removeprefix("package/")
        found[f"{key}/{inside}" if inside != place else place] = text.encode()
    drawn = {name: _drawn(name) for name in (ROUTES[each][0] for each in routes)}
    found |= {f"{key}/bpmn/{name}": content for name, content in drawn.items()}
    return found | _named(key, {**drawn, "entitlement.dmn": found[f"{key}/bpmn/entitlement.dmn"]})


def _listed(routes: list[str]) -> str:
    return ", ".join(f'"{each}"' for each in routes)


def _kept(text: str, routes: list[str]) -> list[dict[str, str]]:
    """The rows of a table, by columns without stars, that are of these routes and of the kinds of offices on them."""
    kinds = frozenset().union(*(ROUTES[each][1] for each in routes))
    kept = []
    for row in csv.DictReader(text.replace("*", "").splitlines()):
        kind = row.get("kind") or row.get("office") or "any"
        carries = row.get("carries") == "yes" and not OF_COURIERS & set(routes)
        if row.get("route", "") in ("", *routes) and kind in kinds and not carries:
            kept.append(row)
    return kept


def _rows_of(text: str, routes: list[str], steps: set[str]) -> str:
    """The table with these rows alone; words are said of no step but these."""
    headings = next(csv.reader(text.splitlines()))
    told = io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    writer.writerow(headings)
    for row in _kept(text, routes):
        if row.get("step", "") in ("", *steps):
            writer.writerow([row[each.rstrip("*")] for each in headings])
    return told.getvalue()


def _sections_of(text: str, routes: list[str]) -> str:
    """Without what stands between `#: only <route>` and `#: end` of a route that is not wanted."""
    for route in ROUTES:
        kept = r"\1" if route in routes else ""
        text = re.sub(rf"#: only {route}\n(.*?)#: end\n", kept, text, flags=re.S)
    return text


def _drawn(name: str) -> bytes:
    """The common diagram, with a note of its own."""
    text = (ROOT / "bpmn" / name).read_text(encoding="utf-8")
    return NOTE.sub(lambda found: f"<bpmn:text>{NOTE_SAID['kk']}{found[2]}", text).encode()


def _named(key: str, drawn: Mapping[str, bytes]) -> dict[str, bytes]:
    """The names of all that is drawn, in Russian and English: those of the common diagrams, and those written here."""
    found: dict[str, bytes] = {}
    texts = texts_of(drawn)
    for at, language in enumerate(("ru", "en")):
        place = f"translations/{language}/LC_MESSAGES/diagrams.po"
        known = read_catalogue((ROOT / "bpmn" / place).read_bytes(), language)
        ours = {NOTE_SAID["kk"]: NOTE_SAID[language]} | {kk: said[at] for kk, said in DECISION_SAID.items()}
        said = [(each, known.get((each.context, each.msgid)) or ours.get(each.msgid, "")) for each in texts]
        content = write_catalogue(said, language)
        compiled = io.BytesIO()
        write_mo(compiled, read_po(io.BytesIO(content)))
        found |= {f"{key}/bpmn/{place}": content, f"{key}/bpmn/{place[:-3]}.mo": compiled.getvalue()}
    return found
