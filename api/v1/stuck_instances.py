"""Stuck instances: what does not move, and what would help."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads
from api.v1.resource import Resource
from api.v1.shapes import Input, Output, many, maybe, moment, shown
from engine import stuck
from engine.paging import MAX_LIMIT
from engine.stuck import Stuck

resource = Resource("stuck_instances", "/stuck-instances", "Stuck instances: what does not move, why, and what would help.")


class StuckInstance(Output):
    """An instance that does not move."""

    instance_id = shown()
    root_id = shown()
    definition_key = shown()
    business_key = maybe()
    code = shown(example="STUCK-INCIDENT")
    reason = shown("Why, in words.")
    since = moment()
    element_id = maybe()
    job_id = maybe()
    incident_id = maybe()
    user_task_id = maybe()
    help = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["retry", "assign", None]),
        metadata={"description": "The action that would help."},
    )


class StuckInstances(Output):
    """The longest stuck first."""

    items = many(StuckInstance)


class StuckQuery(Input):
    """How many."""

    limit = fields.Integer(load_default=MAX_LIMIT, validate=validate.Range(1, MAX_LIMIT))


def _json(one: Stuck) -> dict[str, Any]:
    row = one.instance
    names = ("code", "since", "element_id", "job_id", "incident_id", "user_task_id", "help")
    of_instance = {"instance_id": row.id, "root_id": row.root_id, "definition_key": row.definition_key, "business_key": row.business_key}
    return of_instance | {name: getattr(one, name) for name in names} | {"reason": one.sentence}


@resource.get("")
@reads("incident:read", query=StuckQuery, answers={200: StuckInstances})
def list_stuck(session: Session, call: Call) -> Answer:
    """Every instance that does not move, with the reason in words and the one action that would help."""
    found = stuck.find(session, limit=call.query["limit"])
    barred = permissions.without_conflicts(session, call.actor, (one.instance.root_id for one in found))
    return Answer(body={"items": [_json(one) for one in found if one.instance.root_id not in barred]})
