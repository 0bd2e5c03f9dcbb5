"""One run of a process: where it stands, how it came there, with which data."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, url_for
from sqlalchemy.orm import Session

from api import permissions
from api.pages import door, drawings, security, wording
from api.pages.instance_words import InstanceWords
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import decision_instances, definitions, history, instances, operations, tokens
from engine.bpmn.diagram import Process
from engine.decision_instance_tables import DecisionInstance
from engine.paging import Query
from engine.tables import ActivityInstance, Operation, ProcessInstance, UserTask
from engine.tokens import Token

OPERATIONS_SHOWN = 50
DECISIONS_SHOWN = 50
STEPS_SHOWN = 500  # in the list; the drawing shows all


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/instances/<instance_id>", "instance", instance)


def instance(instance_id: str) -> str:
    """Show an instance to those who may see it."""
    security.allow_inline_styles()
    with door.reads() as session:
        found = instances.get(session, instance_id)
        permissions.require_instance(session, door.actor(), found)
        return render_template("processes/instance.html", **_parts(session, found))


def _parts(session: Session, found: ProcessInstance) -> dict[str, Any]:
    definition = definitions.get(session, found.definition_id)
    drawn = definitions.diagram(session, definition.id)
    standing, passages, names = tokens.of_instance(session, found.id), history.of_instance(session, found.id), Names(session)
    live, words = definitions.live(session, definition.key), InstanceWords(session, definition)
    return {
        "instance": found,
        "definition": definition,
        "name": wording.name_of(definition),
        "newer": live.version if live.version != definition.version else None,
        "parent": _parent(session, found),
        "started_by": names(found.started_by),
        "ended_at_element": drawings.element_name(drawn, found.end_element_id) if found.end_element_id else "",
        "waiting": [_waiting(drawn, one, names) for one in standing],
        "family": _family(session, found),
        "view": _view(drawn, found, standing, passages),
        "passages": [_passage(drawn, one) for one in passages[: -STEPS_SHOWN - 1 : -1]],
        "earlier": max(len(passages) - STEPS_SHOWN, 0),
        "decisions": _decisions(session, drawn, found, words),
        "variables": words.variables(found.variables),
        "operations": _operations(session, found, names),
    }


def _parent(session: Session, found: ProcessInstance) -> dict[str, str] | None:
    """The process this one was called by."""
    if found.parent_id is None:
        return None
    caller = instances.get(session, found.parent_id)
    name = wording.name_of(definitions.diagram(session, caller.definition_id))
    return {"name": name, "url": url_for("pages.instance", instance_id=caller.id)}


def _waiting(drawn: Process, token: Token, names: Names) -> dict[str, Any]:
    return {
        "kind": token.kind,
        "text": drawings.waiting_for(drawn, token),
        "who": names(token.label) if token.kind == "user_task" and token.label else "",
        "due_at": token.due_at if token.kind == "user_task" else None,
        "url": _leads_to(token),
    }


def _leads_to(token: Token) -> str | None:
    """The page of what is waited for: the task, or the process that was called."""
    if token.kind == "called":
        return url_for("pages.instance", instance_id=token.id)
    return url_for("pages.task", task_id=token.id) if token.kind == "user_task" and token.id else None


def _family(session: Session, found: ProcessInstance) -> list[dict[str, Any]]:
    """Every run about the same matter: the main process, what it called, and what runs beside it."""
    if found.business_key is None:
        return []
    return [
        {
            "name": wording.name_of(definitions.diagram(session, one.definition_id)),
            "state": one.state,
            "called": one.parent_id is not None,
            "current": one.id == found.id,
            "started_at": one.started_at,
            "url": url_for("pages.instance", instance_id=one.id),
        }
        for one in instances.of_case(session, found.business_key)
    ]


def _view(drawn: Process, found: ProcessInstance, standing: Sequence[Token], passages: Sequence[ActivityInstance]) -> drawings.View:
    marked = [
        {"element_id": one.element_id, "kind": one.kind, "label": drawings.waiting_for(drawn, one), "url": _leads_to(one) or ""}
        for one in standing
    ]
    url = url_for("pages.definition_file", definition_id=found.definition_id)
    return drawings.of_instance(gettext("Where this instance stands"), url=url, tokens=marked, passages=passages)


def _passage(drawn: Process, one: ActivityInstance) -> dict[str, Any]:
    return {
        "name": drawings.element_name(drawn, one.element_id),
        "state": one.state,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
    }


def _decisions(session: Session, drawn: Process, found: ProcessInstance, words: InstanceWords) -> list[dict[str, Any]]:
    """Why its decisions said what they said, the newest first; an explanation names its parts as `decision_instances` keeps them."""
    newest = decision_instances.of_instance(session, found.id, Query(sort="-id", limit=DECISIONS_SHOWN))
    return [
        {
            "name": drawings.element_name(drawn, one.element_id),
            "at": one.evaluated_at,
            "tables": _tables(one, words),
        }
        for one in newest.items
    ]


def _tables(one: DecisionInstance, words: InstanceWords) -> list[dict[str, Any]]:
    """Those it required first."""
    asked = [*one.explanation["required"], {**one.explanation, "decision_id": one.decision_id}]
    return [words.decision(explanation) for explanation in asked]


def _operations(session: Session, found: ProcessInstance, names: Names) -> list[dict[str, Any]] | None:
    if not door.who().may("operation:read"):
        return None
    trail = operations.search(session, Query(filter={"root_id": found.root_id}, limit=OPERATIONS_SHOWN))
    names.learn(one.by for one in trail.items)
    tasks = operations.tasks_of(session, trail.items)
    return [
        {"at": one.at, "kind": wording.operation_name(one.kind), "what": _task(tasks, one), "by": names(one.by), "reason": one.reason}
        for one in trail.items
    ]


def _task(tasks: Mapping[str, UserTask], one: Operation) -> str:
    """The task an operation was about, when it was one."""
    return wording.name_of(tasks[one.subject_id]) if one.subject_id in tasks else ""
