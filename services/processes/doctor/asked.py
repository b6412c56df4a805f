"""Forms that are drawn, in a file or on a task: what of them cannot be shown."""

from services.engine.reading import read_extensions
from services.engine.xml import local_name
from services.processes import forms
from services.processes.doctor.bench import Bench
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.region import steps_of
from services.processes.doctor.sheet import Sheet
from services.processes.forms.generated import read_fields


def check_forms(bench: Bench, sheet: Sheet) -> Notes:
    """The file, or the fields on the tasks of a diagram."""
    if sheet.kind == "form" and sheet.form is not None:
        for fault in forms.examine(sheet.content):
            yield Note(fault.of, None, fault.details, element=fault.component, name=fault.name)
    for _, node in steps_of(sheet):
        fields = read_extensions(node).form_fields if local_name(node) == "userTask" else ()
        for fault in read_fields(node.get("id") or "", fields)[1] if fields else ():
            yield Note(fault.of, node, fault.details)
