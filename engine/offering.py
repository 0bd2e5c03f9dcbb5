"""Who a task is offered to, as the diagram declares it, and as rows."""

from collections.abc import Callable, Iterable
from typing import Any

from engine.bpmn.diagram import Element
from engine.extensions import Candidates


def declared(element: Element, evaluate: Callable[[str], Any]) -> Candidates:
    """Groups and accounts of the element, else the group of its lane. `evaluate`: the value of `=...`, a name or a list."""
    by_lane = (element.lane,) if element.lane and not element.candidate_users else ()
    groups = _names(element.candidate_groups or by_lane, evaluate)
    return Candidates(groups=groups, users=_names(element.candidate_users, evaluate))


def _names(said: Iterable[str], evaluate: Callable[[str], Any]) -> list[str]:
    found: list[str] = []
    for one in said:
        value = evaluate(one) if one.startswith("=") else one
        found.extend(str(name) for name in (value if isinstance(value, list | tuple) else [value]))
    return list(dict.fromkeys(found))


def rows(task_id: str, candidates: Candidates) -> list[dict[str, Any]]:
    """Who may do a task, for the table of candidates."""
    named = [
        *(("group", name, None) for name in dict.fromkeys(candidates.groups)),
        *(("user", name, None) for name in dict.fromkeys(candidates.users)),
        *(("excluded", name, code) for name, code in candidates.excluded.items()),
    ]
    return [{"user_task_id": task_id, "kind": kind, "name": name, "code": code} for kind, name, code in named]
