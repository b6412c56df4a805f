"""What the token game says of a process: stuck, endless, unreachable, work left behind, work done twice."""

from collections.abc import Iterator

from services.bpmn import GATEWAYS, JOINS, Node, Scope, begins_unasked, circles_of, next_nodes
from services.processes.doctor import catalogue
from services.processes.doctor.bench import Bench
from services.processes.doctor.explore import Explored, explore
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.sheet import Sheet


def notes_on_behaviour(bench: Bench, sheet: Sheet) -> Notes:
    """Every process of the diagram, played through."""
    for scope in bench.scopes(sheet):
        found = explore(scope)
        nodes = {node.id: node for part in scope.whole() for node in part.nodes.values()}
        if found.limited:
            yield Note(catalogue.TOO_MANY_STATES, scope.element, {"count": len(found.tokens)})
        yield from _stuck(scope, found)
        yield from _endless(scope, found, nodes)
        yield from _unreached(scope, found, nodes)
        yield from _behind(found, nodes)
        yield from _spins(scope)


def _reaching(found: Explored, goals: list[int]) -> set[int]:
    """The states from which one of those can be reached."""
    before: dict[int, list[int]] = {}
    for state, following in enumerate(found.following):
        for target, _ in following:
            before.setdefault(target, []).append(state)
    seen, ahead = set(goals), list(goals)
    while ahead:
        for state in before.get(ahead.pop(), ()):
            if state not in seen:
                seen.add(state)
                ahead.append(state)
    return seen


def _first(found: Explored) -> list[int]:
    return [state for state, (parent, _) in enumerate(found.parents) if parent < 0]


def _stuck(scope: Scope, found: Explored) -> Notes:
    """One note for every join at which a case stands still."""
    can_end = _reaching(found, found.ended + found.cut)
    for_ever = any(state not in can_end for state in _first(found))
    said: set[Node] = set()
    for state in found.stuck:
        for join in _waiting(found, state, scope):
            if join in said:
                continue
            said.add(join)
            missing = [flow for flow in join.incoming if flow.id not in _arrived(found, state, join, scope)]
            details = {"missing": _listed(flow.source for flow in missing)}
            rule = catalogue.DEADLOCK if for_ever else catalogue.MAY_DEADLOCK
            yield Note(rule, join.element, details, found.path(state))


def _waiting(found: Explored, state: int, scope: Scope) -> Iterator[Node]:
    flows = [flow for part in scope.whole() for flow in part.flows]
    ahead = list(found.tokens[state])
    while ahead:
        token = ahead.pop()
        if len(token) == 1:
            yield flows[-1 - token[0]].target
        else:
            ahead += token[2]


def _arrived(found: Explored, state: int, join: Node, scope: Scope) -> set[str]:
    flows = [flow for part in scope.whole() for flow in part.flows]
    ahead, arrived = list(found.tokens[state]), set()
    while ahead:
        token = ahead.pop()
        if len(token) == 1 and flows[-1 - token[0]].target is join:
            arrived.add(flows[-1 - token[0]].id)
        elif len(token) == 3:
            ahead += token[2]
    return arrived


def _listed(nodes: Iterator[Node]) -> str:
    return ", ".join(dict.fromkeys(node.element.get("name") or node.id for node in nodes))


def _endless(scope: Scope, found: Explored, nodes: dict[str, Node]) -> Notes:
    """From here the case goes on and on, and never ends."""
    can_stop = _reaching(found, found.ended + found.stuck + found.cut)
    lost = next((state for state in range(len(found.tokens)) if state not in can_stop), None)
    if lost is None:
        return
    rule = catalogue.NEVER_ENDS if any(state not in can_stop for state in _first(found)) else catalogue.MAY_NEVER_END
    loop = _loop(found, lost)
    where = next((nodes[each] for each in loop if each in nodes), None)
    path = tuple(dict.fromkeys([*found.path(lost), *loop]))
    yield Note(rule, scope.element if where is None else where.element, {}, path)


