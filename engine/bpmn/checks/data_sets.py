"""What activities and processes read and write, declared: sets, and the types of data (BPMN 2.0, 10.4.1)."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, called, problem
from engine.bpmn.diagram import SCOPES
from engine.bpmn.xml import children, local, text_of
from engine.errors import Problem

RULE = "data_sets"

SETS = (("dataInput", "inputSet", "dataInputRefs"), ("dataOutput", "outputSet", "dataOutputRefs"))
COLLECTIONS = ("dataObject", "dataInput", "dataOutput")


def check(given: Given) -> Iterator[Problem]:
    """Every ioSpecification, every association and every data element of a type."""
    for source in given.diagrams:
        for process in source.processes():
            for element in process.iter("{*}*"):
                kind = local(element)
                if kind == "ioSpecification":
                    yield from _declared(source, element)
                elif kind in ("dataInputAssociation", "dataOutputAssociation"):
                    yield from _same_type(source, element)
                elif kind in COLLECTIONS and element.get("isCollection") is not None:
                    yield from _collection(source, element)


def _declared(source: Source, io: Node) -> Iterator[Problem]:
    owner = io.getparent()
    if owner is not None and local(owner) in SCOPES and next(children(owner, "multiInstanceLoopCharacteristics"), None) is None:
        message = "A sub-process sees the data around it and declares no inputs and outputs of its own; remove its ioSpecification."
        yield problem(RULE, source, owner, message)
    for kind, sets, references in SETS:
        found = list(children(io, sets))
        if not found:
            yield problem(
                RULE,
                source,
                io if owner is None else owner,
                f"This ioSpecification has no {sets}; add one, an empty one if nothing is meant.",
            )
        named = {(one.text or "").strip() for each in found for one in children(each, references)}
        for one in children(io, kind):
            if found and one.get("id") not in named:
                yield problem(RULE, source, one, f"'{one.get('name') or one.get('id')}' is in no {sets}; name it in one, or remove it.")


def _same_type(source: Source, association: Node) -> Iterator[Problem]:
    """What is copied as it stands has the same type on both sides."""
    if text_of(association, "transformation") is not None or next(children(association, "assignment"), None) is not None:
        return
    ends = [source.by_id.get((one.text or "").strip()) for one in children(association, "sourceRef", "targetRef")]
    types = [] if None in ends else [_type(source, end) for end in ends if end is not None]
    if len(types) == 2 and None not in types and types[0] != types[1]:
        owner = association.getparent()
        message = f"Data of one type is copied into another by {called(association if owner is None else owner)}; write a transformation."
        yield problem(RULE, source, association, message)


def _type(source: Source, data: Node) -> str | None:
    """The structure of the item definition of a data element; None when it says none."""
    meant = source.by_id.get(data.get("dataObjectRef", ""), data)
    item = source.by_id.get(data.get("itemSubjectRef") or meant.get("itemSubjectRef") or "")
    return None if item is None else item.get("structureRef")


def _collection(source: Source, data: Node) -> Iterator[Problem]:
    item = source.by_id.get(data.get("itemSubjectRef") or "")
    if item is not None and item.get("isCollection", "false") != data.get("isCollection"):
        message = f"isCollection of {called(data)} and of its item definition '{item.get('id')}' differ; let them say the same."
        yield problem(RULE, source, data, message)
