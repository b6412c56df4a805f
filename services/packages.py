"""Where a plugin's package is and how it is loaded: a folder, `plugins/`, an entry point of an installed package."""

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from sys import modules

from services.plugin import Plugin

CORE_VERSION = "0.1"


def in_folder(folder: Path) -> Plugin:
    """The plugin of a package that need not be installed. Raises whatever its import raises, TypeError."""
    spec = spec_from_file_location(folder.name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise TypeError("there is no __init__.py")
    module = modules[folder.name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    finally:
        del modules[folder.name]
    plugin = getattr(module, "plugin", None)
    if not isinstance(plugin, Plugin) or not plugin.region:
        raise TypeError("`plugin` is not a Plugin with a region")
    return plugin


def plugin_called(name: str, points: Sequence[EntryPoint] | None) -> Plugin:
    """The plugin of an entry point, or of `plugins/`. Raises whatever its import raises, TypeError, ValueError."""
    plugin = points[0].load() if points else import_module(f"plugins.{name}").plugin
    if not isinstance(plugin, Plugin):
        raise TypeError("`plugin` is not a Plugin")
    if plugin.name != name:
        raise ValueError(f"its folder is called {plugin.name}: forms and operations are named by it")
    if not _version(plugin.core[0]) <= _version(CORE_VERSION) < _version(plugin.core[1]):
        raise ValueError(f"made for core {plugin.core[0]} up to {plugin.core[1]}, this is {CORE_VERSION}")
    return plugin


def points_of(name: str) -> list[EntryPoint]:
    """The entry points of installed packages that bring a plugin of that name; more than one is a fault."""
    return [point for point in entry_points(group="komek.plugins") if point.name == name]


def said_of(points: Sequence[EntryPoint]) -> str:
    """Which packages those are and what they name: «steppe (steppe.region:plugin)»."""
    return ", ".join(f"{point.dist.name if point.dist else '?'} ({point.value})" for point in points)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
