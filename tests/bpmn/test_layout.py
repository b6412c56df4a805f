"""Diagrams are drawn so that they could hang on a wall."""

from pathlib import Path

import pytest

from tests.bpmn import drawing
from tests.bpmn.drawing import Drawing, diagrams, read_drawing

CHECKS = (
    drawing.find_slanting_lines,
    drawing.find_crossings,
    drawing.find_lines_through_shapes,
    drawing.find_loose_ends,
    drawing.find_shapes_out_of_place,
    drawing.find_lanes_out_of_place,
    lambda drawn: drawing.find_labels_in_the_way(drawn, drawn.labels),
    lambda drawn: drawn.undrawn,
)


def find_faults(drawn: Drawing) -> list[str]:
    return [fault for check in CHECKS for fault in check(drawn)]


@pytest.mark.parametrize("file", diagrams(), ids=lambda file: file.stem)
def test_a_diagram_is_drawn_cleanly(file: Path) -> None:
    drawn = read_drawing(file)
    assert drawn.boxes and drawn.lines
    assert find_faults(drawn) == []


#: how to spoil the drawing of direct.bpmn -> what must be said
SPOILT = {
    ('waypoint x="460" y="300"', 'waypoint x="460" y="310"'): "Flow_ToTalon slants",
    ('x="1250" y="140"', 'x="1080" y="140"'): "Message_Sent",
    ('Bounds x="850" y="700"', 'Bounds x="1000" y="700"'): "Flow_ToPrepare runs through Task_Draft",
    ('Bounds x="340" y="260"', 'Bounds x="340" y="330"'): "Task_Register stands out of Lane_Clerk",
    ('Bounds x="190" y="380"', 'Bounds x="190" y="390"'): "the lanes of Participant_Body do not fill it",
    ('bpmnElement="Flow_ToRule"', 'bpmnElement="Flow_ToDraft"'): "Flow_ToRule is not drawn",
}


@pytest.mark.parametrize("change", SPOILT, ids=SPOILT.values())
def test_a_spoilt_drawing_is_found_out(change: tuple[str, str]) -> None:
    text = (drawing.ROOT / "bpmn/direct.bpmn").read_text(encoding="utf-8")
    assert change[0] in text
    assert any(SPOILT[change] in fault for fault in find_faults(read_drawing(text.replace(*change).encode())))


def test_a_label_on_a_line_is_found_out() -> None:
    drawn = read_drawing(drawing.ROOT / "bpmn/signing.bpmn")
    on_the_line = drawn.labels | {"Flow_Signed": drawing.Box(1210, 168, 20, 14)}
    assert "the label of Flow_Signed covers Flow_Signed" in drawing.find_labels_in_the_way(drawn, on_the_line)
