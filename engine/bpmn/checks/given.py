"""What the rules look at: every file of a deployment, parsed once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import isodate
from lxml import etree

from engine.bpmn.diagram import FLOW_NODES, SCOPES, is_executable
from engine.bpmn.lowering.data_flow import variables_of
from engine.bpmn.lowering.implicit_starts_and_ends import stands_apart
from engine.bpmn.lowering.starts import instantiates
from engine.bpmn.xml import children, is_bpmn, line_of, local
from engine.errors import Problem

Node = etree._Element

MOST_COMPARED = 300


class Scope:
    """A process or sub-process with the flow nodes and sequence flows directly in it, indexed: diagrams can be large."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.kind = local(node)
        self.nodes = list(children(node, *FLOW_NODES))
        self.flows = list(children(node, "sequenceFlow"))
        self.by_id = {one.get("id", ""): one for one in self.nodes}
        self._leaving: dict[str, list[Node]] = {}
        self._entering: dict[str, list[Node]] = {}
        for flow in self.flows:
            self._leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
            self._entering.setdefault(flow.get("targetRef", ""), []).append(flow)

    def of(self, *types: str) -> Iterator[Node]:
        """The flow nodes of these types."""
        return (node for node in self.nodes if local(node) in types)

    def leaving(self, node: Node) -> list[Node]:
        """The sequence flows that leave the node, by their sourceRef."""
        return self._leaving.get(node.get("id", ""), [])

    def entering(self, node: Node) -> list[Node]:
        """The sequence flows that enter the node, by their targetRef."""
        return self._entering.get(node.get("id", ""), [])


@dataclass(frozen=True, kw_only=True)
class Source:
    """One XML file."""

    file: str
    root: Node

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Elements of the model (not of its drawing) by id; of duplicates the first."""
        found: dict[str, Node] = {}
        for element in self.root.iter("*"):
            if is_bpmn(element) and element.get("id"):
                found.setdefault(element.get("id", ""), element)
        return found

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """The variable each data element means, by its id."""
        return variables_of(self.root)

    def processes(self) -> Iterator[Node]:
        """The processes of a BPMN file that are executed; those drawn beside one for people only are not."""
        drawn = list(children(self.root, "process"))
        return iter([one for one in drawn if is_executable(one)] or drawn)

    def executed(self) -> Iterator[Node]:
        """Every element of the model, without what is drawn beside it for people only, and without the drawing itself."""
        beside = set(self.beside())
        for part in self.root:
            if part not in beside and is_bpmn(part):
                yield from part.iter("*")

    def beside(self) -> list[Node]:
        """Those that are drawn for people beside one that is executed."""
        executed = set(self.processes())
        return [one for one in children(self.root, "process") if one not in executed]

    @cached_property
    def scopes(self) -> list[Scope]:
        """Every process and, below it, every sub-process: whatever holds a flow of its own."""
        found = []
        for process in self.processes():
            for element in process.iter("*"):
                if element is process or (is_bpmn(element) and local(element) in SCOPES):
                    found.append(Scope(element))
        return found

    @cached_property
    def ids(self) -> Mapping[str, list[str]]:
        """Ids of the model by type."""
        found: dict[str, list[str]] = {}
        for key, element in self.by_id.items():
            found.setdefault(local(element), []).append(key)
        return found


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form-js file."""

    file: str
    content: bytes

    @property
    def keys(self) -> Iterator[str]:
        """The keys of its fields; none when it is no JSON (which is another rule's matter)."""
        try:
            waiting = [json.loads(self.content)]
        except (ValueError, RecursionError):
            return
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                if isinstance(one.get("key"), str):
                    yield one["key"]
                waiting.extend(parts if isinstance(parts := one.get("components"), list) else ())


@dataclass(frozen=True, kw_only=True)
class Given:
    """A deployment: its files, and what the engine can do for it. `topics` is None when any topic is good."""

    diagrams: Sequence[Source] = ()
    tables: Sequence[Source] = ()
    forms: Mapping[str, Form]
    functions: frozenset[str] = frozenset()
    topics: frozenset[str] | None = None

    def scopes(self) -> Iterator[tuple[Source, Scope]]:
        """Every process and sub-process of every file."""
        for source in self.diagrams:
            for scope in source.scopes:
                yield source, scope

    def nodes(self, *types: str) -> Iterator[tuple[Source, Node]]:
        """Every flow node of every file, or those of these types."""
        for source, scope in self.scopes():
            for node in scope.of(*types) if types else scope.nodes:
                yield source, node

    def decisions(self) -> Iterator[tuple[Source, Node]]:
        """Every <decision> of every DMN file."""
        for source in self.tables:
            for decision in source.root.iter("{*}decision"):
                yield source, decision


def begins(scope: Scope) -> list[Node]:
    """Where a scope without start event begins: at what instantiates it, else at what nothing leads to (BPMN 2.0, 10.2.6)."""
    if next(scope.of("startEvent"), None) is not None:
        return []
    told = [node for node in scope.nodes if instantiates(node) and not scope.entering(node)]
    return told or [node for node in scope.nodes if local(node) != "boundaryEvent" and not stands_apart(node) and not scope.entering(node)]


def problem(rule: str, source: Source, element: Node, message: str, *, severity: str = "error", line: int | None = None) -> Problem:
    """A problem of an element; `line` when it is known better than by the element's start."""
    return Problem(
        code=rule.upper(),
        message=message,
        file=source.file,
        element=_id_of(element),
        name=element.get("name") or None,
        line=line or line_of(element) or None,
        rule=rule,
        severity=severity,
    )


def warning(rule: str, source: Source, element: Node, message: str) -> Problem:
    """A problem that does not stop the deployment."""
    return problem(rule, source, element, message, severity="warning")


def _id_of(element: Node) -> str | None:
    """The id of the element, else of the nearest one around it: a condition belongs to its flow."""
    at: Node | None = element
    while at is not None and not at.get("id"):
        at = at.getparent()
    return at.get("id") if at is not None else None


def is_span(text: str) -> bool:
    """Whether this is an ISO 8601 duration that is not negative and counts no months or years, whose length varies."""
    try:
        found = isodate.parse_duration(text)
    except (isodate.ISO8601Error, ValueError, OverflowError):
        return False
    return not isinstance(found, isodate.Duration) and found.total_seconds() >= 0


def called(element: Node) -> str:
    """How a sentence speaks of an element: `the user task 'ut_approve'`."""
    return f"the {words(local(element))} '{element.get('id') or element.get('name') or '?'}'"


def words(tag: str) -> str:
    """`exclusiveGateway` as `exclusive gateway`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in tag)


def hint(word: str, known: Sequence[str] | frozenset[str]) -> str:
    """` Did you mean 'x'?`, or nothing when no known word is near, or when there are too many to compare."""
    if len(known) > MOST_COMPARED:
        return ""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""


def a(thing: str) -> str:
    """`a user task`, `an end event`."""
    return f"{'an' if thing[:1] in 'aeio' else 'a'} {thing}"
