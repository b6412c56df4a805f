"""Finding and loading plugins: our own, those of installed packages, and a region's package wherever it lies."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from sys import modules

from services import continued
from services.guarded import call_plugin
from services.packages import in_folder, plugin_called, points_of, said_of
from services.plugin import Plugin
from services.registry import Registry, Rejected


def load(names: Sequence[str], base: Path) -> Registry:
    """Load the plugins of those names, our own from `plugins/`, others from the entry points `komek.plugins`.

    A plugin that does not load, or was made for another core, is kept out with its reason. Raises NotOneRegion, with
    those reasons.
    """
    plugins: list[Plugin] = []
    rejected: list[Rejected] = []
    for name in dict.fromkeys(names):
        try:
            points = points_of(name)
            own = f"plugins.{name}" in modules or find_spec(f"plugins.{name}") is not None
            if own and points:
                rejected.append(Rejected(name, f"Komek's own plugin has this name; kept out: {said_of(points)}"))
            elif len(points) > 1:
                raise ValueError(f"several packages bring a plugin of this name: {said_of(points)}")
            plugin = _whole(call_plugin(name, partial(plugin_called, name, None if own else points), raw=True))
            _check_agrees(plugin, plugins)
            plugins.append(plugin)
        except Exception as error:  # a broken plugin must never take the application down
            rejected.append(Rejected(name, f"{type(error).__name__}: {error}"))
    return Registry(plugins, base, rejected, tuple(names))


def load_folder(folder: Path, names: Sequence[str], base: Path) -> Registry:
    """The region in that folder, wherever it lies, beside the plugins of those names that are no regions.

    What does not load is kept out with its reason; the region's files are then read without its code.
    """
    rejected: list[Rejected] = []
    try:
        plugin = _whole(call_plugin(folder.name, partial(in_folder, folder), raw=True))
    except Exception as error:  # whatever a stranger's package does when it is imported
        rejected.append(Rejected(folder.name, f"{type(error).__name__}: {error}"))
        plugin = Plugin(folder, "", region=folder.name)
    others: list[Plugin] = []
    for name in names:
        try:
            others.append(call_plugin(name, partial(plugin_called, name, points_of(name) or None), raw=True))
        except Exception as error:
            rejected.append(Rejected(name, f"{type(error).__name__}: {error}"))
    return Registry([plugin, *(each for each in others if not each.region)], base, rejected)


def _whole(plugin: Plugin) -> Plugin:
    """As it is; of a region that goes on with another's package, over both their files. Raises CannotContinue."""
    return replace(plugin, folder=continued.whole(plugin.folder)) if plugin.region else plugin


def _check_agrees(plugin: Plugin, others: Sequence[Plugin]) -> None:
    """Raises ValueError for a key that another plugin gave another meaning: nobody's words change silently."""
    for other in others:
        for told, known in ((plugin.outcomes, other.outcomes), (plugin.papers, other.papers)):
            if wrong := [key for key, each in told.items() if key in known and known[key] != each]:
                raise ValueError(f"{other.name} says otherwise of {', '.join(wrong)}")
