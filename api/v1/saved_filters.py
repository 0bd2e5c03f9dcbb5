"""Saved filters of the list of tasks: one's own and those shared with one's groups, with how many tasks each has."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import days, permissions
from api.requests import Answer, Call, reads, writes
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import SHORT, Action, Input, Output, data, many, maybe, moment, shown, text, truth, whole
from api.v1.user_task_shapes import TaskFilter, task_orders
from api.v1.user_tasks import HOUSE_ZONE
from engine import saved_filters, user_task_counts
from engine.saved_filters import COLOURS, LONGEST_NAME
from engine.task_lists import SCOPES, STANDINGS
from engine.task_tables import SavedFilter
from processes import task_texts

resource = Resource("saved_filters", "/saved-filters", "Filters of tasks, kept under a name.")
FIELDS = ("id", "name", "colour", "owner", "shared_with", "wanted", "created_at", "revision")
EXAMPLE = {"name": "Urgent and mine", "colour": "red", "wanted": {"scope": "mine", "filter": {"attributes.level": {"$gte": 3}}}}


class WantedTasks(Input):
    """What it asks for: as `POST /user-tasks/search`."""

    scope = fields.String(validate=validate.OneOf(SCOPES))
    standing = fields.String(validate=validate.OneOf(STANDINGS))
    process = fields.String(validate=validate.Length(1, SHORT))
    text = fields.String(validate=validate.Length(1, SHORT))
    filter = fields.Nested(TaskFilter)
    sort = task_orders()


class SavedFilterShape(Output):
    """A filter somebody keeps."""

    id = shown()
    name = shown()
    colour = fields.String(required=True, validate=validate.OneOf(COLOURS))
    owner = shown()
    shared_with = maybe("A group; null: for oneself.")
    wanted = data("What it asks for: as `POST /user-tasks/search`.")
    created_at = moment()
    revision = whole()


class SavedFilterWithActions(SavedFilterShape):
    """A filter, and what you may do with it."""

    actions = many(Action)


class CountedFilter(SavedFilterWithActions):
    """A filter with how many tasks it has."""

    count = whole("More than `counted_up_to` are one more than it.")


class CountedFilters(Output):
    """All of them: nobody keeps more than fit on a screen."""

    items = many(CountedFilter)
    counted_up_to = whole()
    complete = truth("There are no more pages.")


class NewFilter(Input):
    """A filter to keep."""

    name = text(LONGEST_NAME, required=True)
    colour = fields.String(load_default=COLOURS[0], validate=validate.OneOf(COLOURS))
    shared_with = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, SHORT))
    wanted = fields.Nested(WantedTasks, required=True)


class FilterChange(Input):
    """What to change of it."""

    name = text(LONGEST_NAME)
    colour = fields.String(validate=validate.OneOf(COLOURS))
    shared_with = fields.String(allow_none=True, validate=validate.Length(1, SHORT))
    wanted = fields.Nested(WantedTasks)


def _json(row: SavedFilter, call: Call) -> dict[str, Any]:
    refusal = saved_filters.refusal_to_change(row, actor=call.actor)
    actions = [permissions.entry(name, refusal) for name in ("change", "delete")]
    return {name: getattr(row, name) for name in FIELDS} | {"actions": actions}


def _counts(session: Session, call: Call, rows: Sequence[SavedFilter]) -> Mapping[str, int]:
    sees_all, day = permissions.may(call.actor, "task:read"), days.today(call.signed_in.time_zone or HOUSE_ZONE)
    keys = {row.id: task_texts.references(session, row.wanted.get("text", ""), actor=call.actor) for row in rows}
    wanted = {row.id: saved_filters.asked(row, sees_all=sees_all, day=day, keys=keys[row.id]) for row in rows}
    return user_task_counts.counts(session, call.actor, wanted)


@resource.get("")
@reads(answers={200: CountedFilters})
def list_filters(session: Session, call: Call) -> Answer:
    """Your own and those shared with your groups, by name, counted."""
    rows = saved_filters.visible(session, call.actor)
    found = _counts(session, call, rows)
    items = [_json(row, call) | {"count": found[row.id]} for row in rows]
    return Answer(body={"items": items, "counted_up_to": user_task_counts.COUNTED, "complete": True})


@resource.post("")
@writes(body=NewFilter, answers={201: SavedFilterWithActions}, example=EXAMPLE)
def add(session: Session, call: Call) -> Answer:
    """Keep a filter, for yourself or for a group you are in."""
    row = saved_filters.add(session, actor=call.actor, **call.body)
    headers = {"Location": f"{PREFIX}/saved-filters/{row.id}"}
    return Answer(body=_json(row, call), status=201, revision=row.revision, headers=headers)


@resource.get("/<string:filter_id>")
@reads(answers={200: SavedFilterWithActions})
def get(session: Session, call: Call, filter_id: str) -> Answer:
    """One filter."""
    row = saved_filters.get(session, filter_id, actor=call.actor)
    return Answer(body=_json(row, call), revision=row.revision)


@resource.put("/<string:filter_id>")
@writes(body=FilterChange, if_match=True, answers={200: SavedFilterWithActions}, example={"name": "Urgent", "shared_with": "team_lead"})
def change(session: Session, call: Call, filter_id: str) -> Answer:
    """Rename, recolour, share it or keep it to yourself, or let it ask for something else; what is not named stays."""
    row = saved_filters.change(session, filter_id, actor=call.actor, revision=call.required_revision, **call.body)
    return Answer(body=_json(row, call), revision=row.revision)


@resource.delete("/<string:filter_id>")
@writes(answers={204: None})
def delete(session: Session, call: Call, filter_id: str) -> Answer:
    """Forget it."""
    saved_filters.remove(session, filter_id, actor=call.actor)
    return Answer(status=204)
