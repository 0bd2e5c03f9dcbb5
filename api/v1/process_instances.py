"""Process instances: start, read, correct, cancel."""

from typing import Any

from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.process_instance_shapes import (
    ActivityInstances,
    Correction,
    DecisionInstance,
    DecisionInstanceQuery,
    Instance,
    InstanceQuery,
    InstanceSearch,
    InstanceWithActions,
    Start,
    Tokens,
    Variables,
    decision_json,
    instance_json,
)
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import (
    DryRun,
    DryRunQuery,
    Reason,
    list_of,
    page_json,
    would,
)
from engine import decision_instances, history, instances
from engine import tokens as standing
from engine.errors import Conflict, RevisionChanged
from engine.extensions import Actor
from engine.paging import Page
from engine.tables import ProcessInstance

resource = Resource("process_instances", "/process-instances", "Process instances: one run of a definition each, called ones too.")
RUNNING = ("running", "suspended")


def _actions(row: ProcessInstance, actor: Actor) -> list[dict[str, Any]]:
    return [
        permissions.action("cancel", actor, "instance:cancel", blocked=_not_cancellable(row)),
        permissions.action("set_variables", actor, "variable:write", blocked=_not_running(row)),
    ]


def _not_running(row: ProcessInstance) -> Conflict | None:
    return None if row.state in RUNNING else Conflict(reason=f"the instance is {row.state} already")


def _not_cancellable(row: ProcessInstance) -> Conflict | None:
    return Conflict(reason="a called process ends with its caller; cancel that one") if row.parent_id else _not_running(row)


def _seen(session: Session, call: Call, instance_id: str, *, permission: str = "instance:read") -> ProcessInstance:
    row = instances.get(session, instance_id)
    permissions.require_instance(session, call.actor, row, permission=permission)
    return row


def _page(session: Session, call: Call, page: Page[ProcessInstance]) -> Answer:
    barred = permissions.without_conflicts(session, call.actor, (row.root_id for row in page.items))
    rows = [row for row in page.items if row.root_id not in barred]
    attributes = instances.attributes(session, [row.id for row in rows])
    return Answer(body=page_json(page, [instance_json(row, attributes[row.id]) for row in rows]))


@resource.get("")
@reads("instance:read", query=InstanceQuery, answers={200: list_of(Instance)})
def list_instances(session: Session, call: Call) -> Answer:
    """Instances, newest first; those of cases that concern you are left out."""
    return _page(session, call, instances.search(session, call.page()))


@resource.post("/search")
@reads("instance:read", body=InstanceSearch, answers={200: list_of(Instance)}, example={"filter": {"attributes.level": {"$gte": 3}}})
def search(session: Session, call: Call) -> Answer:
    """Instances by a filter, also by search attributes (`attributes.level`)."""
    return _page(session, call, instances.search(session, call.search()))


@resource.post("")
@writes(
    "process:start",
    body=Start,
    answers={201: InstanceWithActions},
    example={"definition_key": "compensation_approval", "variables": {"level": 2}},
)
def start(session: Session, call: Call) -> Answer:
    """Start a process. A first step that fails leaves the instance with an incident."""
    asked = dict(call.body)
    row = instances.start(session, asked.pop("definition_key"), actor=call.actor, **asked)
    body = instance_json(row, attributes={}) | {"actions": _actions(row, call.actor)}  # what it is found by is written by its steps
    return Answer(body=body, status=201, revision=row.revision, headers={"Location": f"{PREFIX}/process-instances/{row.id}"})


@resource.get("/<string:instance_id>")
@reads(answers={200: InstanceWithActions})
def get(session: Session, call: Call, instance_id: str) -> Answer:
    """One instance: for those who may see all, and for those who take part in it."""
    row = _seen(session, call, instance_id)
    attributes = instances.attributes(session, [row.id])[row.id]
    return Answer(body=instance_json(row, attributes) | {"actions": _actions(row, call.actor)}, revision=row.revision)


