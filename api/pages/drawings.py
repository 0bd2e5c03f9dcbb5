"""What a diagram island is given: the file, the words of our namespace, tokens, the path taken, problems."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from api.pages import problems, wording
from api.pages.story_words import MESSAGES
from api.pages.texts import gettext
from engine.bpmn.diagram import Process
from engine.errors import Problem
from engine.tables import ActivityInstance
from engine.tokens import Token

JOBS = frozenset({"timer", "service_task", "continue"})


@dataclass(frozen=True, kw_only=True)
class View:
    """One drawing on a page: what it is called, and what the script draws."""

    label: str
    data: Mapping[str, Any]


@cache
def moddle() -> Mapping[str, Any]:
    """Our extension of BPMN, as bpmn-js reads it; one file for the viewer and the compiler."""
    found: Mapping[str, Any] = json.loads(files("diagrams").joinpath("redress.moddle.json").read_text())
    return found


def of_file(label: str, *, url: str) -> View:
    """A drawing that the browser fetches when it comes into view."""
    return View(label=label, data={"url": url, "moddle": moddle()})


def of_problems(label: str, xml: str, problems: Sequence[Problem]) -> View:
    """A file as it was sent, with what is wrong marked on it."""
    marked = [{"element": one.element, "severity": one.severity} for one in problems if one.element]
    first = next((one["element"] for one in marked), None)
    return View(label=label, data={"xml": xml, "moddle": moddle(), "problems": marked, "select": first})


def of_instance(
    label: str,
    *,
    url: str,
    tokens: Iterable[Mapping[str, str]],
    passages: Iterable[ActivityInstance] = (),
    focus: str | None = None,
    arrived_by: str | None = None,
) -> View:
    """Where an instance stands and how it came there; `arrived_by` is the flow to where it is now."""
    passed = list(passages)
    path = {
        "flows": sorted({one.flow_id for one in passed if one.flow_id} | ({arrived_by} if arrived_by else set())),
        "elements": sorted({one.element_id for one in passed if one.state == "completed"}),
    }
    return View(label=label, data={"url": url, "moddle": moddle(), "tokens": list(tokens), "path": path, "focus": focus})


def element_name(process: Process, element_id: str | None) -> str:
    """The name of a node in the reader's language; a boundary event without one is named after what it is attached to."""
    element = process.elements.get(element_id or "")
    if element is None:
        return element_id or ""
    named = wording.name_of(element)
    if named == element.id and element.attached_to:
        return gettext("deadline of %(task)s", task=element_name(process, element.attached_to))
    return named


def waiting_for(process: Process, token: Token) -> str:
    """What a token waits for, as a sentence."""
    name = element_name(process, token.element_id)
    if token.kind in JOBS and token.due_at is None:
        return _used_up(token, name)
    when = wording.short_time(token.due_at) if token.due_at else ""
    if token.kind == "user_task":
        return gettext("%(task)s: a person has to do it", task=name)
    if token.kind == "timer":
        return gettext("%(timer)s: fires %(when)s", timer=name, when=when)
    if token.kind == "service_task":
        return gettext("%(task)s: runs by itself, next try %(when)s", task=name, when=when)
    if token.kind == "called":
        return gettext("%(task)s: a process of its own runs for it", task=name)
    if token.kind == "message":
        return gettext("%(task)s: waits for a message (%(name)s)", task=name, name=MESSAGES.get(token.label, token.label))
    if token.kind == "signal":
        return gettext("%(task)s: waits for the signal %(name)s", task=name, name=token.label)
    if token.kind == "continue":
        return gettext("It goes on by itself.")
    return gettext("%(task)s: %(problem)s", task=name, problem=problems.sentence(token.label))


def _used_up(token: Token, name: str) -> str:
    """What does not go on without somebody who repairs it; why stands at its incident."""
    if token.kind == "timer":
        return gettext("%(timer)s: could not fire; it waits for somebody", timer=name)
    if token.kind == "service_task":
        return gettext("%(task)s: its tries are used up; it waits for somebody", task=name)
    return gettext("It could not go on by itself; it waits for somebody.")
