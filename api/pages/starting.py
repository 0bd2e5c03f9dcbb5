"""Starting a process by hand: where it can begin, and the data somebody typed for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from api import exact_json
from api.errors import BadRequest
from api.pages import door, wording
from api.pages.refusals import NotAnObject
from engine import definitions
from engine.bpmn import diagram
from engine.tables import ProcessDefinition

MOST_CHARACTERS = 20_000
LONGEST_REFERENCE = 200


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stands in the form: kept where it is refused."""

    business_key: str = ""
    start_event_id: str = ""
    variables: str = ""


@dataclass(frozen=True, kw_only=True)
class Starting:
    """The form beside a drawing. `places`: the start events to choose from, when there is more than one."""

    allowed: bool
    places: Sequence[tuple[str, str]]
    typed: Typed = field(default_factory=Typed)
    error: str = ""


def parts(session: Session, definition: ProcessDefinition, *, typed: Typed | None = None, error: str = "") -> Starting | None:
    """None for what is not live, and for what only an event starts."""
    plain = _plain_starts(definitions.diagram(session, definition.id)) if definition.live else []
    if not plain:
        return None
    places = [(one.id, wording.name_of(one) or one.id) for one in plain] if len(plain) > 1 else []
    return Starting(allowed=door.who().may("process:start"), places=places, typed=typed or Typed(), error=error)


def _plain_starts(process: diagram.Process) -> list[diagram.Element]:
    return [one for one in process.elements.values() if one.type == "startEvent" and one.scope == process.id and one.event is None]


def typed() -> Typed:
    """What was sent, no longer than the form lets it be."""
    given = {name: request.form.get(name, "").strip() for name in ("business_key", "start_event_id", "variables")}
    return Typed(
        business_key=given["business_key"][:LONGEST_REFERENCE],
        start_event_id=given["start_event_id"][:LONGEST_REFERENCE],
        variables=given["variables"][:MOST_CHARACTERS],
    )


def variables(asked: Typed) -> dict[str, Any]:
    """The data as the API would take them. Raises NotAnObject."""
    try:
        found = exact_json.loads(asked.variables.encode()) if asked.variables else {}
    except BadRequest as error:
        raise NotAnObject() from error
    if not isinstance(found, dict):
        raise NotAnObject()
    return found
