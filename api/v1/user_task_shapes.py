"""What requests about user tasks take and answer."""

from typing import Any

from marshmallow import fields, validate

from api.v1.incidents import IncidentShape
from api.v1.jobs import JobShape
from api.v1.searches import compared_instant, compared_number, compared_text, filter_of, search_of
from api.v1.shapes import (
    LONG,
    NAME,
    Action,
    Input,
    ListQuery,
    Output,
    data,
    many,
    maybe,
    moment,
    shown,
    text,
    texts,
    truth,
    whole,
)
from engine.tables import UserTask
from engine.task_lists import SCOPES, STANDINGS

SORTS = ("due_at", "slack", "created_at", "priority", "follow_up_at")


def task_orders() -> fields.String:
    """The order of a list of tasks: a field of theirs, or a search attribute that a live process declares (`-attributes.level`)."""
    allowed = validate.Regexp(rf"^-?({'|'.join(SORTS)}|attributes\.\w{{1,{NAME}}})$", error="There is no such order.")
    return fields.String(validate=allowed, metadata={"description": "Order; `-` for descending. `attributes.level`: by an attribute."})


class Task(Output):
    """An activity that waits for a person."""

    id = shown()
    name = shown()
    name_zh = maybe()
    state = fields.String(required=True, validate=validate.OneOf(["open", "completed", "cancelled"]))
    assignee = maybe()
    claimed_at = moment(null=True)
    owner = maybe("Who gave it to the assignee for a piece of work, and gets it back.")
    follow_up_at = moment("When somebody wants to look at it again.", null=True)
    priority = whole()
    created_at = moment()
    due_at = moment(null=True)
    warn_at = moment(null=True)
    paused = truth()
    ended_at = moment(null=True)
    completed_by = maybe()
    element_id = shown(example="ut_approve")
    form_key = maybe()
    instance_id = shown()
    root_id = shown()
    definition_id = shown()
    business_key = maybe(example="TS-20260310-00042")
    item = data("Of several done one after the other or at once: which one.", null=True)
    candidate_groups = texts()
    candidate_users = texts()
    pending_job_id = maybe("A submission whose step failed waits for repair in this job.")
    revision = whole()


class TaskWithActions(Task):
    """A task and what you may do with it."""

    actions = many(Action)


class Completion(Output):
    """What became of a completion. With a job (202) the step behind it failed; what was sent is kept."""

    task = fields.Nested(Task, required=True)
    job = fields.Nested(JobShape, required=True, allow_none=True)
    incident = fields.Nested(IncidentShape, required=True, allow_none=True)


class Form(Output):
    """The form of a task (form-js JSON) and what to fill it with."""

    key = maybe()
    form = data(null=True)
    variables = data("The data of the instance; the form picks its fields.")


class Draft(Output):
    """What you typed and have not sent. Revision 0: nothing yet."""

    values = data()
    saved_at = moment(null=True)
    revision = whole()


class Values(Input):
    """What was typed into the form."""

    values = fields.Dict(keys=text(NAME), required=True)


class Assignment(Input):
    """Who gets the task; nobody named: you (claim)."""

    assignee = text(NAME)
    reason = text(LONG)


def _standing() -> fields.String:
    said = "due_today (in your zone), at_risk, breached, follow_up: its day has come."
    return fields.String(validate=validate.OneOf(STANDINGS), metadata={"description": said})


class TaskQuery(ListQuery):
    """Which tasks."""

    scope = fields.String(
        load_default="groups",
        validate=validate.OneOf(SCOPES),
        metadata={
            "description": "mine; groups: mine and what I may take; unassigned of these; delegated: lent; open: all (needs task:read)."
        },
    )
    standing = _standing()
    process = text(metadata={"description": "Key of a definition."})
    q = text(metadata={"description": "Part of the case number; of the customer's name, for those who read it in full."})
    state = fields.String(validate=validate.OneOf(["open", "completed", "cancelled"]))
    assignee = text()
    owner = text()
    element_id = text()
    definition_id = text()
    instance_id = text()
    root_id = text()
    business_key = text()
    sort = task_orders()


class CountsQuery(Input):
    """Within which scope it is counted how tasks stand."""

    scope = fields.String(load_default="groups", validate=validate.OneOf(SCOPES))


class Counts(Output):
    """How many tasks: of each scope, and how those of the chosen scope stand."""

    mine = whole()
    groups = whole()
    unassigned = whole()
    delegated = whole()
    open = fields.Integer(required=True, allow_none=True, metadata={"description": "null: you may not see all tasks."})
    due_today = whole()
    at_risk = whole()
    breached = whole()
    follow_up = whole()
    counted_up_to = whole("More are not counted.")


TaskFilter = filter_of(
    "UserTaskFilter",
    **{
        name: compared_text()
        for name in ("state", "assignee", "owner", "element_id", "definition_id", "instance_id", "root_id", "business_key")
    },
    priority=compared_number(),
    due_at=compared_instant(),
    created_at=compared_instant(),
    follow_up_at=compared_instant(),
)


class TaskSearch(search_of("UserTaskSearch", TaskFilter)):  # type: ignore[misc]  # made by a function
    """A scope, a filter, an order, a page."""

    sort = task_orders()
    scope = fields.String(load_default="groups", validate=validate.OneOf(SCOPES))
    standing = _standing()
    process = text()
    q = text()


def task_json(row: UserTask) -> dict[str, Any]:
    """A task as it is answered; whom it excludes is nobody's business."""
    names = (
        "id",
        "name",
        "name_zh",
        "state",
        "assignee",
        "claimed_at",
        "owner",
        "follow_up_at",
        "priority",
        "created_at",
        "due_at",
        "warn_at",
        "paused",
        "ended_at",
    )
    more = (
        "completed_by",
        "element_id",
        "form_key",
        "instance_id",
        "root_id",
        "definition_id",
        "business_key",
        "item",
        "pending_job_id",
        "revision",
    )
    found = {name: getattr(row, name) for name in (*names, *more)}
    found["candidate_groups"] = [one.name for one in row.candidates if one.kind == "group"]
    found["candidate_users"] = [one.name for one in row.candidates if one.kind == "user"]
    return found
