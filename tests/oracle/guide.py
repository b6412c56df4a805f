"""`python -m tests.oracle.guide` writes the table of elements into the designers' guide: what runs, and its proof."""

from services.config import ROOT
from tests.oracle.table import Row, not_yet, rows

GUIDE = ROOT / "docs/designers.md"
BEGIN, END = "<!-- the table of elements: python -m tests.oracle.guide -->", "<!-- end of the table of elements -->"
#: kind of rows -> what it is called, in the order of the guide
KINDS = {
    "user": "User task",
    "task": "Task without a kind",
    "manual": "Manual task",
    "service": "Service task (external)",
    "script": "Script task",
    "receive": "Receive task",
    "send": "Send task",
    "rule": "Business rule task",
    "exclusive": "Exclusive gateway",
    "parallel": "Parallel gateway",
    "inclusive": "Inclusive gateway",
    "event": "Event gateway",
    "complex": "Complex gateway",
    "start": "Start events",
    "timer": "Timer events",
    "message": "Message events",
    "signal": "Signal events",
    "conditional": "Conditional events",
    "link": "Link events",
    "error": "Error events",
    "escalation": "Escalation events",
    "terminate": "Terminate end event",
    "end": "End events",
    "throw": "Throw event without a kind",
    "compensation": "Compensation",
    "sub": "Sub-process",
    "eventsub": "Event sub-process",
    "transaction": "Transaction",
    "multi": "Multi-instance",
    "loop": "Standard loop",
    "call": "Call activity",
    "data": "Data, annotations",
    "operaton": "`operaton:`",
    "zeebe": "`zeebe:` (Camunda 8)",
}


def table() -> str:
    """The table, a line for every kind."""
    lines = ["| element | runs as specified | refused before it is deployed | otherwise for now |", "|---|---|---|---|"]
    for kind, called in KINDS.items():
        found = [row for row in rows() if row.kind == kind]
        cells = [_cell([row for row in found if _stands(row) == each]) for each in ("so", "refused", "differs")]
        lines.append(f"| {called} | {' | '.join(cells)} |")
    count = sum(_stands(row) == "so" for row in rows())
    return "\n".join([*lines, "", f"{len(rows())} situations; {count} run as specified."])


def written() -> str:
    """The guide with the table as it is now."""
    text = GUIDE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _stands(row: Row) -> str:
    """So as its sentence says; refused before anything runs, where it should run; or otherwise than it says."""
    why = not_yet().get(row.id)
    if why is None:
        return "so"
    return "refused" if "refused" in why else "differs"


def _cell(found: list[Row]) -> str:
    return ", ".join(row.id.partition(".")[2] for row in found) or "—"


def main() -> None:
    GUIDE.write_text(written())


if __name__ == "__main__":
    main()
