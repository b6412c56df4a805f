"""The plugins that are switched on, and who answers for what."""

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from sys import modules
from typing import Any

from services.errors import NotFound
from services.guarded import call_plugin
from services.letters import tidy
from services.plugin import Form, InStep, Operation, Outbound, Outcome, Plugin

CORE_VERSION = "0.1"


class UnknownOperation(NotFound):
    """No plugin that is switched on carries out %(operation)s."""


class UnknownForm(NotFound):
    """No plugin that is switched on has a form %(form)s."""


class BadTable(ValueError):
    """A region's table cannot be read: the message names the file and the line."""


@dataclass(frozen=True)
class Rejected:
    """A plugin that was kept out."""

    name: str
    reason: str


class Registry:
    """Built once, at start; read ever after."""

    def __init__(
        self,
        plugins: Iterable[Plugin],
        base: Path,
        rejected: Iterable[Rejected] = (),
        names: tuple[str, ...] | None = None,
    ) -> None:
        self.plugins = tuple(plugins)
        #: what `load` makes the same of, in another process; no names: put together by hand
        self.names, self.base = names, base
        self.rejected = tuple(rejected)
        regions = [plugin for plugin in self.plugins if plugin.region]
        if len(regions) != 1:
            raise ValueError(f"exactly one region must be switched on, not {[p.name for p in regions]}")
        self.region: str = regions[0].region or ""
        common = [plugin for plugin in self.plugins if not plugin.region]
        #: the region's first: its documents replace everyone else's
        self.folders = tuple([p.folder for p in regions + common] + [base])
        self.outcomes = {key: each for plugin in self.plugins[::-1] for key, each in plugin.outcomes.items()}
        self.papers = {key: each for plugin in self.plugins[::-1] for key, each in plugin.papers.items()}
        self.table = cache(self._table)
        self.by_key = cache(self._by_key)
        self.facts = cache(self._facts)
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

    def operation(self, name: str) -> Operation[InStep] | Operation[Outbound]:
        """What is declared of it, wherever it is carried out. Raises UnknownOperation."""
        return self.in_step(name) or self.outbound(name)

    def form(self, name: str) -> Form:
        """The form that a diagram's form key names. Raises UnknownForm."""
        plugin, form = self._split(name)
        if plugin and form in plugin.forms:
            return plugin.forms[form]
        raise UnknownForm(form=name)

    def forms_that_sign(self) -> frozenset[str]:
        """Forms whose paper may be signed with a person's own key, several at once."""
        return frozenset(f"{p.name}.{name}" for p in self.plugins for name, form in p.forms.items() if form.sign_with)

    def forms_that_agree(self) -> frozenset[str]:
        """Forms by which several drafts may be agreed with at once."""
        return frozenset(f"{p.name}.{name}" for p in self.plugins for name, form in p.forms.items() if form.agree_with)

    def grounds(self) -> dict[str, str]:
        """Form -> its field that says on which ground an application was refused."""
        return {f"{p.name}.{name}": form.ground for p in self.plugins for name, form in p.forms.items() if form.ground}

    def outcome(self, key: str) -> Outcome:
        """What a plugin made of that outcome; nothing, when none names it."""
        return self.outcomes.get(key, Outcome(key))

    def ends_that(self, decide: str) -> list[str]:
        """Outcomes of cases that were `granted` or `denied`."""
        return sorted(key for key, each in self.outcomes.items() if each.decides == decide)

    def papers_that(self, what: str) -> list[str]:
        """Papers that are `taken_home`, `answers` or `encloses`."""
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
        return [folder / place for folder in self.folders if (folder / place).is_file()]

    def matching(self, pattern: str) -> dict[str, Path]:
        """Place -> file for every place that fits the pattern ("bpmn/*.bpmn"), the region's file where several do."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            for file in sorted(folder.glob(pattern)):
                found.setdefault(file.relative_to(folder).as_posix(), file)
        return found

    def _split(self, dotted: str) -> tuple[Plugin | None, str]:
        name, _, verb = dotted.partition(".")
        return next((plugin for plugin in self.plugins if plugin.name == name), None), verb

    def _table(self, name: str) -> Sequence[Mapping[str, str]]:
        """The rows of `<name>.csv`, laid over by key: a region's row replaces a common one with the same key.

        The key is the columns whose heading ends in `*` (the star is dropped). Raises BadTable.
        """
        rows: dict[tuple[str, ...], dict[str, str]] = {}
        for file in reversed(self.files(f"{name}.csv")):
            with file.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(map(tidy, stream), strict=True)
                headings = list(reader.fieldnames or ())
                keys = [heading for heading in headings if heading.endswith("*")]
                if not keys:
                    raise BadTable(f"{file}: no key column (a heading ending in *)")
                seen: set[tuple[str, ...]] = set()
                for row in reader:
                    if None in row or None in row.values():
                        raise BadTable(f"{file}, line {reader.line_num}: not {len(headings)} values")
                    key = tuple(row[heading] for heading in keys)
                    if key in seen:
                        raise BadTable(f"{file}, line {reader.line_num}: {key} is there twice")
                    seen.add(key)
                    rows[key] = {heading.rstrip("*"): (value or "").strip() for heading, value in row.items()}
        return tuple(rows.values())

    def _by_key(self, name: str) -> Mapping[str, Mapping[str, str]]:
        return {row["key"]: row for row in self.table(name)}

    def row(self, name: str, key: str) -> Mapping[str, str]:
        """The row of a table with that key. Raises NotFound."""
        try:
            return self.by_key(name)[key]
        except KeyError:
            raise NotFound("There is no %(key)s in the region's table %(table)s.", key=key, table=name) from None

    def _roles_that(self, column: str) -> frozenset[str]:
        """Keys of the roles whose column says yes: who leads, assigns, executes, signs, carries, controls …"""
        return frozenset(row["key"] for row in self.table("roles") if row.get(column) == "yes")

    def role_that(self, column: str, office_key: str = "") -> str:
        """The first role at an office of that kind whose column says yes, else the first anywhere; empty: none."""
        kind = self.by_key("offices").get(office_key, {}).get("kind")
        rows = sorted(self.table("roles"), key=lambda row: row["office"] not in (kind, "any"))
        return next((row["key"] for row in rows if row.get(column) == "yes"), "")

    def _steps_that(self, part: str) -> frozenset[str]:
        """Keys of the steps that play that part: `drafts`, `only_applicant`, `folder_leaves` …"""
        return frozenset(row["key"] for row in self.table("steps") if row.get("part") == part)

    def _facts(self) -> Mapping[str, Any]:
        """What `region.toml` says of the region and its act. Raises NotFound."""
        return tomllib.loads(tidy(self.file("region.toml").read_text(encoding="utf-8-sig")))


_current: Registry | None = None


def use(registry: Registry) -> None:
    """Make it the one that this process answers from: called once, when the application is put together."""
    global _current
    _current = registry


def current() -> Registry:
    """The registry in use. Raises RuntimeError before `use`."""
    if _current is None:
        raise RuntimeError("no registry is in use: call webapp.create_app first")
    return _current


def load(names: Sequence[str], base: Path) -> Registry:
    """Load the plugins of those names, our own from `plugins/`, others from the entry points `komek.plugins`.

    A plugin that does not load, or was made for another core, is kept out with its reason.
    """
    plugins: list[Plugin] = []
    rejected: list[Rejected] = []
    for name in dict.fromkeys(names):
        try:
            points = [point for point in entry_points(group="komek.plugins") if point.name == name]
            own = f"plugins.{name}" in modules or find_spec(f"plugins.{name}") is not None
            if own and points:
                rejected.append(Rejected(name, f"Komek's own plugin has this name; kept out: {_said_of(points)}"))
            elif len(points) > 1:
                raise ValueError(f"several packages bring a plugin of this name: {_said_of(points)}")
            plugin = call_plugin(name, partial(_found, name, None if own else points), raw=True)
            _check_agrees(plugin, plugins)
            plugins.append(plugin)
        except Exception as error:  # a broken plugin must never take the application down
            rejected.append(Rejected(name, f"{type(error).__name__}: {error}"))
    return Registry(plugins, base, rejected, tuple(names))


def _found(name: str, points: Sequence[EntryPoint] | None) -> Plugin:
    """The plugin of an entry point, or of `plugins/`. Raises whatever its import raises, TypeError, ValueError."""
    plugin = points[0].load() if points else import_module(f"plugins.{name}").plugin
    if not isinstance(plugin, Plugin):
        raise TypeError("`plugin` is not a Plugin")
    if plugin.name != name:
        raise ValueError(f"its folder is called {plugin.name}: forms and operations are named by it")
    if not _version(plugin.core[0]) <= _version(CORE_VERSION) < _version(plugin.core[1]):
        raise ValueError(f"made for core {plugin.core[0]} up to {plugin.core[1]}, this is {CORE_VERSION}")
    return plugin


def _said_of(points: Sequence[EntryPoint]) -> str:
    return ", ".join(f"{point.dist.name if point.dist else '?'} ({point.value})" for point in points)


def _check_agrees(plugin: Plugin, others: Sequence[Plugin]) -> None:
    """Raises ValueError for a key that another plugin gave another meaning: nobody's words change silently."""
    for other in others:
        for told, known in ((plugin.outcomes, other.outcomes), (plugin.papers, other.papers)):
            if wrong := [key for key, each in told.items() if key in known and known[key] != each]:
                raise ValueError(f"{other.name} says otherwise of {', '.join(wrong)}")


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
