"""What two versions of the same files differ in, in sentences: for designers before, and for staff when it is the law.

How a diagram is laid out is not spoken of: it changes nothing for anybody.
"""

from collections.abc import Mapping

from services.bpmn import FileSet
from services.processes.changes.decisions import changed_decisions, names_of_answers
from services.processes.changes.diagrams import changed_drawings
from services.processes.changes.forms import changed_forms
from services.processes.changes.sentences import Change, Detail, Keys, NameDrawn, RowDrawn

__all__ = ["Change", "Detail", "Keys", "NameDrawn", "RowDrawn", "changes", "names_of_answers"]


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Change]:
    """Every difference in what `after` holds: processes, decisions and forms are known by their ids, not by files.

    What only `before` holds is not spoken of: it stays as it is. Raises BadDiagram for a file that cannot be read.
    """
    former, now = FileSet.of(before), FileSet.of(after)
    return [*changed_drawings(former, now), *changed_decisions(former, now), *changed_forms(former, now)]
