"""A token game: every state that a process can come to, by whatever choice, within a bound.

A state is a sorted tuple of tokens; a token is `(flow number,)` on its way, or `(node number, fired, inside)` at work:
which of its non-interrupting events have happened, and the state of a sub-process's inside. Flows count down from -1.

Not every order of independent moves is tried: where moves cannot hinder each other, one of them is made first, those
nearest to the start before the others. What is stuck, what ends, and which element is reached stays the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

from services.bpmn import ENDS_SCOPE, JOINS, Flow, Node, Scope, links

Token = tuple[Any, ...]
State = tuple[Token, ...]

MOST_STATES = 10_000
#: tokens looked at, over all states of a process
MOST_WORK = 300_000
#: tokens at one place; more are said to pile up, and not followed
MOST_AT_ONE_PLACE = 3
#: flows of an inclusive gateway up to which every pair is tried
MOST_PAIRED = 8


class Turn(NamedTuple):
    """One way on: the tokens afterwards, and the ids of what was passed. `threw`: it breaks out of the scope."""

    tokens: State
    passed: tuple[str, ...]
    threw: tuple[str, str] | None = None
    left: tuple[str, str] | None = None  #: (end event, a step whose work it leaves behind)


class Cluster(NamedTuple):
    """Moves that exclude each other, and hinder no others."""

    rank: int
    waits: bool
    moves: Callable[[], list[Turn]]  #: made only when they are wanted


@dataclass
class Explored:
    """What came out. States are numbers, in the order they were found."""

    limited: bool = False
    parents: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)  #: -1 and the start, of a first state
    following: list[list[tuple[int, tuple[str, ...]]]] = field(default_factory=list)
    tokens: list[State] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)  #: not followed
    passed: set[str] = field(default_factory=set)
    twice: dict[str, int] = field(default_factory=dict)  #: step -> first state with two tokens there
    piles: dict[str, int] = field(default_factory=dict)
    left: dict[tuple[str, str], int] = field(default_factory=dict)

    def path(self, state: int) -> tuple[str, ...]:
        """What a case passes on the shortest way there."""
        parts = []
        while state >= 0:
            state, passed = self.parents[state]
            parts.append(passed)
        return tuple(each for part in reversed(parts) for each in part)


#: what a step that waits for nobody may bring about on the border around it
FROM_WITHIN = frozenset({"escalationEventDefinition", "signalEventDefinition", "conditionalEventDefinition"})


def explore(scope: Scope) -> Explored:
    """Play it through."""
    return _Game(scope).play()


class _Game:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.number: dict[Node | Flow, int] = {}
        self.links: dict[Node, Node] = {}
        self.before: dict[tuple[Node, Flow], frozenset[Node]] = {}
        for each in scope.whole():
            for node in each.nodes.values():
                self.number[node] = len(self.nodes)
                self.nodes.append(node)
            for flow in each.flows:
                self.number[flow] = -1 - len(self.flows)
                self.flows.append(flow)
            out = links(each)
            for node in each.nodes.values():
                if node.event == "linkEventDefinition" and node.kind != "intermediateCatchEvent" and node.refers in out:
                    self.links[node] = out[node.refers]
        self.found = Explored()
        self.known: dict[State, int] = {}
        self.work = 0
        self.every = False  #: inside sub-processes, too, every order is tried

    # ------------------------------------------------------------ the search

    def play(self) -> Explored:
        found = self.found
        for tokens, passed in self._begin(self.scope):
            self._reach(tokens, -1, passed)
        at = 0
        while at < len(found.tokens):
            tokens = found.tokens[at]
            self.work += 1 + len(tokens) + len(tokens) ** 2 // 300  # many tokens have many followers, each a copy
            if len(found.tokens) > MOST_STATES or self.work > MOST_WORK:
                found.limited = True
                found.cut += range(at, len(found.tokens))
                break
            self._follow(at, tokens)
            at += 1
        found.following += [[] for _ in range(len(found.tokens) - len(found.following))]
        return found

    def _follow(self, at: int, tokens: State) -> None:
        found = self.found
        following: list[tuple[int, tuple[str, ...]]] = []
        found.following.append(following)
        if not tokens:
            found.ended.append(at)
            return
        if self._piles_up(at, tokens, self.scope):
            found.cut.append(at)
            return
        clusters = sorted(self._clusters(tokens), key=lambda each: (each.waits, each.rank))
        if not clusters:
            found.stuck.append(at)
            return
        alone = not (clusters[0].waits and self.scope.kills)
        chosen = clusters[:1] if alone else clusters
        self.work += len(tokens) * len(chosen)
        before = len(found.tokens)
        following += self._make(at, chosen)
        if alone and len(found.tokens) == before:  # going round here must not make the others wait for ever
            self.work += len(tokens) * len(clusters)
            self.every = True
            following += self._make(at, clusters)
            self.every = False

    def _make(self, at: int, clusters: list[Cluster]) -> list[tuple[int, tuple[str, ...]]]:
        made = []
        for cluster in clusters:
            for move in cluster.moves():
                tokens = () if move.threw else move.tokens
                self.found.passed.update(move.passed)
                made.append((self._reach(tokens, at, move.passed), move.passed))
                if move.left is not None:
                    self.found.left.setdefault(move.left, at)
        return made

    def _reach(self, tokens: State, parent: int, passed: tuple[str, ...]) -> int:
        known = self.known.get(tokens)
        if known is None:
            known = self.known[tokens] = len(self.found.tokens)
            self.found.tokens.append(tokens)
            self.found.parents.append((parent, passed))
        self.found.passed.update(passed)
        return known

    def _piles_up(self, at: int, tokens: State, scope: Scope) -> bool:
        """Note where two tokens are at one step; whether there are too many to follow."""
        counts: dict[int, int] = {}
        piled = False
        for token in tokens:
            counts[token[0]] = counts.get(token[0], 0) + 1
            if len(token) == 3 and token[2]:
                piled = self._piles_up(at, token[2], scope) or piled
        for place, count in counts.items():
            if count < 2:
                continue
            node = self.nodes[place] if place >= 0 else self.flows[-1 - place].target
            if place >= 0:
                self.found.twice.setdefault(node.id, at)
            if count > MOST_AT_ONE_PLACE:
                self.found.piles.setdefault(node.id, at)
                piled = True
        return piled

    # ------------------------------------------------------------ the rules of the game

    def _begin(self, scope: Scope) -> Iterator[tuple[State, tuple[str, ...]]]:
        """The first states of a scope: one for each start event."""
        events = [node for node in scope.starts if node.kind == "startEvent"]
        for start in events:
            for flows in self._ways(start):
                yield self._placed((), flows), (start.id, *(flow.id for flow in flows))
        if not events:  # everything that nothing leads to begins at once
            tokens: list[Token] = []
            for node in scope.starts:
                inside = (
                    next(iter(self._begin(node.inside)))[0] if node.inside is not None and node.inside.starts else ()
                )
                tokens.append((self.number[node], 0, inside))
            yield tuple(sorted(tokens)), tuple(node.id for node in scope.starts)

    def _ways(self, node: Node) -> list[tuple[Flow, ...]]:
        """Which flows a token leaves by: every choice."""
        if node in self.links:
            return self._ways(self.links[node])
        flows = node.outgoing
        if node.kind == "exclusiveGateway" and flows:
            return [(flow,) for flow in flows]
        if node.kind in ("inclusiveGateway", "complexGateway"):
            always = tuple(flow for flow in flows if not flow.conditional and flow.id != node.default)
            if len(flows) < 2 or not always or node.kind == "complexGateway":
                return _some_of(flows, node.default)
            some = [flow for flow in flows if flow.conditional]
            return [always, *(always + each for each in (_some_of(some, "") if some else []))]
        chosen = [flow for flow in flows if flow.conditional or flow.id == node.default]
        if chosen and any(flow.conditional for flow in chosen) and node.kind != "parallelGateway":
            always = tuple(flow for flow in flows if flow not in chosen)
            none = [] if node.default or not always else [()]
            return [always + some for some in [*none, *_some_of(chosen, node.default)]]
        return [tuple(flows)]

    def _placed(self, tokens: State, flows: tuple[Flow, ...]) -> State:
        return tuple(sorted([*tokens, *((self.number[flow],) for flow in flows)]))

    def _leave(self, tokens: State, node: Node, *passed: str) -> list[Turn]:
        """The token has gone from `tokens`; it comes out of the node."""
        if node in self.links:
            passed = (*passed, self.links[node].id)
        return [
            Turn(self._placed(tokens, flows), (*passed, *(flow.id for flow in flows))) for flows in self._ways(node)
        ]

    def _clusters(self, tokens: State) -> Iterator[Cluster]:
        waiting: dict[Node, list[int]] = {}
        for number, token in enumerate(tokens):
            if number and tokens[number - 1] == token:
                continue
            if len(token) == 3:
                found = self._at_work(tokens, number)
                if found is not None:
                    yield found
                continue
            target = self.flows[-1 - token[0]].target
            if target.kind in JOINS and len(target.incoming) > 1:
                waiting.setdefault(target, []).append(token[0])
            else:
                yield Cluster(target.rank, False, partial(self._enter, target, tokens, number))
        for join, arrived in waiting.items():
            if self._may_fire(join, set(arrived), tokens):
                yield Cluster(join.rank, False, partial(self._fire, join, arrived, tokens))

    def _fire(self, join: Node, arrived: list[int], tokens: State) -> list[Turn]:
        rest = list(tokens)
        for flow in arrived:
            rest.remove((flow,))
        return self._leave(tuple(rest), join, join.id)

    def _enter(self, node: Node, tokens: State, number: int) -> list[Turn]:
        rest = tokens[:number] + tokens[number + 1 :]
        if node.inside is not None:
            begun = list(self._begin(node.inside)) if node.inside.starts else [((), ())]
            return [
                Turn(tuple(sorted([*rest, (self.number[node], 0, inner)])), (node.id, *passed))
                for inner, passed in begun
            ]
        if node.waits:
            return [Turn(tuple(sorted([*rest, (self.number[node], 0, ())])), (node.id,))]
        if node.kind == "endEvent" and node.event in ENDS_SCOPE:
            return [self._end_all(node, rest)]
        return self._leave(rest, node, node.id)

    def _end_all(self, node: Node, rest: State) -> Turn:
        kind = ENDS_SCOPE[node.event]
        behind = next((self.nodes[token[0]].id for token in rest if len(token) == 3), None)
        left = (node.id, behind) if behind is not None else None
        return Turn((), (node.id,), None if kind == "terminate" else (kind, node.refers), left)

    def _at_work(self, tokens: State, place: int) -> Cluster | None:
        number, _, inside = tokens[place]
        node = self.nodes[number]
        if node.inside is None or not inside:
            return Cluster(node.rank, node.inside is None, partial(self._done, node, tokens, place))
        clusters = sorted(self._clusters(inside), key=lambda each: (each.waits, each.rank))
        if not clusters and not any(_may_happen(event, node) for event in node.boundaries):
            return None
        waits = clusters[0].waits if clusters else True
        return Cluster(node.rank, waits, partial(self._inwards, node, tokens, place, clusters))

    def _done(self, node: Node, tokens: State, place: int) -> list[Turn]:
        """What can happen to a token at a task, an event or an event gateway, or at the end of a sub-process."""
        rest = tokens[:place] + tokens[place + 1 :]
        if node.kind == "eventBasedGateway":
            ways = [move for flow in node.outgoing for move in self._leave(rest, flow.target, flow.id, flow.target.id)]
            return ways or [Turn(rest, ())]
        events = self._events(node, tokens[place], rest) if node.inside is None else []
        return self._leave(rest, node) + events

    def _inwards(self, node: Node, tokens: State, place: int, clusters: list[Cluster]) -> list[Turn]:
        """What can happen inside a sub-process, and on its border."""
        assert node.inside is not None
        token, rest = tokens[place], tokens[:place] + tokens[place + 1 :]
        every = self.every or node.inside.kills
        chosen = clusters if every and clusters and clusters[0].waits else clusters[:1]
        moves = [out for each in chosen for move in each.moves() for out in self._outwards(node, token, move, rest)]
        waits = not clusters or clusters[0].waits
        return moves + self._events(node, token, rest, waits=waits)

    def _events(self, node: Node, token: Token, rest: State, *, waits: bool = True) -> list[Turn]:
        """What may happen on its border; where nothing in it waits, what comes from within."""
        moves = []
        for place, event in enumerate(node.boundaries):
            if not _may_happen(event, node) or not (waits or event.event in FROM_WITHIN):
                continue
            if event.interrupting:
                moves += self._leave(rest, event, event.id)
            elif not token[1] >> place & 1:
                again = (token[0], token[1] | 1 << place, token[2])
                moves += self._leave(tuple(sorted([*rest, again])), event, event.id)
        return moves

    def _outwards(self, node: Node, token: Token, move: Turn, rest: State) -> list[Turn]:
        """A move inside a sub-process, seen from outside."""
        if move.threw is None:
            return [move._replace(tokens=tuple(sorted([*rest, (token[0], token[1], move.tokens)])))]
        kind, code = move.threw
        for event in sorted(node.boundaries, key=lambda each: not each.refers):
            if event.event == f"{kind}EventDefinition" and event.refers in ("", code):
                return [each._replace(left=move.left) for each in self._leave(rest, event, *move.passed, event.id)]
        return [move]

    # ------------------------------------------------------------ joins

    def _may_fire(self, join: Node, arrived: set[int], tokens: State) -> bool:
        if join.kind == "parallelGateway":
            return len(arrived) == len(join.incoming)
        filled = [flow for flow in join.incoming if self.number[flow] in arrived]
        empty = [flow for flow in join.incoming if self.number[flow] not in arrived]
        self.work += len(tokens)
        for token in tokens:
            here = self.nodes[token[0]] if len(token) == 3 else self.flows[-1 - token[0]].target
            if here is join or any(here in self._before(join, flow) for flow in filled):
                continue
            if any(here in self._before(join, flow) for flow in empty):
                return False
        return True

    def _before(self, join: Node, flow: Flow) -> frozenset[Node]:
        """The nodes from which a token can come to that flow without passing the join."""
        known = self.before.get((join, flow))
        if known is None:
            seen, ahead = {join}, [flow.source]
            while ahead:
                node = ahead.pop()
                if node in seen:
                    continue
                seen.add(node)
                ahead += [each.source for each in node.incoming]
                ahead += [node.host] if node.host is not None else []
                ahead += [source for source, out in self.links.items() if out is node]
            known = self.before[join, flow] = frozenset(seen - {join})
            self.work += len(seen)
        return known


def _may_happen(event: Node, node: Node) -> bool:
    """Whether it may come by itself. What undoes is on no flow; a cancel event is thrown within, and nowhere else."""
    if event.event == "errorEventDefinition":
        return not _only_thrown(node)
    return event.event not in ("compensateEventDefinition", "cancelEventDefinition")


def _only_thrown(node: Node) -> bool:
    """A sub-process of people's work only: nothing in it fails but by an error end event."""
    if node.inside is None:
        return False
    kinds = {each.kind for scope in node.inside.whole() for each in scope.nodes.values()}
    return not kinds & {"serviceTask", "callActivity", "scriptTask", "businessRuleTask", "sendTask"}


def _some_of(flows: list[Flow], default: str) -> list[tuple[Flow, ...]]:
    """Every choice of one, two or all of them; every choice at all where they are few; the default only alone."""
    free = [flow for flow in flows if flow.id != default]
    alone = [(flow,) for flow in flows]
    sizes = range(2, len(free) + 1) if len(free) <= 4 else [2, len(free)] if len(free) <= MOST_PAIRED else [len(free)]
    return alone + [some for size in sizes for some in combinations(free, size)] or [()]