@resource.get("/<string:instance_id>/tokens")
@reads(answers={200: Tokens})
def tokens(session: Session, call: Call, instance_id: str) -> Answer:
    """Where the instance stands, in elements of its diagram."""
    _seen(session, call, instance_id)
    names = ("id", "element_id", "kind", "label", "due_at")
    return Answer(body={"items": [{name: getattr(one, name) for name in names} for one in standing.of_instance(session, instance_id)]})


@resource.get("/<string:instance_id>/activity-instances")
@reads(answers={200: ActivityInstances})
def activity_instances(session: Session, call: Call, instance_id: str) -> Answer:
    """What the instance went through."""
    _seen(session, call, instance_id)
    names = ("id", "token_id", "element_id", "element_type", "state", "flow_id", "started_at", "ended_at")
    rows = history.of_instance(session, instance_id)
    return Answer(body={"items": [{name: getattr(row, name) for name in names} for row in rows]})


@resource.get("/<string:instance_id>/decision-instances")
@reads(query=DecisionInstanceQuery, answers={200: list_of(DecisionInstance)})
def decision_instances_of(session: Session, call: Call, instance_id: str) -> Answer:
    """The decisions its business rule tasks asked, and why each said what it said."""
    _seen(session, call, instance_id)
    found = decision_instances.of_instance(session, instance_id, call.page())
    return Answer(body=page_json(found, [decision_json(row) for row in found.items]))


@resource.get("/<string:instance_id>/variables")
@reads(answers={200: Variables})
def variables(session: Session, call: Call, instance_id: str) -> Answer:
    """The data of the instance, with the revision to change them by."""
    row = _seen(session, call, instance_id)
    return Answer(body={"variables": row.variables, "revision": row.revision}, revision=row.revision)


def _would_set(session: Session, call: Call, instance_id: str) -> Answer:
    row = _seen(session, call, instance_id, permission="variable:write")
    if (refusal := _not_running(row)) is not None:
        raise refusal
    if row.revision != call.required_revision:
        raise RevisionChanged()
    effects = [
        ("set_variable", "process_instance", row.id, f"Variable {name} would be changed.") for name in sorted(call.body["variables"])
    ]
    return Answer(body=would(*effects))


@resource.put("/<string:instance_id>/variables")
@writes(
    "variable:write",
    query=DryRunQuery,
    body=Correction,
    if_match=True,
    dry_run=_would_set,
    answers={200: {"anyOf": [Variables, DryRun]}},
    example={"variables": {"level": 3}, "reason": "The level was typed wrong."},
)
def set_variables(session: Session, call: Call, instance_id: str) -> Answer:
    """Correct the data of a running instance; both values go into the audit trail."""
    revision = call.required_revision
    _seen(session, call, instance_id, permission="variable:write")
    body = call.body
    row = instances.set_variables(session, instance_id, body["variables"], actor=call.actor, reason=body["reason"], revision=revision)
    return Answer(body={"variables": row.variables, "revision": row.revision}, revision=row.revision)


def _would_cancel(session: Session, call: Call, instance_id: str) -> Answer:
    row = _seen(session, call, instance_id, permission="instance:cancel")
    if (refusal := _not_cancellable(row)) is not None:
        raise refusal
    gone = [
        ("remove", one.kind, one.id, f"The {one.kind.replace('_', ' ')} at {one.element_id} would go.")
        for one in standing.of_instance(session, row.id)
    ]
    return Answer(body=would(("cancel", "process_instance", row.id, "The instance would be cancelled."), *gone))


@resource.post("/<string:instance_id>/cancellation")
@writes("instance:cancel", query=DryRunQuery, body=Reason, dry_run=_would_cancel, answers={200: {"anyOf": [InstanceWithActions, DryRun]}})
def cancel(session: Session, call: Call, instance_id: str) -> Answer:
    """Stop a running instance with everything that waits in it."""
    row = _seen(session, call, instance_id, permission="instance:cancel")
    if (refusal := _not_cancellable(row)) is not None:
        raise refusal
    row = instances.cancel(session, instance_id, actor=call.actor, reason=call.body["reason"])
    attributes = instances.attributes(session, [row.id])[row.id]
    return Answer(body=instance_json(row, attributes) | {"actions": _actions(row, call.actor)}, revision=row.revision)
