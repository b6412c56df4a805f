"""The plugins that are switched on, and who answers for what."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

from services import continued, languages
from services.errors import NotFound
from services.letters import tidy
from services.plugin import Asks, Form, InStep, Operation, Outbound, Outcome, Plugin, Tells
from services.tables import is_law, rows_of

#: tables whose rows other things name by key for as long as they are kept: what left the law is still called so
NAMED = frozenset({"offices", "roles", "documents", "grounds"})


class UnknownOperation(NotFound):
    """No plugin that is switched on carries out %(operation)s."""


class UnknownForm(NotFound):
    """No plugin that is switched on has a form %(form)s."""


@dataclass(frozen=True)
class Rejected:
    """A plugin that was kept out."""

    name: str
    reason: str


class NotOneRegion(ValueError):
    """Of the plugins that are switched on none is a region, or several are: nobody's law could be in force."""

    def __init__(self, regions: Sequence[str], rejected: Sequence[Rejected]) -> None:
        said = f"Switched on as regions: {', '.join(regions) or 'none'}."
        kept_out = "".join(f"\nThe plugin {each.name} was kept out: {each.reason}" for each in rejected)
        super().__init__(f"{said} Name exactly one in KOMEK_PLUGINS.{kept_out}")


class Registry:
    """Built once, at start; read ever after. Raises NotOneRegion.

    `law` is the folder of one edition of the region's act: what it says stands in the place of the region's own files.
    """

    def __init__(
        self,
        plugins: Iterable[Plugin],
        base: Path,
        rejected: Iterable[Rejected] = (),
        names: tuple[str, ...] | None = None,
        *,
        law: Path | None = None,
    ) -> None:
        self.plugins = tuple(plugins)
        #: what `load` makes the same of, in another process; no names: put together by hand
        self.names, self.base = names, base
        self.rejected = tuple(rejected)
        regions = [plugin for plugin in self.plugins if plugin.region]
        if len(regions) != 1:
            raise NotOneRegion([plugin.name for plugin in regions], self.rejected)
        self.region: str = regions[0].region or ""
        common = [plugin for plugin in self.plugins if not plugin.region]
        #: the region's first: its documents replace everyone else's
        self.folders = tuple([p.folder for p in regions + common] + [base])
        self.law = law
        #: that edition's number; None: the law is as the files say it
        self.edition: int | None = None
        #: and its row of `editions.csv`: number, days, clause; empty where nothing says
        self.act: Mapping[str, str] = {}
        #: of the same region under other editions of its act, the newest first
        self.others: tuple[Registry, ...] = ()
        self.outcomes = {key: each for plugin in self.plugins[::-1] for key, each in plugin.outcomes.items()}
        self.papers = {key: each for plugin in self.plugins[::-1] for key, each in plugin.papers.items()}
        self.table = cache(self._table)
        self.by_key = cache(self._by_key)
        self.steps_of_all = cache(self._steps_of_all)
        self.facts = cache(self._facts)
        self.first_language = cache(self._first_language)
        self.roles_that, self.steps_that = cache(self._roles_that), cache(self._steps_that)

    def in_step(self, operation: str) -> Operation[InStep] | None:
        """Who carries it out in the click's transaction; None when it is outbound. Raises UnknownOperation."""
        plugin, verb = self._split(operation)
        if plugin and verb in plugin.in_step:
            return plugin.in_step[verb]
        self.outbound(operation)
        return None

    def outbound(self, operation: str) -> Operation[Outbound]:
        """Who carries it out after the commit. Raises UnknownOperation."""
        plugin, verb = self._split(operation)
        if plugin and verb in plugin.outbound:
            return plugin.outbound[verb]
        raise UnknownOperation(operation=operation)

    def teller(self) -> tuple[str, Tells] | None:
        """The plugin that hands messages for applicants on, and how; the first that does."""
        return next(((each.name, each.tells) for each in self.plugins if each.tells is not None), None)

    def operation(self, name: str) -> Operation[InStep] | Operation[Outbound]:
        """What is declared of it, wherever it is carried out. Raises UnknownOperation."""
        return self.in_step(name) or self.outbound(name)

    def form(self, name: str) -> Form:
        """The form that a diagram's form key names. Raises UnknownForm."""
        plugin, form = self._split(name)
        if plugin and form in plugin.forms:
            return plugin.forms[form]
        raise UnknownForm(form=name)

    def asked(self) -> dict[str, list[Asks]]:
        """Decision -> what the forms of each plugin ask of it."""
        found: dict[str, list[Asks]] = {}
        for plugin in self.plugins:
            for key, asks in plugin.decisions.items():
                found.setdefault(key, []).append(asks)
        return found

    def forms_that_sign(self) -> frozenset[str]:
        """Forms whose paper may be signed with a person's own key, several at once."""
        return frozenset(f"{p.name}.{name}" for p in self.plugins for name, form in p.forms.items() if form.sign_with)

    def forms_that_agree(self) -> frozenset[str]:
        """Forms by which several drafts may be agreed with at once."""
        return frozenset(f"{p.name}.{name}" for p in self.plugins for name, form in p.forms.items() if form.agree_with)

    @cached_property
    def forms_of_several(self) -> Mapping[str, str]:
        """Forms that may be answered once for several tasks -> what each is called."""
        return {f"{p.name}.{name}": form.title for p in self.plugins for name, form in p.forms.items() if form.several}

    def grounds(self) -> dict[str, str]:
        """Form -> its field that says on which ground an application was refused."""
        return {f"{p.name}.{name}": form.ground for p in self.plugins for name, form in p.forms.items() if form.ground}

    def outcome(self, key: str) -> Outcome:
        """What a plugin made of that outcome; nothing, when none names it."""
        return self.outcomes.get(key, Outcome(key))

    def ends_that(self, decide: str) -> list[str]:
        """Outcomes of cases that were `granted` or `denied`."""
        return sorted(key for key, each in self.outcomes.items() if each.decides == decide)

    def outcomes_that_uphold(self) -> list[str]:
        """Outcomes of steps by which a complaint is found justified."""
        return sorted(key for key, each in self.outcomes.items() if each.upholds)

    def papers_that(self, what: str) -> list[str]:
        """Papers that are `taken_home`, `answers`, `reminds` or `encloses`."""
        return sorted(key for key, each in self.papers.items() if getattr(each, what))

    def event(self, name: str) -> str:
        """What a plugin calls an event of its operation ("home_visit.record.seen"); empty when none does."""
        plugin, rest = self._split(name)
        return plugin.events.get(rest.rpartition(".")[2], "") if plugin else ""

    def answers(self, operation: str) -> bool:
        """Whether a plugin carries it out; what none does is an external task."""
        plugin, verb = self._split(operation)
        return plugin is not None and (verb in plugin.in_step or verb in plugin.outbound)

    def away(self, operation: str) -> str:
        """The plugin that it is of, when that is switched on and was kept out; empty otherwise."""
        plugin, name = self._split(operation)[0], operation.partition(".")[0]
        return name if plugin is None and any(each.name == name for each in self.rejected) else ""

    def operations(self) -> frozenset[str]:
        """Every operation that a diagram may name."""
        return frozenset(f"{p.name}.{verb}" for p in self.plugins for verb in (*p.in_step, *p.outbound))

    def forms(self) -> frozenset[str]:
        """Every form that a diagram may name."""
        return frozenset(f"{p.name}.{name}" for p in self.plugins for name in p.forms)

    def file(self, place: str) -> Path:
        """The file at that place: the region's, else a plugin's, else our own. Raises NotFound."""
        for file in self.files(place):
            return file
        raise NotFound("There is no file at %(place)s.", place=place)

    def files(self, place: str) -> list[Path]:
        """Every file at that place, the region's first."""
        folders = self.folders if self.law is None or not is_law(place) else (self.law, *self.folders[1:])
        return [folder / place for folder in folders if (folder / place).is_file()]

    def matching(self, pattern: str) -> dict[str, Path]:
        """Place -> file for every place that fits the pattern ("bpmn/*.bpmn"), the region's file where several do."""
        found: dict[str, Path] = {}
        for folder in self.folders if self.law is None else (self.law, *self.folders):
            for file in sorted(folder.glob(pattern)):
                place = file.relative_to(folder).as_posix()
                if self.law is None or folder != self.folders[0] or not is_law(place):
                    found.setdefault(place, file)
        return found

    def under(self, law: Path) -> "Registry":
        """A registry of the same plugins, with the region's law as it stands in that folder."""
        return Registry(self.plugins, self.base, self.rejected, self.names, law=law)

    def of_region(self, folder: Path) -> "Registry":
        """A registry of the same common plugins over another region's folder, whose code is not looked at."""
        region = Plugin(continued.whole(folder), folder.name, region=folder.name)
        return Registry([region, *(each for each in self.plugins if not each.region)], self.base)

    def _split(self, dotted: str) -> tuple[Plugin | None, str]:
        name, _, verb = dotted.partition(".")
        return next((plugin for plugin in self.plugins if plugin.name == name), None), verb

    def _table(self, name: str) -> Sequence[Mapping[str, str]]:
        """The rows of `<name>.csv`, laid over by key: a region's row replaces a common one with the same key.

        The key is the columns whose heading ends in `*` (the star is dropped). A column that an edition of the act was
        put in force without, because Komek did not ask for it yet, is as the region's files say now. Raises BadTable.
        """
        rows: dict[tuple[str, ...], dict[str, str]] = {}
        for file in reversed(self.files(place := f"{name}.csv")):
            told = rows_of(file)
            if self.law is not None and file == self.law / place:
                newer = self.folders[0] / place
                shipped = rows_of(newer) if newer.is_file() else {}
                columns = dict.fromkeys((heading for row in shipped.values() for heading in row), "")
                told = {key: {**columns, **shipped.get(key, {}), **row} for key, row in told.items()}
            rows |= told
        return tuple(rows.values())

    def _by_key(self, name: str) -> Mapping[str, Mapping[str, str]]:
        return {row["key"]: row for row in self.known(name)}

    def known(self, name: str, column: str = "key") -> Sequence[Mapping[str, str]]:
        """The rows of a table, and of one whose rows are named elsewhere those that other editions have beside them."""
        rows = [*self.table(name)]
        for other in self.others if name in NAMED or column != "key" else ():
            there = {row[column] for row in rows}
            rows += [row for row in other.table(name) if row[column] not in there]
        return rows

    def _steps_of_all(self) -> Sequence[Mapping[str, str]]:
        """The rows of the steps in the act's order, then those that other editions alone have."""
        laws = (*reversed(self.others), self)
        rows = {(row["code"], row["key"]): row for law in laws for row in law.table("steps")}
        own = dict.fromkeys((row["code"], row["key"]) for row in self.table("steps"))
        return [rows[each] for each in {**own, **dict.fromkeys(rows)}]

    def editions(self) -> "tuple[Registry, ...]":
        """The region under every edition of its act, this one first."""
        return (self, *self.others)

    def row(self, name: str, key: str) -> Mapping[str, str]:
        """The row of a table with that key. Raises NotFound."""
        try:
            return self.by_key(name)[key]
        except KeyError:
            raise NotFound("There is no %(key)s in the region's table %(table)s.", key=key, table=name) from None

    def kinds(self) -> tuple[str, ...]:
        """Kinds of the offices that work on cases: those that decide first, then as the region lists them.

        `body` decides, `control` only looks; every other kind takes applications and papers in.
        """
        listed = dict.fromkeys(row["kind"] for row in self.table("offices") if row["kind"] != "control")
        return tuple(sorted(listed, key=lambda kind: kind != "body"))

    def _roles_that(self, column: str) -> frozenset[str]:
        """Keys of the roles whose column says yes: who leads, assigns, executes, signs, carries, controls …"""
        return frozenset(row["key"] for row in self.known("roles") if row.get(column) == "yes")

    def role_that(self, column: str, office_key: str = "") -> str:
        """The first role at an office of that kind whose column says yes, else the first anywhere; empty: none."""
        kind = self.by_key("offices").get(office_key, {}).get("kind")
        rows = sorted(self.table("roles"), key=lambda row: row["office"] not in (kind, "any"))
        return next((row["key"] for row in rows if row.get(column) == "yes"), "")

    def _steps_that(self, part: str) -> frozenset[str]:
        """Keys of the steps that play that part: `drafts`, `only_applicant`, `folder_leaves` …"""
        steps = [row for each in (self, *self.others) for row in each.table("steps")]
        return frozenset(row["key"] for row in steps if row.get("part") == part)

    def deciding_steps(self) -> frozenset[str]:
        """Keys of the steps that decide: where an answer is drafted, or somebody says what it is, or what a complaint
        about it comes to."""
        return self.steps_that("drafts") | self.steps_that("decides") | self.steps_that("considers")

    def _facts(self) -> Mapping[str, Any]:
        """What `region.toml` says of the region and its act. Raises NotFound."""
        return tomllib.loads(tidy(self.file("region.toml").read_text(encoding="utf-8-sig")))

    def _first_language(self) -> str:
        """kk or ru: what the region speaks first. Its own files say it, whichever edition of its act holds."""
        return languages.first_in(self.folders[0])


