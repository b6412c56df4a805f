"""What a region's deployment brings: its own drawings, its plugins', and of Komek's those that lie on its routes."""

from collections.abc import Iterator, Mapping

from lxml import etree

from services.bpmn import ANY_PROCESS, B, BadDiagram, FileSet
from services.registry import Registry


def brought(registry: Registry) -> dict[str, bytes]:
    """File name -> each diagram, decision and form, the region's own before the common ones.

    A diagram of Komek's own that is the way of a route which the region has not, and what that alone calls, is left
    out: its steps are nobody's there.
    """
    places = {place: file for ending in ("bpmn", "dmn", "form")
              for place, file in registry.matching(f"bpmn/*.{ending}").items()}  # fmt: skip
    files = {place.rpartition("/")[2]: file for place, file in sorted(places.items())}
    contents = {name: file.read_bytes() for name, file in files.items()}
    ours = {name for name, file in files.items() if file.parent == registry.base / "bpmn" and name.endswith(".bpmn")}
    left_out = _left_out(contents, ours, _routes(registry))
    return {name: content for name, content in contents.items() if name not in left_out}


def _left_out(contents: Mapping[str, bytes], ours: set[str], routes: set[str]) -> set[str]:
    if not routes:
        return set()
    needs = {name: _called(contents, name) for name in contents}
    begins = {name: _begins(contents[name]) for name in ours}
    everything_called = set().union(*needs.values())
    out = {name for name in ours if begins[name] and not begins[name] & (routes | everything_called)}
    while True:
        called = set().union(*(each for name, each in needs.items() if name not in out))
        if "*" in called:
            return out
        more = {name for name in ours - out if begins[name] and not begins[name] & (routes | called)}
        if not more:
            return out
        out |= more


def _begins(content: bytes) -> set[str]:
    """Processes of a diagram that begin by being called or opened, not by what is told or by a moment."""
    return {process.get("id", "") for process in etree.fromstring(content).iter(f"{B}process")
            if process.get("isExecutable") == "true" and any(_plain(process))}  # fmt: skip


def _plain(process: etree._Element) -> Iterator[bool]:
    for start in process.iterfind(f"{B}startEvent"):
        yield not any(str(each.tag).endswith("EventDefinition") for each in start)


def _called(contents: Mapping[str, bytes], name: str) -> set[str]:
    """Processes that a file calls; of one that cannot be read none: whoever deploys it is told."""
    if not name.endswith(".bpmn"):
        return set()
    try:
        needs = FileSet.of({name: contents[name]}).contents(name).needs
    except BadDiagram:
        return set()
    return {thing for kind, thing in needs if kind == ANY_PROCESS[0]}


def _routes(registry: Registry) -> set[str]:
    """The region's routes; none where its facts do not say them."""
    service = registry.facts().get("service")
    routes = service.get("routes") if isinstance(service, Mapping) else None
    return {str(each) for each in routes} if isinstance(routes, list) else set()
