"""Inputs and outputs of activities and events: values that are seen inside only, and what becomes of the results."""

from engine.bpmn.other_tools.reading import LIKE_CAMUNDA, ZEEBE, Node, expression_of, give, record, remove
from engine.bpmn.xml import is_bpmn, local, namespace

# In Camunda 8 what these give becomes variables unless there are outputs, then nothing else.
_GIVING = (
    *("serviceTask", "sendTask", "receiveTask", "userTask", "scriptTask", "businessRuleTask", "callActivity"),
    *("startEvent", "boundaryEvent", "intermediateCatchEvent"),
)


def understand(root: Node) -> None:
    """In place."""
    for io in [*root.iter("{*}inputOutput", "{*}ioMapping")]:
        holder = io.getparent()
        element = None if holder is None or local(holder) != "extensionElements" else holder.getparent()
        if element is None or not is_bpmn(element):
            continue
        if namespace(io) in LIKE_CAMUNDA and local(element) != "callActivity":
            said = _give(element, _of_camunda(io, "inputParameter"), _of_camunda(io, "outputParameter"))
        else:
            outputs = _of_zeebe(io, "output")
            only = bool(outputs) and local(element) in _GIVING
            said = namespace(io) == ZEEBE and _give(element, _of_zeebe(io, "input"), outputs, only=only)
        if said:
            remove(io)


Pairs = list[tuple[str, str | None]]


def _give(element: Node, inputs: Pairs, outputs: Pairs, *, only: bool = False) -> bool:
    words = {"inputs": inputs, "outputs": outputs}
    if not give(element, **{name: record(pairs) for name, pairs in words.items() if pairs}):
        return False
    if only:
        give(element, returns="outputs")
    return True


def _of_zeebe(io: Node, kind: str) -> Pairs:
    return [(one.get("target", ""), expression_of(one.get("source", ""))) for one in io if local(one) == kind]


def _of_camunda(io: Node, kind: str) -> Pairs:
    return [(one.get("name", ""), _value(one)) for one in io if local(one) == kind]


def _value(holder: Node) -> str | None:
    """A text, a list or a map."""
    inside = list(holder)
    if not inside:
        return expression_of((holder.text or "").strip())
    if len(inside) > 1:
        return None
    return _collection(inside[0])


def _collection(one: Node) -> str | None:
    if local(one) == "list":
        items = [_item(value) for value in one]
        return None if None in items else f"[{', '.join(str(item) for item in items)}]"
    if local(one) == "map":
        entries = [(entry.get("key", ""), _value(entry)) for entry in one]
        return None if any(value is None for _, value in entries) else "{" + ", ".join(f"{k!r}: {v}" for k, v in entries) + "}"
    return None


def _item(value: Node) -> str | None:
    return expression_of((value.text or "").strip()) if local(value) == "value" else _collection(value)
