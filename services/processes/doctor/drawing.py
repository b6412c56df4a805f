"""Whether what is drawn is what happens: elements without a shape, lanes of another role, pools of one process."""

from collections import Counter

from lxml import etree

from services.bpmn import B, local_name, read_extensions
from services.processes.doctor import catalogue
from services.processes.doctor.bench import Bench, executable_of
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.sheet import Sheet

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
#: endings of the names of what a case passes, and of the lines between
RUNS = ("sequenceFlow", "ask", "Event", "Gateway", "Activity", "ubProcess", "ransaction")


def notes_on_drawing(bench: Bench, sheet: Sheet) -> Notes:
    """Of every executable process, what its drawing shows otherwise than it happens, or not at all."""
    if sheet.root is None or sheet.kind != "bpmn":
        return
    yield from _pools(sheet.root)
    executable = set(executable_of(sheet))
    processes = [each for each in sheet.root.iter(f"{B}process") if each.get("id") in executable]
    yield from _shapes(sheet.root, processes)
    for process in processes:
        yield from _lanes(bench, process)


def _shapes(root: etree._Element, processes: list[etree._Element]) -> Notes:
    """Steps that run and are on no drawing; of a file without any drawing once."""
    shapes = root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")
    drawn = {(each.get("bpmnElement") or "").rpartition(":")[2] for each in shapes}
    if not drawn and processes:
        yield Note(catalogue.NO_DRAWING, processes[0])
    for process in processes if drawn else ():
        for node in process.iter(f"{B}*"):
            if local_name(node).endswith(RUNS) and node.get("id") and node.get("id") not in drawn:
                yield Note(catalogue.NOT_DRAWN, node)


def _lanes(bench: Bench, process: etree._Element) -> Notes:
    """A lane that is called as one role, around a task that another one does."""
    roles: dict[str, str] = {}
    for row in bench.registry.table("roles"):
        titles = (value for column, value in row.items() if column.startswith("title_"))
        roles |= {name.casefold(): row["key"] for name in (row["key"], *titles) if name}
    steps = {node.get("id"): node for node in process.iter(f"{B}userTask")}
    for lane in process.iter(f"{B}lane"):
        role = roles.get(" ".join((lane.get("name") or "").split()).casefold())
        for each in lane.iterchildren(f"{B}flowNodeRef") if role else ():
            node = steps.get((each.text or "").strip())
            groups = "" if node is None else read_extensions(node).get("candidateGroups") or ""
            if groups and "{" not in groups and role not in {group.strip() for group in groups.split(",")}:
                yield Note(catalogue.LANE_OF_ANOTHER, node, {"lane": lane.get("name"), "role": groups[:60]})


def _pools(root: etree._Element) -> Notes:
    """Pools of a process that is not there, and two of one process."""
    here = {each.get("id") for each in root.iter(f"{B}process")}
    pools = [each for each in root.iter(f"{B}participant") if each.get("processRef")]
    said = [(each.get("processRef") or "").rpartition(":")[2] for each in pools]
    counted = Counter(said)
    for pool, process in zip(pools, said, strict=True):
        if process not in here:
            yield Note(catalogue.POOL_OF_NOTHING, pool, {"process": process[:60]})
        elif counted[process] > 1:
            yield Note(catalogue.POOLS_OF_ONE, pool, {"process": process[:60]})
