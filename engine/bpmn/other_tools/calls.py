"""Call activities: which process in which version, what is handed over and what comes back.

In Camunda 7 a call hands over what its `camunda:in` name, and nothing without one; in Camunda 8 everything.
"""

import re

from engine.bpmn.other_tools.reading import LIKE_CAMUNDA, Node, bpmn, drop, expression_of, give, parts, record, remove, said

_ID = re.compile(r"[^\s=${}]+")
_OWN_KEY = re.compile(r"[$#]\{\s*execution\.(processB|b)usinessKey\s*\}")  # called processes have that of their caller anyway


def understand(root: Node) -> None:
    """In place."""
    like_camunda = any(uri in LIKE_CAMUNDA for uri in root.nsmap.values())
    for call in bpmn(root, "callActivity"):
        _version(call)
        if parts(call, "zeebe:calledElement"):
            for part in parts(call, "zeebe:calledElement"):
                _of_zeebe(call, part)
        elif like_camunda:
            _of_camunda(call)


def _version(call: Node) -> None:
    binding, version = said(call, "calledElementBinding"), said(call, "calledElementVersion")
    if said(call, "sameDeployment") == "true":
        binding = binding or "deployment"
    if binding in ("latest", "deployment") and give(call, binding=binding):
        drop(call, "calledElementBinding", "sameDeployment", "calledElementVersion")
    elif binding == "version" and version and version.isdecimal() and give(call, binding="version", version=version):
        drop(call, "calledElementBinding", "calledElementVersion")


def _of_zeebe(call: Node, part: Node) -> None:
    process, binding = part.get("processId", ""), part.get("bindingType", "latest")
    if not _ID.fullmatch(process) or binding not in ("latest", "deployment") or call.get("calledElement", process) != process:
        return
    shares = part.get("propagateAllParentVariables", "true") != "false"
    returns = part.get("propagateAllChildVariables", "true") != "false"
    call.set("calledElement", process)
    give(call, binding=binding)
    if not shares:
        give(call, passes="inputs")
    if not returns:
        give(call, returns="outputs")
    remove(part)


def _of_camunda(call: Node) -> None:
    ins, outs = parts(call, "camunda:in"), parts(call, "camunda:out")
    keys = [one for one in ins if _OWN_KEY.fullmatch(one.get("businessKey", ""))]
    ins, plain = [one for one in ins if one not in keys], {"in": _pairs(ins, keys), "out": _pairs(outs, [])}
    every_in, every_out = _all(ins) or said(call, "inheritVariables") == "true", _all(outs)
    given = {name: record(pairs) if pairs else "" for name, pairs in plain.items() if pairs is not None}
    if len(given) < 2 or None in given.values():
        return
    words = {"inputs": given["in"], "outputs": given["out"]}
    words |= {"passes": "all" if every_in else "inputs", "returns": "all" if every_out else "outputs"}
    if give(call, **{name: text for name, text in words.items() if text}):
        drop(call, "inheritVariables")
        remove(*ins, *keys, *outs)


def _all(mappings: list[Node]) -> bool:
    return any(one.get("variables") == "all" for one in mappings)


def _pairs(mappings: list[Node], keys: list[Node]) -> list[tuple[str, str | None]] | None:
    """Target and expression of each; None when one of them says something else."""
    found: list[tuple[str, str | None]] = []
    for one in mappings:
        known = {name for name in one.attrib if not str(name).startswith("{")} - {"local"}
        if one in keys or (known == {"variables"} and one.get("variables") == "all"):
            continue
        if known == {"source", "target"}:
            found.append((one.get("target", "").strip(), one.get("source", "").strip()))
        elif known == {"sourceExpression", "target"}:
            found.append((one.get("target", "").strip(), expression_of(one.get("sourceExpression", "").strip())))
        else:
            return None
    return found
