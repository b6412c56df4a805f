"""A diagram as a list: in the order of the flow, each step once, whatever the diagram looks like."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.bpmn.drawn import read_drawing
from services.bpmn.walks import meeting_points
from services.bpmn.xml import read_xml
from services.config import ROOT
from services.processes.outline import MOST_DEEP, OutlineLine, outline_of

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
OTHERS = {"pool", "note", "way", "back", "on"}
OURS = sorted(ROOT.glob("bpmn/*.bpmn"))


def all_lines(lines: Sequence[OutlineLine]) -> Iterator[OutlineLine]:
    for line in lines:
        yield line
        yield from all_lines(line.inside)


def depth(lines: Sequence[OutlineLine]) -> int:
    return 1 + max((depth(line.inside) for line in lines), default=0)


def drawn(inside: str, around: str = "") -> tuple[OutlineLine, ...]:
    text = f'<definitions xmlns="{BPMN}">{around}<process id="p" name="Үлгі">{inside}</process></definitions>'
    return outline_of(etree.fromstring(text))


def flow(*ends: str) -> str:
    return "".join(
        f'<sequenceFlow id="{one}-{other}" sourceRef="{one}" targetRef="{other}"/>' for one, other in pairwise(ends)
    )


def tree(lines: Sequence[OutlineLine]) -> list[object]:
    """Elements as they are nested, ways and pools as lists of their own."""
    found: list[object] = []
    for line in lines:
        below = tree(line.inside)
        if line.kind in ("pool", "way"):
            found.append(below)
        else:
            jump = f"{line.kind} " if line.kind in ("back", "on") else ""
            found += [f"{jump}{line.element}", *([below] if below else [])]
    return found


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.name)
def test_every_step_of_our_diagrams_is_named_once(file) -> None:  # type: ignore[no-untyped-def]
    root = read_xml(file.name, file.read_bytes())
    told = [line.element for line in all_lines(outline_of(root)) if line.kind not in OTHERS]
    assert sorted(told) == sorted(node.id for node in read_drawing(root).nodes())
    assert len(told) > 2


def test_the_direct_route_reads_from_the_counter_to_the_two_ends() -> None:
    (body, applicant, note) = outline_of(read_xml("direct.bpmn", (ROOT / "bpmn/direct.bpmn").read_bytes()))
    assert tree([body]) == [[
        "Start_Application", "Task_Register", "Service_Register", "Call_Resolution", "Task_Review", "Rule_Entitlement",
        "Task_Draft", "Call_Signing", ["Event_Overruled", "Service_Overrule", "back Call_Resolution"],
        "Service_Prepare", "Task_Deliver",
        "Gateway_Delivery", [["Call_HandingOver"], ["on Gateway_Delivered"]], "Gateway_Delivered",
        "Gateway_Decision", [["End_Approved"], ["End_Refused"]],
        "Sub_Withdrawal", ["Start_Withdrawn", "Call_WithdrawnBack", "End_ApplicationWithdrawn"],
        "Sub_Death", ["Start_Died", "Call_DiedBack", "End_Died"],
        "Sub_WrongDistrict", ["Start_WrongDistrict", "Call_SendingOn", "End_SentOn"],
        "Sub_Annulment", ["Start_Annulled", "Call_AnnulledBack", "End_RegistrationAnnulled"],
        "Sub_Duplicate", ["Start_Duplicate", "Service_TellDuplicate", "Call_DuplicateBack",
                          "Gateway_Duplicate", [["End_Joined"], ["End_NotTwice"]]],
    ]]  # fmt: skip
    register = body.inside[1]
    assert (register.roles, register.step, register.lane) == (("clerk",), "register", "Кеңсе қызметкері")
    assert register.receives == ("Өтініш беруші → Өтініш пен құжаттар",)
    assert (applicant.kind, applicant.inside, note.kind) == ("pool", (), "note")


def test_the_way_back_to_a_step_is_said() -> None:
    (pool, _) = outline_of(read_xml("signing.bpmn", (ROOT / "bpmn/signing.bpmn").read_bytes()))
    jumps = [(line.kind, line.name) for line in all_lines([pool]) if line.kind in ("back", "on")]
    assert ("back", "Жауап жобасын мақұлдау") in jumps


def test_what_happens_at_a_steps_border_stands_below_it_up_to_where_the_flow_comes() -> None:
    inside = (
        '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="e"/><userTask id="late"/>'
        '<boundaryEvent id="timer" attachedToRef="a" cancelActivity="false"><timerEventDefinition>'
        "<timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent>"
        + flow("s", "a", "b", "e") + flow("timer", "late", "b")
    )  # fmt: skip
    (pool,) = drawn(inside)
    assert tree([pool]) == [["s", "a", ["timer", "late", "on b"], "b", "e"]]
    timer = pool.inside[1].inside[0]
    assert (timer.event, timer.about, timer.interrupts) == ("timer", "P3D", False)


def test_what_undoes_a_step_stands_below_it() -> None:
    undo = "<compensateEventDefinition/>"
    inside = (
        '<startEvent id="s"/><userTask id="a" name="Book"/><endEvent id="e"/><task id="u" isForCompensation="true"/>'
        f'<boundaryEvent id="b" attachedToRef="a">{undo}</boundaryEvent>'
        '<intermediateThrowEvent id="w"><compensateEventDefinition activityRef="a"/></intermediateThrowEvent>'
        '<association id="t" sourceRef="b" targetRef="u"/>' + flow("s", "a", "w", "e")
    )  # fmt: skip
    (pool,) = drawn(inside)
    assert tree([pool]) == [["s", "a", ["b", "u"], "w", "e"]]
    assert (pool.inside[2].event, pool.inside[2].about) == ("compensate", "Book")


def test_branches_meet_again_on_the_level_of_their_gateway() -> None:
    nodes = "".join(f'<userTask id="{each}"/>' for each in "abcd")
    inside = '<startEvent id="s"/><parallelGateway id="g"/><parallelGateway id="h"/>' + nodes
    (pool,) = drawn(inside + flow("s", "g", "a", "b", "h", "d") + flow("g", "c", "h"))
    assert tree([pool]) == [["s", "g", [["a", "b"], ["c"]], "h", "d"]]


def test_a_sub_process_holds_its_own_steps() -> None:
    inside = '<startEvent id="s"/><subProcess id="sub"><startEvent id="in"/><task id="t"/>' + flow("in", "t")
    (pool,) = drawn(inside + "</subProcess>" + flow("s", "sub"))
    assert tree([pool]) == [["s", "sub", ["in", "t"]]]


KINDS = ("startEvent", "endEvent", "userTask", "exclusiveGateway", "parallelGateway", "boundaryEvent", "subProcess",
         "scriptTask", "intermediateCatchEvent", "complexGateway")  # fmt: skip
IDS = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", ""])


@st.composite
def odd_scopes(draw: st.DrawFn, below: int = 2) -> str:
    """Steps of any kind with flows from anywhere to anywhere, ids twice, hosts that are not there."""
    parts = []
    for key in draw(st.lists(IDS, max_size=9)):
        kind, attached = draw(st.sampled_from(KINDS)), draw(IDS)
        inner = draw(odd_scopes(below - 1)) if kind == "subProcess" and below else ""
        parts.append(f'<{kind} id="{key}" attachedToRef="{attached}" default="{key}">{inner}</{kind}>')
    for one, other in draw(st.lists(st.tuples(IDS, IDS), max_size=20)):
        parts.append(f'<sequenceFlow id="{one}" sourceRef="{one}" targetRef="{other}"/>')
    return "".join(draw(st.permutations(parts)))


@given(odd_scopes())
def test_every_node_of_any_graph_is_named_once_and_nothing_fails(inside: str) -> None:
    text = f'<definitions xmlns="{BPMN}"><process id="p">{inside}</process></definitions>'
    root = etree.fromstring(text)
    told = [line for line in all_lines(outline_of(root)) if line.kind not in OTHERS]
    nodes = list(read_drawing(root).nodes())
    assert sorted((line.kind, line.element) for line in told) == sorted((node.kind, node.id) for node in nodes)
    assert len(nodes) == sum(len(list(root.iter(f"{{{BPMN}}}{kind}"))) for kind in KINDS)


@given(st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3), min_size=1))
def test_ways_meet_where_no_end_is_reached_without_passing(given_: dict[int, list[int]]) -> None:
    after = {node: [each for each in targets if each in given_] for node, targets in given_.items()}
    ends = {node for node, targets in after.items() if not targets}

    def comes_to_an_end(begin: int, without: int | None) -> bool:
        seen: set[int] = set()
        ahead = [begin] if begin != without else []
        while ahead:
            node = ahead.pop()
            if node in ends:
                return True
            if node not in seen:
                seen.add(node)
                ahead += [each for each in after[node] if each != without]
        return False

    found = meeting_points(after)
    for node in after:
        passed = {each for each in after if each != node and comes_to_an_end(node, None)
                  and not comes_to_an_end(node, each)}  # fmt: skip
        if node not in found:
            assert passed == set()
        else:
            assert found[node] in passed
            # of all that must be passed it is the first: the others must still be passed from there
            assert all(each == found[node] or not comes_to_an_end(found[node], each) for each in passed)


def test_a_diagram_of_thousands_of_gateways_is_told_and_no_deeper_than_can_be_read() -> None:
    nodes = "".join(f'<exclusiveGateway id="g{at}"/><endEvent id="e{at}"/>' for at in range(1400))
    flows = "".join(flow(f"g{at}", f"e{at}") + flow(f"g{at}", f"g{at + 1}") for at in range(1399))
    (pool,) = drawn(nodes + flows)
    assert len([line for line in all_lines([pool]) if line.kind not in OTHERS]) == 2800
    assert depth([pool]) <= 2 * MOST_DEEP + 4
