"""Stuck instances: what does not move, and what would help."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads
from api.v1.resource import Resource
from api.v1.shapes import ListQuery, Output, list_of, maybe, moment, page_json, shown, text
from engine import stuck
from engine.stuck import Stuck

resource = Resource("stuck_instances", "/stuck-instances", "Stuck instances: what does not move, why, and what would help.")


CODES = tuple(stuck.REASONS)


class StuckInstance(Output):
    """Something that does not move. What was to start an instance and could not names no instance, only the process."""

    instance_id = maybe()
    root_id = maybe()
    definition_key = maybe()
    business_key = maybe()
    code = fields.String(required=True, validate=validate.OneOf(CODES))
    reason = shown("Why, in words.")
    since = moment()
    element_id = maybe()
    job_id = maybe()
    incident_id = maybe()
    user_task_id = maybe()
    help = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["retry", "assign", "fire", None]),
        metadata={"description": "The action that would help: retry or fire the job, assign the task."},
    )


class StuckQuery(ListQuery):
    """Which of them."""

    code = fields.String(validate=validate.OneOf(CODES))
    definition_key = text()


def _json(one: Stuck) -> dict[str, Any]:
    names = ("code", "since", "element_id", "job_id", "incident_id", "user_task_id", "help")
    return {
        "instance_id": one.instance.id if one.instance else None,
        "root_id": one.root_id,
        "definition_key": one.process,
        "business_key": one.reference,
        "reason": one.sentence,
        **{name: getattr(one, name) for name in names},
    }


@resource.get("")
@reads("incident:read", query=StuckQuery, answers={200: list_of(StuckInstance)})
def list_stuck(session: Session, call: Call) -> Answer:
    """What does not move, with the reason in words and the one action that would help.

    By reason, the most urgent first; within one the longest stuck first.
    """
    given = call.query
    codes = [given["code"]] if "code" in given else []
    page = stuck.search(session, codes=codes, process=given.get("definition_key"), cursor=given.get("cursor"), limit=given["limit"])
    barred = permissions.without_conflicts(session, call.actor, (one.root_id for one in page.items))
    return Answer(body=page_json(page, [_json(one) for one in page.items if one.root_id not in barred]))
