"""The form of a task: what it opens with, what was typed, what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from api.pages import door, form_values, plain_forms, problems
from api.pages.language import language
from api.pages.texts import format_time, gettext
from engine import definitions, form_drafts, forms, steps
from engine.errors import Problem
from engine.extensions import Values
from engine.tables import UserTask
from processes import task_prefill

ADD = "add:"  # the button of a list that gives it one more row, without scripts


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What was sent and did not go through: the values, and what is wrong with them."""

    values: Mapping[str, Any]
    errors: Sequence[Problem] = ()
    conflict: str = ""
    in_two_windows: bool = False  # another window of the same person saved something else
    revision: int | None = None  # the draft it was typed over; None: the newest
    status: int = 200


def parts(session: Session, found: UserTask, answered: Answered | None) -> dict[str, Any]:
    """What the page draws the form from."""
    empty: dict[str, Any] = {"schema": None, "values": {}, "draft": "", "revision": 0, "errors": {}, "words": _words(), "conflict": None}
    if not found.form_key:
        return {**empty, "error_count": 0}
    schema = schema_of(session, found)
    draft = form_drafts.get(session, found.id, actor=door.actor())
    typed: Mapping[str, Any] | None = answered.values if answered else draft.values if draft else None
    labels = plain_forms.labels(schema)
    drawn: dict[str, Any] = {}
    if found.state == "open":
        saved = format_time(draft.saved_at, "medium") if draft else ""
        drawn = {"schema": schema, "values": plain_forms.jsonable(_opening(session, found, schema, typed)), "draft": saved}
    return {
        **empty,
        **drawn,
        "revision": answered.revision if answered and answered.revision is not None else draft.revision if draft else 0,
        "error_count": len(answered.errors) if answered else 0,
        "errors": plain_forms.said_by_label(schema, problems.by_field(answered.errors, labels)) if answered else {},
        "conflict": _conflict(answered, schema) if answered else _left_behind(found, schema, typed),
    }


def schema_of(session: Session, found: UserTask) -> plain_forms.Schema:
    """The form of a task in the reader's language; one without fields for a task without a form."""
    if not found.form_key:
        return {"components": []}
    schema: plain_forms.Schema = forms.translated(definitions.form(session, found.definition_id, found.form_key), language())
    return schema


def _opening(session: Session, found: UserTask, schema: plain_forms.Schema, typed: Mapping[str, Any] | None) -> Values:
    """What was typed, else what the case knows; fields that only show something always show what is."""
    known = task_prefill.values(session, found)
    only_shown = plain_forms.read_only(schema)
    variables = steps.data_of(session, found.root_id, found.id) if only_shown else {}
    shown = plain_forms.shown(schema, {**variables, **known})
    return {**(known if typed is None else typed), **shown}


def _conflict(answered: Answered, schema: plain_forms.Schema) -> dict[str, Any] | None:
    """Why it was not sent, with everything that was typed, to be read and copied."""
    if not answered.conflict:
        return None
    return {"title": gettext("This was not sent"), "text": answered.conflict, "rows": form_values.filled_in(schema, answered.values)}


def _left_behind(found: UserTask, schema: plain_forms.Schema, typed: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What somebody had typed when the task was closed, to be read and copied; nobody who typed nothing is told of a draft."""
    rows = form_values.filled_in(schema, typed) if typed and found.state != "open" else []
    return {"title": gettext("This was not sent"), "text": "", "rows": rows} if rows else None


def _words() -> dict[str, str]:
    return {
        "required": gettext("This is needed."),
        "number": gettext("This is not a number."),
        "min": gettext("This must be at least {limit}."),
        "max": gettext("This must be at most {limit}."),
        "min_length": gettext("This needs at least {limit} characters."),
        "max_length": gettext("This may have at most {limit} characters."),
        "add": gettext("Add a row"),
        "remove": gettext("Remove row {n}"),
        "more": gettext("Increase"),
        "less": gettext("Decrease"),
        "choose": gettext("Choose"),
        "search": gettext("Search"),
    }


def posted(session: Session, found: UserTask) -> Values:
    """What the browser sent."""
    if not found.form_key:
        return {}
    return plain_forms.posted(request.form, definitions.form(session, found.definition_id, found.form_key))


def kept_for_later(values: Values) -> Values | None:
    """The draft to save when another button than the one that completes was pressed: with one more row, or as it is."""
    then = request.form.get("then", "")
    if not then:
        return None
    if then.startswith(ADD):
        name = then.removeprefix(ADD)
        rows = values.get(name)
        return {**values, name: [*(rows if isinstance(rows, list) else []), {}]}
    return values