class OfAnEdition(Protocol):
    """What began under one edition of the act, and ends under it; None: under the first."""

    @property
    def edition(self) -> int | None: ...


class LawBook(Protocol):
    """Which edition of a region's act holds, and what each says (services/law)."""

    def today(self, shipped: Registry) -> Registry:
        """The region under the edition that holds today."""

    def under(self, shipped: Registry, edition: int | None) -> Registry:
        """The region under that edition."""


_shipped: Registry | None = None
_law: LawBook | None = None


def use(registry: Registry) -> None:
    """Make it the one that this process answers from: called once, when the application is put together."""
    global _shipped
    _shipped = registry


@contextmanager
def using(registry: Registry) -> Iterator[None]:
    """Meanwhile it is the one; whatever was before is put back."""
    global _shipped
    before, _shipped = _shipped, registry
    try:
        yield
    finally:
        _shipped = before


def go_by(law: LawBook) -> None:
    """Say who knows which edition of the act holds; until then the files do."""
    global _law
    _law = law


def shipped() -> Registry:
    """The registry in use, with the region's law as its files say it. Raises RuntimeError before `use`."""
    if _shipped is None:
        raise RuntimeError("no registry is in use: call webapp.create_app first")
    return _shipped


def first_language() -> str:
    """What the region in use speaks first; Kazakh before there is one. Asks no database."""
    return _shipped.first_language() if _shipped is not None else languages.OF_STATE[0]


def current() -> Registry:
    """The registry in use, under the edition of the act that holds today. Raises RuntimeError before `use`."""
    return shipped() if _law is None else _law.today(shipped())


def of(case: OfAnEdition) -> Registry:
    """The registry in use, under the edition of the act that a case lives under. Raises RuntimeError before `use`."""
    return under(case.edition)


def under(edition: int | None) -> Registry:
    """The registry in use, under that edition of the act; None: the first. Raises RuntimeError before `use`."""
    return shipped() if _law is None else _law.under(shipped(), edition)
