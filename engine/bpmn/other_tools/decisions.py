"""Business rule tasks: which decision, and in what shape its result becomes a variable."""

import re

from engine.bpmn.other_tools.reading import Node, bpmn, drop, give, parts, remove, said

# What Camunda 7 calls the shapes of a result; the last is what it gives when nothing is said.
SHAPES = {"singleEntry": "value", "singleResult": "row", "collectEntries": "values", "resultList": "rows"}
AS_DMN = "decision"
_ID = re.compile(r"[^\s=${}]+")
_BINDINGS = ("latest", "deployment")


def understand(root: Node) -> None:
    """In place."""
    for task in bpmn(root, "businessRuleTask"):
        _like_camunda(task)
        for part in parts(task, "zeebe:calledDecision"):
            decision, variable = part.get("decisionId", ""), part.get("resultVariable", "")
            plain = part.get("bindingType", "latest") in _BINDINGS and not part.get("versionTag")
            if plain and _ID.fullmatch(decision) and give(task, decisionRef=decision, resultVariable=variable, resultShape=AS_DMN):
                remove(part)


def _like_camunda(task: Node) -> None:
    decision, shape = said(task, "decisionRef"), said(task, "mapDecisionResult") or "resultList"
    if not decision or not _ID.fullmatch(decision) or said(task, "decisionRefBinding") not in (None, *_BINDINGS) or shape not in SHAPES:
        return
    if give(task, decisionRef=decision):
        drop(task, "decisionRef", "decisionRefBinding")
        variable = said(task, "resultVariable")
        if variable and give(task, resultVariable=variable, resultShape=SHAPES[shape]):
            drop(task, "resultVariable", "mapDecisionResult")
