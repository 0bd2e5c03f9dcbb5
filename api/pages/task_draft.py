"""What is typed into a task and not sent yet: kept while typing, compared when two windows of one person disagree."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import exact_json
from api.errors import BadRequest, status_of
from api.pages import door, form_values, inbox, security, task_draft_sides, task_view, whole_numbers, wording
from api.pages.people_names import Names
from api.pages.refusals import DraftChanged
from api.pages.task_form import Answered
from api.pages.texts import format_time
from engine import user_tasks
from engine.errors import Conflict, Refused, RevisionChanged, RevisionRequired
from engine.extensions import Values
from engine.task_tables import FormDraft

REVISION = "draft_revision"  # the field of a form that says which draft it was opened with


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/tasks/<task_id>/draft", "draft", state)
    pages.add_url_rule("/tasks/<task_id>/draft", "save_draft", save, methods=["PUT"])
    pages.add_url_rule("/tasks/<task_id>/draft", "choose_draft", choose, methods=["POST"])


def state(task_id: str) -> Response:
    """Whose window this is now, and what is saved: a page that was left alone asks before it goes on."""
    with door.reads() as session:
        task_view.seen(session, task_id)
        draft = user_tasks.draft(session, task_id, actor=door.actor())
        known = {"revision": draft.revision if draft else 0}
    return jsonify(account=door.actor().id, csrf=security.csrf_token(), **known)


def save(task_id: str) -> Response:
    """Keep what is being typed over the draft that was read (If-Match); says when it was saved.

    When another window has saved something else meanwhile: 412, and both sides as a form to choose from.
    """
    values = exact_json.body()
    if not isinstance(values, dict):
        raise BadRequest(reason="a form draft is a JSON object")
    revision = _revision_read()
    try:
        with door.writes() as session:
            draft = user_tasks.save_draft(session, task_id, values=values, actor=door.actor(), revision=revision)
            saved = {"saved": format_time(draft.saved_at, "medium"), "revision": draft.revision}
        return jsonify(saved)
    except RevisionChanged:
        return _compared(task_id, values)
    except (Conflict, Refused) as error:
        with door.reads() as session:
            return make_response(jsonify(said=wording.sentence(error, names=Names(session))), status_of(error))


def _revision_read() -> int:
    given = whole_numbers.of(request.headers.get("If-Match", "").strip('" '))
    if given == whole_numbers.NONE:
        raise RevisionRequired()
    return given


def _compared(task_id: str, values: Values) -> Response:
    """Both sides; two that say the same are no conflict (a save whose answer was lost, say)."""
    with door.reads() as session:
        found = task_view.seen(session, task_id)
        conflict = task_draft_sides.of(session, found, values)
        if conflict is None:
            draft = user_tasks.draft(session, task_id, actor=door.actor())
            return jsonify(saved=format_time(draft.saved_at, "medium") if draft else "", revision=draft.revision if draft else 0)
        html = render_template("tasks/_draft_conflict.html", task=found, sides=conflict, scope_args=inbox.scope_args())
    return make_response(jsonify(html=html), 412)


def demand_newest(session: Session, task_id: str, values: Values) -> None:
    """Refuse to send a form over something else that another window of the same person saved after it was opened."""
    given = whole_numbers.of(request.form.get(REVISION, ""))
    if given == whole_numbers.NONE:
        return
    draft = user_tasks.draft(session, task_id, actor=door.actor())
    if draft is None or draft.revision == given:
        return
    if task_draft_sides.of(session, user_tasks.get(session, task_id, actor=door.actor()), values) is not None:
        raise DraftChanged(when=draft.saved_at.isoformat(timespec="seconds"))


def choose(task_id: str) -> Response:
    """Which side of each field is to be kept; saved over both, and the form goes on with it."""
    mine = _typed_here()
    shown = whole_numbers.of(request.form.get("revision", ""))
    over = None if shown == whole_numbers.NONE else shown
    try:
        with door.writes() as session:
            draft = user_tasks.draft(session, task_id, actor=door.actor())
            values = form_values.chosen(mine, draft.values if draft else {}, _names_of_theirs(mine, draft))
            user_tasks.save_draft(session, task_id, values=values, actor=door.actor(), revision=over)
    except RevisionChanged:
        return task_view.show(task_id, Answered(values=mine, in_two_windows=True, revision=shown, status=409))
    return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)


def _typed_here() -> dict[str, Any]:
    try:
        mine = exact_json.loads(request.form.get("mine", "").encode())
    except BadRequest as error:
        raise BadRequest(reason="the form did not arrive whole") from error
    return mine if isinstance(mine, dict) else {}


def _names_of_theirs(mine: Mapping[str, Any], draft: FormDraft | None) -> list[str]:
    side = request.form.get("all", "")
    if side == "theirs":
        return [*mine, *(draft.values if draft else ())]
    picked = [name.removeprefix("pick.") for name, value in request.form.items() if name.startswith("pick.") and value == "theirs"]
    return [] if side == "mine" else picked