def _loop(found: Explored, state: int) -> list[str]:
    """What is passed from there until a state comes back."""
    seen: dict[int, int] = {}
    passed: list[str] = []
    while state not in seen and found.following[state]:
        seen[state] = len(passed)
        state, more = found.following[state][0]
        passed += more
    return passed[seen.get(state, 0) :]


def _unreached(scope: Scope, found: Explored, nodes: dict[str, Node]) -> Notes:
    """Steps that no case comes to: the first of each row of them."""
    if found.limited or found.piles:
        return
    drawn = {node for node in _drawn_to(scope) if node.id not in found.passed}
    for part in scope.whole():
        for node in part.nodes.values():
            if node.id in found.passed or node.element.get("isForCompensation") == "true":
                continue
            if found.stuck and node in drawn:
                continue  # it lies behind a place where cases stand still; that is said already
            if (node.kind == "boundaryEvent" and node.host is None) or node.event == "compensateEventDefinition":
                continue
            sources = [flow.source for flow in node.incoming] + ([node.host] if node.host is not None else [])
            if all(source.id in found.passed for source in sources) or _first_of_circle(part, node, found):
                rule = catalogue.NOT_CONNECTED if begins_unasked(node) else catalogue.NEVER_REACHED
                yield Note(rule, node.element)


def _drawn_to(scope: Scope) -> set[Node]:
    """The nodes that the drawing leads to, whatever the rules of the game say."""
    seen: set[Node] = set()
    ahead = [(scope, node) for node in scope.starts]
    while ahead:
        part, node = ahead.pop()
        if node in seen:
            continue
        seen.add(node)
        ahead += [(part, each) for each in next_nodes(part, node)]
        if node.inside is not None:
            ahead += [(node.inside, each) for each in node.inside.starts]
    return seen


def _first_of_circle(part: Scope, node: Node, found: Explored) -> bool:
    """Whether it is the first of some unreached nodes that only lead to each other."""
    seen, ahead = {node}, [node]
    while ahead:
        here = ahead.pop()
        for flow in here.incoming:
            if flow.source.id not in found.passed and flow.source not in seen:
                seen.add(flow.source)
                ahead.append(flow.source)
    circle = [each for each in part.nodes.values() if each in seen]
    closed = all(each.incoming or each.host for each in circle)
    return closed and len(circle) > 0 and circle[0] is node and any(node in next_nodes(part, each) for each in circle)


def _behind(found: Explored, nodes: dict[str, Node]) -> Notes:
    """Ends that leave work behind; steps that are done twice at once, or ever more often."""
    for (end, step), state in found.left.items():
        path = (*found.path(state), end)
        yield Note(catalogue.LEAVES_WORK, nodes[end].element, {"step": nodes[step].element.get("name") or step}, path)
    for key, state in found.piles.items():
        yield Note(catalogue.PILES_UP, nodes[key].element, {}, found.path(state))
    for key, state in found.twice.items():
        if key not in found.piles:
            yield Note(catalogue.TWICE_AT_ONCE, nodes[key].element, {}, found.path(state))


def _spins(scope: Scope) -> Notes:
    """Loops in which nobody is asked and nothing is waited for."""
    for part in scope.whole():
        passing = {
            node.id: [each.id for each in next_nodes(part, node) if _passes(each)]
            for node in part.nodes.values()
            if _passes(node)
        }
        said: set[int] = set()
        for key, circle in circles_of(passing).items():
            if circle not in said:
                said.add(circle)
                yield Note(catalogue.SPINS, part.nodes[key].element)


def _passes(node: Node) -> bool:
    automatic = node.kind in GATEWAYS - {"eventBasedGateway"} or node.kind in ("task", "intermediateThrowEvent")
    return automatic and node.kind not in JOINS - {"inclusiveGateway", "complexGateway"}
