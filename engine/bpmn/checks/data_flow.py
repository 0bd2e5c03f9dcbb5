"""Data associations: from something that is there, to something that is there, by a text that can be executed."""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.checks.given import Given, Node, Source, called, hint, problem, warning
from engine.bpmn.lowering.data_flow import NAMED, place, written
from engine.bpmn.xml import children, local, text_of
from engine.errors import Problem

RULE = "data_flow"

STORE = "A data store outlives its instance, which is not executed: read and write it in a service task. Remove the association."


def check(given: Given) -> Iterator[Problem]:
    """Every association of every activity and event; data stores that are only drawn."""
    for source in given.diagrams:
        for process in source.processes():
            for store in process.iter("{*}dataStoreReference"):
                yield warning(RULE, source, store, "A data store is drawn for people; nothing is read from it or written to it.")
            for reference in process.iter("{*}dataObjectReference"):
                wanted = reference.get("dataObjectRef", "")
                if wanted not in source.by_id or local(source.by_id[wanted]) != "dataObject":
                    near = hint(wanted, source.ids.get("dataObject", []))
                    yield problem(RULE, source, reference, f"There is no data object '{wanted}' in this file; choose one that is.{near}")
                elif not _is_seen(source.by_id[wanted], reference):
                    message = f"The data object '{wanted}' belongs to {called(_owner(source.by_id[wanted]))}; refer to it in there."
                    yield problem(RULE, source, reference, message)
    for source, node in given.nodes():
        for association in children(node, "dataInputAssociation", "dataOutputAssociation"):
            yield from _association(source, node, association)


def _association(source: Source, node: Node, association: Node) -> Iterator[Problem]:
    if node.get("isForCompensation") == "true":
        yield problem(RULE, source, association, f"Data associations of {called(node)} are not executed: it undoes something. Remove them.")
    references = [*children(association, "sourceRef"), *children(association, "targetRef")]
    for reference in references:
        wanted = (reference.text or "").strip()
        found = source.by_id.get(wanted)
        if found is not None and local(found) == "dataStoreReference":
            yield problem(RULE, source, association, STORE)
        elif found is not None and local(found) in NAMED and not _is_seen(found, node):
            message = f"'{wanted}' belongs to {called(_owner(found))}, and {called(node)} stands outside of it; choose data it can see."
            yield problem(RULE, source, association, message)
        elif found is None or local(found) not in NAMED:
            kinds = [key for kind in NAMED for key in source.ids.get(kind, ())]
            message = f"The association names '{wanted}', which is no data of this file; choose a data object.{hint(wanted, kinds)}"
            yield problem(RULE, source, association, message)
    yield from _own_end(source, node, association)
    yield from _of_the_process(source, node, association)
    # One that reads may leave its target out, as older modelers do: the activity as a whole reads it.
    if local(association) == "dataOutputAssociation" and next(children(association, "targetRef"), None) is None:
        yield problem(RULE, source, association, "This association has no target; name the data it writes (targetRef).")
    elif not references:
        yield problem(RULE, source, association, "This association connects nothing; give it the data object it reads or writes.")
    sources = [*children(association, "sourceRef")]
    if len(sources) > 1 and text_of(association, "transformation") is None and next(children(association, "assignment"), None) is None:
        yield problem(RULE, source, association, "Several sources become one target only by a transformation; write it.")
    for assignment in children(association, "assignment"):
        yield from _assignment(source, association, assignment)


def _owner(data: Node) -> Node:
    """The process, sub-process, activity or event that data lives in."""
    at = data.getparent()
    if at is not None and local(at) == "ioSpecification":
        at = at.getparent()
    return data if at is None else at


def _is_seen(data: Node, node: Node) -> bool:
    """Data is seen where it lives and inside of that (BPMN 2.0, 10.4.1)."""
    owner = _owner(data)
    return owner is node or owner in node.iterancestors()


def _own_end(source: Source, node: Node, association: Node) -> Iterator[Problem]:
    """The end that belongs to the activity or event: an input that is filled, an output that is given (BPMN 2.0, 10.4.2)."""
    reads = local(association) == "dataInputAssociation"
    end, kind = ("targetRef", "dataInput") if reads else ("sourceRef", "dataOutput")
    for reference in children(association, end):
        wanted = (reference.text or "").strip()
        found = source.by_id.get(wanted)
        if (
            found is not None
            and local(found) in ("dataInput", "dataOutput")
            and (local(found) != kind or node not in found.iterancestors())
        ):
            filled = f"This association fills an input of {called(node)}, and '{wanted}' is none; choose one of its inputs."
            taken = f"This association takes an output of {called(node)}, and '{wanted}' is none; choose one of its outputs."
            yield problem(RULE, source, association, filled if reads else taken)


def _of_the_process(source: Source, node: Node, association: Node) -> Iterator[Problem]:
    """Inputs of a process are filled, and its outputs taken, by who calls it (BPMN 2.0, 10.4.1)."""
    writes = local(association) == "dataOutputAssociation"
    end, kind = ("targetRef", "dataInput") if writes else ("sourceRef", "dataOutput")
    for reference in children(association, end):
        found = source.by_id.get((reference.text or "").strip())
        if found is not None and local(found) == kind and local(_owner(found)) == "process":
            written = "An input of the process is not written inside of it; choose a data object."
            read = "An output of the process is not read inside of it; choose a data object."
            yield problem(RULE, source, association, written if writes else read)


def _assignment(source: Source, association: Node, assignment: Node) -> Iterator[Problem]:
    target, value = written(association, assignment, source.variables), text_of(assignment, "from") or ""
    if not target or not value:
        yield problem(RULE, source, association, "An assignment says what (from) is written where (to); give it both.")
    elif expressions.check_expression(value) is None and expressions.check_script(f"{place(target)} = {value}") is not None:
        yield problem(RULE, source, association, f"Nothing can be written to '{target}'; name a variable, or a field of one (order.total).")
