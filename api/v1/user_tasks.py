"""User tasks: find, claim, assign, draft, complete."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from api import days, permissions
from api.requests import Answer, Call, inside, reads, writes
from api.v1.incidents import incident_json
from api.v1.jobs import job_json
from api.v1.operations import OperationShape, operation_json
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import ListQuery, list_of, page_json
from api.v1.user_task_shapes import (
    Assignment,
    Completion,
    Counts,
    CountsQuery,
    Draft,
    Form,
    Task,
    TaskQuery,
    TaskSearch,
    TaskWithActions,
    Values,
    task_json,
)
from engine import definitions, instances, operations, task_lists, task_rights, user_task_counts, user_tasks
from engine.errors import RevisionChanged
from engine.paging import Page, Query
from engine.tables import UserTask
from engine.task_lists import Wanted
from engine.task_rights import Action as TaskAction
from processes import assignees, task_texts

HOUSE_ZONE = "Asia/Shanghai"  # of whoever has chosen none
resource = Resource("user_tasks", "/user-tasks", "User tasks: activities that wait for a person.")


def with_actions(session: Session, call: Call, row: UserTask) -> dict[str, Any]:
    """A task with what the caller may do with it."""
    found = user_tasks.actions(session, row, actor=call.actor)
    # Assigning is a matter of roles, not of being a candidate; only the state of the task is the engine's to say.
    closed = task_rights.state_refusal(row, "assign", actor=call.actor)
    assign_ = permissions.action("assign", call.actor, "task:assign", blocked=closed)
    return task_json(row) | {"actions": [*(_action_json(one) for one in found if one.name != "assign"), assign_]}


def _action_json(one: TaskAction) -> dict[str, Any]:
    return {"name": one.name, "allowed": one.allowed, "code": one.code, "reason": one.reason, "who_can": list(one.who_can)}


def seen(session: Session, call: Call, task_id: str) -> UserTask:
    """A task the caller may see."""
    row = user_tasks.get(session, task_id, actor=call.actor)
    permissions.require_task(call.actor, row)
    return row


def listed(session: Session, call: Call, given: Mapping[str, Any], query: Query) -> Page[UserTask]:
    """One page of what is asked for: `given` has the scope and what else is no field of a task."""
    return task_lists.search(session, call.actor, query, wanted=wanted(session, call, given))


def wanted(session: Session, call: Call, given: Mapping[str, Any]) -> Wanted:
    """`open` (all tasks) is for those who may see all."""
    scope = given.get("scope", "groups")
    if scope == "open":
        permissions.require(call.actor, "task:read")
    return Wanted(
        scope=scope,
        standing=given.get("standing"),
        day=days.today(call.signed_in.time_zone or HOUSE_ZONE),
        process=given.get("process"),
        text=given.get("q") or "",
        keys=task_texts.references(session, given.get("q") or "", actor=call.actor),
        filter=given.get("filter", {}),
    )


def _page(page: Page[UserTask]) -> Answer:
    return Answer(body=page_json(page, [task_json(row) for row in page.items]))


@resource.get("")
@reads(query=TaskQuery, answers={200: list_of(Task)})
def list_tasks(session: Session, call: Call) -> Answer:
    """Tasks by due time: open ones, unless a state is given."""
    query = call.page()
    fields = {name: value for name, value in query.filter.items() if name in task_lists.LISTING.fields}
    return _page(listed(session, call, call.query, replace(query, filter=fields)))


@resource.get("/counts")
@reads(query=CountsQuery, answers={200: Counts})
def counts(session: Session, call: Call) -> Answer:
    """How many tasks each filter has; more than `counted_up_to` are one more than it."""
    scope = wanted(session, call, call.query).scope
    scopes = [one for one in task_lists.SCOPES if one != "open" or permissions.may(call.actor, "task:read")]
    day = days.today(call.signed_in.time_zone or HOUSE_ZONE)
    found = user_task_counts.standard(session, call.actor, scope=scope, day=day, scopes=scopes)
    return Answer(body={"open": None, **found, "counted_up_to": user_task_counts.COUNTED})


@resource.post("/search")
@reads(
    body=TaskSearch,
    answers={200: list_of(Task)},
    example={"scope": "groups", "standing": "at_risk", "filter": {"attributes.level": {"$gte": 3}}, "sort": "slack"},
)
def search(session: Session, call: Call) -> Answer:
    """Tasks by a filter, also by search attributes (`attributes.level`)."""
    return _page(listed(session, call, {**call.body, "filter": {}}, call.search()))


@resource.get("/<string:task_id>")
@reads(answers={200: TaskWithActions})
def get(session: Session, call: Call, task_id: str) -> Answer:
    """One task with what you may do with it: for those it is offered to or who did it, and for those who may see all."""
    row = seen(session, call, task_id)
    return Answer(body=with_actions(session, call, row), revision=row.revision)


@resource.get("/<string:task_id>/form")
@reads(answers={200: Form})
def form(session: Session, call: Call, task_id: str) -> Answer:
    """The deployed form of a task, and the data it shows."""
    row = seen(session, call, task_id)
    schema = definitions.form(session, row.definition_id, row.form_key) if row.form_key else None
    variables = user_tasks.seen(session, row, instances.get(session, row.instance_id).variables)
    return Answer(body={"key": row.form_key, "form": schema, "variables": variables})


@resource.get("/<string:task_id>/draft")
@reads(answers={200: Draft})
def draft(session: Session, call: Call, task_id: str) -> Answer:
    """What you typed and have not sent."""
    seen(session, call, task_id)
    found = user_tasks.draft(session, task_id, actor=call.actor)
    if found is None:
        return Answer(body={"values": {}, "saved_at": None, "revision": 0}, revision=0)
    return Answer(body={"values": found.values, "saved_at": found.saved_at, "revision": found.revision}, revision=found.revision)


@resource.put("/<string:task_id>/draft")
@writes(body=Values, if_match=True, answers={200: Draft}, example={"values": {"vote": "approve", "approved_amount": "44.85"}})
def save_draft(session: Session, call: Call, task_id: str) -> Answer:
    """Keep what you typed; If-Match is the revision you read (0: nothing yet)."""
    revision = call.required_revision
    seen(session, call, task_id)
    kept = user_tasks.save_draft(session, task_id, values=call.body["values"], actor=call.actor, revision=revision)
    return Answer(body={"values": kept.values, "saved_at": kept.saved_at, "revision": kept.revision}, revision=kept.revision)


@resource.get("/<string:task_id>/operations")
@reads(query=ListQuery, answers={200: list_of(OperationShape)})
def operations_on(session: Session, call: Call, task_id: str) -> Answer:
    """Who took, gave back, was given and did the task, newest first. Refused attempts are told in the audit trail only."""
    row = seen(session, call, task_id)
    mine = call.page(subject_kind=UserTask.__tablename__, subject_id=row.id, kind={"$neq": "refused"})
    page = operations.search(session, mine)
    return Answer(body=page_json(page, [operation_json(one) for one in page.items]))


@resource.put("/<string:task_id>/assignment")
@writes(body=Assignment, answers={200: TaskWithActions}, example={"assignee": "u_lead2", "reason": "On leave."})
def assign(session: Session, call: Call, task_id: str) -> Answer:
    """Claim the task, or (needs task:assign) give it to somebody who may do it."""
    wanted = call.body.get("assignee", call.actor.id)
    compare_revision(session, call, user_tasks.get(session, task_id, actor=call.actor))
    if wanted == call.actor.id:
        row = user_tasks.claim(session, task_id, actor=call.actor)
    else:
        permissions.require(call.actor, "task:assign")
        assignee = assignees.named(session, wanted, pointer="/assignee")
        row = user_tasks.assign(session, task_id, assignee=assignee, actor=call.actor, reason=call.body.get("reason"))
    return Answer(body=with_actions(session, call, row), revision=row.revision)


def compare_revision(session: Session, call: Call, row: UserTask) -> None:
    """If-Match, where it is given, names the revision that the task has and keeps until this transaction ends."""
    if call.revision is not None and call.revision != user_tasks.locked(session, row.id).revision:
        raise RevisionChanged()


@resource.delete("/<string:task_id>/assignment")
@writes(answers={200: TaskWithActions})
def unassign(session: Session, call: Call, task_id: str) -> Answer:
    """Give a task you claimed back to its candidates."""
    row = user_tasks.unclaim(session, task_id, actor=call.actor)
    return Answer(body=with_actions(session, call, row), revision=row.revision)


@resource.post("/<string:task_id>/completion")
@writes(body=Values, answers={200: Completion, 202: Completion}, example={"values": {"vote": "approve", "approved_amount": "44.85"}})
def complete(session: Session, call: Call, task_id: str) -> Answer:
    """Finish a task with what was typed into its form. 202: accepted, but the step behind it failed and waits for repair."""
    with inside("/values"):
        done = user_tasks.complete(session, task_id, values=call.body["values"], actor=call.actor)
    body = {
        "task": task_json(done.task),
        "job": job_json(done.job) if done.job else None,
        "incident": incident_json(done.incident) if done.incident else None,
    }
    if done.job is None:
        return Answer(body=body, revision=done.task.revision)
    return Answer(body=body, status=202, revision=done.task.revision, headers={"Location": f"{PREFIX}/jobs/{done.job.id}"})


@resource.delete("/<string:task_id>/completion")
@writes(answers={200: TaskWithActions})
def withdraw(session: Session, call: Call, task_id: str) -> Answer:
    """Take back a submission whose step failed; its values stay as your draft."""
    row = user_tasks.withdraw(session, task_id, actor=call.actor)
    return Answer(body=with_actions(session, call, row), revision=row.revision)
