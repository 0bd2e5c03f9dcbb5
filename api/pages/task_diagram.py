"""Where a task stands in its process: drawn, and the same as a list of steps."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from api.pages import drawings, wording
from api.pages.facts import Teller
from api.pages.texts import gettext
from engine import definitions, history, instances
from engine.bpmn.diagram import Process
from engine.tables import ActivityInstance, UserTask
from processes.tables.cases import Complaint

STEPS_SHOWN = 50  # the page of the run has all of them


def parts(session: Session, found: UserTask, complaint: Complaint | None, teller: Teller) -> dict[str, Any]:
    """The drawing with the path taken, and the steps in words, in order."""
    passages, drawn = history.of_instance(session, found.instance_id), definitions.diagram(session, found.definition_id)
    run = instances.get(session, found.instance_id)
    caller = instances.get(session, run.parent_id) if run.parent_id else None
    steps = _steps(drawn, passages)
    return {
        "view": _drawing(drawn, found, passages),
        "process_name": wording.name_of(drawn),
        "instance_url": url_for("pages.instance", instance_id=found.instance_id),
        "called_by": wording.name_of(definitions.diagram(session, caller.definition_id)) if caller is not None else "",
        "steps": steps[-STEPS_SHOWN:],
        "earlier": max(len(steps) - STEPS_SHOWN, 0),
    }


def _drawing(drawn: Process, found: UserTask, passages: Sequence[ActivityInstance]) -> drawings.View:
    token = {"element_id": found.element_id, "kind": "user_task", "label": wording.name_of(found)}
    return drawings.of_instance(
        gettext("Where this task is in the process"),
        url=url_for("pages.definition_file", definition_id=found.definition_id),
        tokens=[token] if found.state == "open" else [],
        passages=passages,
        focus=found.element_id,
        arrived_by=_last_flow(drawn, found, passages) if found.state == "open" else None,
    )


def _last_flow(drawn: Process, found: UserTask, passages: Sequence[ActivityInstance]) -> str | None:
    """The flow that led here: a passage tells it only when it has ended, so it is the one from where the run was last."""
    ways = [(id_, flow.source) for id_, flow in drawn.flows.items() if flow.target == found.element_id]
    if len(ways) == 1:
        return ways[0][0]
    before = reversed([one.element_id for one in passages if one.ended_at <= found.created_at])
    return next((id_ for source in before for id_, start in ways if start == source), None)


def _steps(drawn: Process, passages: Sequence[ActivityInstance]) -> list[dict[str, Any]]:
    """What was passed and has a name; gateways and events without one say nothing to a reader."""
    named = ((one, drawings.element_name(drawn, one.element_id)) for one in passages if one.state == "completed")
    return [{"name": name, "at": one.ended_at} for one, name in named if name and name != one.element_id]
