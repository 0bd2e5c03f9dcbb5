"""Messages and errors: by which key a message finds its instance, what an error tells to who catches it."""

from engine.bpmn.other_tools.reading import Node, bpmn, drop, expression_of, give, move, parts, record, remove, said

_CAUGHT = "caught_error"


def understand(root: Node) -> None:
    """In place."""
    for message in bpmn(root, "message"):
        for part in parts(message, "zeebe:subscription"):
            if give(message, correlationKey=expression_of(part.get("correlationKey", "") or "=")):
                remove(part)
    for signal in bpmn(root, "signal"):
        move(signal, "scope", "scope", lambda reach: reach if reach in ("global", "processInstance") else None)
    for definition in bpmn(root, "errorEventDefinition"):
        event = definition.getparent()
        names = {name: said(definition, name) for name in ("errorCodeVariable", "errorMessageVariable")}
        fields = {"errorCodeVariable": "code", "errorMessageVariable": "message"}
        outputs = record([(name, f"{_CAUGHT}[{fields[kind]!r}]") for kind, name in names.items() if name])
        if event is not None and any(names.values()) and give(event, resultVariable=_CAUGHT, outputs=outputs):
            drop(definition, *names)
