"""What requests about process instances take and answer."""

from typing import Any, get_args

from marshmallow import fields, validate

from api.v1.searches import compared_instant, compared_text, filter_of, search_of
from api.v1.shapes import (
    NAME,
    Action,
    Input,
    ListQuery,
    Output,
    Reason,
    data,
    many,
    maybe,
    moment,
    shown,
    sorts,
    text,
    truth,
    whole,
)
from engine import tokens
from engine.decision_instance_tables import DecisionInstance as DecisionInstanceRow
from engine.tables import ProcessInstance

STATES = ("running", "suspended", "completed", "terminated", "cancelled")


class Instance(Output):
    """One run of a definition."""

    id = shown()
    root_id = shown("The instance at the top; itself, if it was not called.")
    parent_id = maybe()
    definition_id = shown()
    definition_key = shown(example="compensation_approval")
    business_key = maybe("The reference of the case.", example="TS-20260310-00042")
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    started_at = moment()
    started_by = shown()
    ended_at = moment(null=True)
    end_element_id = maybe()
    revision = whole()
    attributes = data("The search attributes.")


class InstanceWithActions(Instance):
    """One run and what can be done with it."""

    actions = many(Action)


class Token(Output):
    """Where an instance stands."""

    id = shown("Id of the user task, job, subscription, called instance or incident.")
    element_id = shown()
    kind = fields.String(required=True, validate=validate.OneOf(get_args(tokens.Kind)))
    label = shown("A word about it: assignee, topic, name of the message, key of the called process.")
    due_at = moment("When it is due; of a job its next try, null when its tries are used up.", null=True)


class Tokens(Output):
    """Everywhere an instance stands."""

    items = many(Token)


class ActivityInstance(Output):
    """One passage through a node of the diagram."""

    id = whole()
    token_id = shown()
    element_id = shown()
    element_type = shown(example="userTask")
    state = fields.String(required=True, validate=validate.OneOf(["completed", "cancelled", "failed"]))
    flow_id = maybe("The sequence flow it was reached by.")
    started_at = moment()
    ended_at = moment()


class ActivityInstances(Output):
    """The passages of an instance, in the order they ended."""

    items = many(ActivityInstance)


class AskedInput(Output):
    """What a decision asked about."""

    text = shown("The input expression.", example="level")
    value = fields.Raw(required=True, allow_none=True, metadata={"description": "Its value then; the beginning of a large one."})


class MissedRow(Output):
    """A row that did not hold."""

    row = whole("Its number in the table, from 1.")
    input = shown("The input expression of the first cell that did not hold.")


class Explained(Output):
    """What a decision said and why."""

    decision_id = shown(example="grading")
    rows = fields.List(fields.Integer(), required=True, metadata={"description": "Numbers of the rows that held, from 1."})
    outputs = data("What it said, by output.")
    inputs = many(AskedInput)
    missed = many(MissedRow, "The other rows that were looked at.")
    shortened = truth("Whether something was too large to be kept whole.")


class DecisionInstance(Explained):
    """One evaluation of a decision by a business rule task."""

    id = whole()
    token_id = shown("That of the passage through the business rule task.")
    element_id = shown()
    evaluated_at = moment()
    required = many(Explained, "The decisions that were asked first.")


class DecisionInstanceQuery(ListQuery):
    """Which evaluations of the instance."""

    sort = sorts("id")


class Variables(Output):
    """The data of an instance."""

    variables = data()
    revision = whole()


class Start(Input):
    """What to start, with which data."""

    definition_key = text(NAME, required=True)
    version = fields.Integer(
        strict=True, validate=validate.Range(1, 2**31 - 1), metadata={"description": "A version; the live one by default."}
    )
    business_key = text(NAME)
    unique = fields.String(
        validate=validate.OneOf(["running", "ever"]),
        metadata={"description": "Refuse (409) a second running one, or any second one, with this business key."},
    )
    start_event_id = text(NAME, metadata={"description": "Where it begins, when it has several start events that could be meant."})
    variables = fields.Dict(keys=text(NAME), load_default=dict)


class Correction(Reason):
    """New values by name; null removes a name."""

    variables = fields.Dict(keys=text(NAME), required=True, validate=validate.Length(1, 100))


class InstanceQuery(ListQuery):
    """Which instances."""

    definition_key = text()
    definition_id = text()
    business_key = text()
    state = fields.String(validate=validate.OneOf(STATES))
    root_id = text()
    parent_id = text()
    sort = sorts("started_at")


InstanceFilter = filter_of(
    "ProcessInstanceFilter",
    **{name: compared_text() for name in ("definition_key", "definition_id", "business_key", "state", "root_id", "parent_id")},
    started_at=compared_instant(),
)
InstanceSearch = search_of("ProcessInstanceSearch", InstanceFilter, "started_at")


def instance_json(row: ProcessInstance, attributes: dict[str, Any]) -> dict[str, Any]:
    """One instance as it is answered."""
    names = ("id", "root_id", "parent_id", "definition_id", "definition_key", "business_key", "state")
    times = ("started_at", "started_by", "ended_at", "end_element_id", "revision")
    return {name: getattr(row, name) for name in (*names, *times)} | {"attributes": attributes}


def decision_json(row: DecisionInstanceRow) -> dict[str, Any]:
    """One evaluation as it is answered."""
    names = ("id", "token_id", "element_id", "decision_id", "evaluated_at")
    return {name: getattr(row, name) for name in names} | row.explanation
