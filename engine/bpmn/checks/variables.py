"""Variables that nothing in the process sets: mostly a misspelling, so the nearest known name is offered."""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.checks import decision_tables, texts
from engine.bpmn.checks.given import Given, Node, Source, hint, warning
from engine.bpmn.decision_parser import in_order, value_name
from engine.bpmn.loop_counters import NAMES
from engine.bpmn.spec_complex_gateway import ACTIVATION_COUNT, WAITING_FOR_START
from engine.bpmn.xml import children, extension, is_bpmn, local
from engine.errors import Problem

RULE = "variables"

DECLARING = ("property", "dataInput", "dataOutput", "inputDataItem", "outputDataItem", "dataObject")


def check(given: Given) -> Iterator[Problem]:
    """What conditions, scripts, timers, due dates and decision tables read, against what is set or declared anywhere.

    A process that declares nothing, calls others or receives messages may get its variables from outside: where nothing is
    declared (bpmn:property), nothing is said about its unknown names, unless a known one is nearly the same.
    """
    for source in given.diagrams:
        known, declares = _known(given, source)
        for text in texts.all_of(given):
            if text.source is source and texts.fault(text, given) is None:
                for name in _read(text) - known:
                    yield from _unknown(source, text.owner, name, known, declares, where=text.label)
        for node in _nodes(given, source, "businessRuleTask"):
            for table, name in _read_by_table(given, extension(node, "decisionRef")):
                if name not in known:
                    yield from _unknown(source, node, name, known, declares, where=f"The decision {table}")


def _unknown(source: Source, owner: Node, name: str, known: set[str], declares: bool, *, where: str) -> Iterator[Problem]:
    near = hint(name, sorted(known))
    if declares or near:
        yield warning(RULE, source, owner, f"{where} reads '{name}', but nothing in this process sets it.{near}")


def _known(given: Given, source: Source) -> tuple[set[str], bool]:
    """Every name that is set or declared, and whether the processes declare what they are started with."""
    known, declares = set(NAMES), False
    for process in source.processes():
        declares = declares or next(children(process, "property", "ioSpecification"), None) is not None
        for element in process.iter("*"):
            if is_bpmn(element):
                if local(element) in DECLARING:
                    known.add(element.get("name") or element.get("id") or "")
                known.add(extension(element, "resultVariable") or "")
                if local(element) == "complexGateway":
                    known |= {ACTIVATION_COUNT, WAITING_FOR_START, *((flow.text or "").strip() for flow in children(element, "incoming"))}
                if local(element) == "loopDataOutputRef":
                    known.add((element.text or "").strip())
    for text in texts.all_of(given):
        if text.source is source and text.kind == "script" and expressions.check_script(text.text) is None:
            known |= expressions.names_of_script(text.text).assigned
    for node in _nodes(given, source, "businessRuleTask"):
        known |= _outputs(given, extension(node, "decisionRef"))
    for node in _nodes(given, source, "userTask"):
        known |= _form_keys(given, extension(node, "formKey"))
    return known - {""}, declares


def _nodes(given: Given, source: Source, kind: str) -> Iterator[Node]:
    return (node for one, node in given.nodes(kind) if one is source)


def _read(text: texts.Text) -> set[str]:
    if text.kind == "script":
        found = expressions.names_of_script(text.text)
        return set(found.variables - found.assigned)
    bare = text.text.strip()
    if text.kind == "timer" and expressions.is_iso_timer(bare.strip("'\"")):
        return set()
    return set(expressions.names(bare).variables)


def _decisions(given: Given, decision: str | None) -> list[Node]:
    """A decision after all that it requires."""
    nodes = {node.get("id", ""): node for _, node in given.decisions()}
    return [nodes[key] for key in in_order(decision or "", nodes)]


def _outputs(given: Given, decision: str | None) -> set[str]:
    return set(_given_by(_decisions(given, decision)[-1:]))


def _given_by(decisions: list[Node]) -> Iterator[str]:
    for node in decisions:
        yield value_name(node)
        for table in node.iterchildren("{*}decisionTable"):
            yield from (column.get("name", "") for column in table.iterchildren("{*}output"))


def _read_by_table(given: Given, decision: str | None) -> Iterator[tuple[str, str]]:
    """The variables a decision reads that no decision before it gives; with the id of the one that reads."""
    decisions = _decisions(given, decision)
    for number, node in enumerate(decisions):
        wanted = list(decision_tables.texts_of(node))
        read = set().union(*(expressions.names(text).variables for text in wanted if expressions.check_expression(text) is None))
        unknown = read - {expressions.INPUT, *_given_by(decisions[:number])}
        yield from ((node.get("id", ""), variable) for variable in sorted(unknown))


def _form_keys(given: Given, key: str | None) -> set[str]:
    form = given.forms.get(key or "")
    return set(form.keys) if form is not None else set()
