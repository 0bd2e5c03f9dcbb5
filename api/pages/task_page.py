"""One task: the case it belongs to, its form, what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.errors import BadRequest, status_of
from api.pages import door, drawings, inbox, security, task_badges, task_case, task_form, task_next, wording
from api.pages.language import language
from api.pages.people_names import Names
from api.pages.task_form import Answered
from api.pages.texts import format_time, gettext
from engine import definitions, follow_up, history, user_tasks
from engine.errors import Conflict, Invalid, RedressError, Refused
from engine.extensions import Values
from engine.paging import Query
from engine.tables import UserTask
from engine.task_rights import Action
from processes import roles


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why something stays greyed, and who can do it."""

    title: str
    reason: str
    who_can: str = ""


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/tasks/<task_id>", "task", task)
    pages.add_url_rule("/tasks/<task_id>/completion", "complete", complete, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/draft", "save_draft", save_draft, methods=["PUT"])
    pages.add_url_rule("/tasks/<task_id>/withdrawal", "withdraw", withdraw, methods=["POST"])


def task(task_id: str) -> Response:
    """Show a task."""
    return _show(task_id)


def _show(task_id: str, answered: Answered | None = None) -> Response:
    security.allow_inline_styles()
    with door.reads() as session:
        found = user_tasks.get(session, task_id, actor=door.actor())
        permissions.require_task(door.actor(), found)
        html = render_template("tasks/task.html", **_parts(session, found, answered), **inbox.list_parts(session, current=task_id))
    return make_response(html, answered.status if answered else 200)


def _parts(session: Session, found: UserTask, answered: Answered | None) -> dict[str, Any]:
    actions = {action.name: action for action in user_tasks.actions(session, found, actor=door.actor())}
    names, process = Names(session), definitions.diagram(session, found.definition_id)
    element = process.elements.get(found.element_id)
    return {
        "task": found,
        "name": wording.name_of(found),
        "process": wording.name_of(definitions.get(session, found.definition_id)),
        "documentation": _documentation(element),
        "due": task_badges.of_one(session, found),
        "assignee": names(found.assignee),
        "mine": found.assignee == door.actor().id,
        "can": {name: action.allowed for name, action in actions.items()},
        "refusal": _refusal(actions["complete"], found, names),
        "pending": _pending(found, names),
        "view": _drawing(session, found),
        **task_case.parts(session, found, names),
        **task_form.parts(session, found, answered),
    }


def _documentation(element: Any) -> str:
    if element is None:
        return ""
    return str((element.documentation_zh if language() == "zh" else "") or element.documentation)


def _refusal(action: Action, found: UserTask, names: Names) -> Refusal | None:
    if action.allowed or action.error is None:
        return None
    if action.code == "COMPLETION_PENDING":
        return None  # said by its own notice
    titles = {"TASK_CLOSED": gettext("This task is finished"), "TASK_CLAIMED": gettext("Somebody else has this task")}
    who_can = gettext(", ").join(wording.group_name(one) if one in roles.ROLES else names(one) for one in action.who_can)
    title = titles.get(action.code or "", gettext("You cannot complete this task"))
    return Refusal(title=title, reason=wording.sentence(action.error, names=names), who_can=who_can)


def _pending(found: UserTask, names: Names) -> str:
    if found.pending_job_id is None or found.pending_at is None:
        return ""
    when = wording.short_time(found.pending_at)
    return gettext(
        "%(who)s completed this task %(when)s. Operations see why the process could not go on; nobody has to type it again.",
        who=names(found.pending_by),
        when=when,
    )


def _drawing(session: Session, found: UserTask) -> drawings.View:
    token = {"element_id": found.element_id, "kind": "user_task", "label": wording.name_of(found)}
    passages = history.of_instance(session, found.instance_id)
    url = url_for("pages.definition_file", definition_id=found.definition_id)
    tokens = [token] if found.state == "open" else []
    label = gettext("Where this task is in the process")
    return drawings.of_instance(label, url=url, tokens=tokens, passages=passages, focus=found.element_id)


def complete(task_id: str) -> Response:
    """Finish a task: on to the next one. What is refused stays on the page as it was typed."""
    with door.reads() as session:
        found = user_tasks.get(session, task_id, actor=door.actor())
        permissions.require_task(door.actor(), found)
        values = task_form.posted(session, found)
    kept = task_form.kept_for_later(values)
    if kept is not None:
        return _keep(task_id, kept)
    try:
        with door.writes() as session:
            completion = user_tasks.complete(session, task_id, values=values, actor=door.actor())
            failed, root_id = completion.job is not None, completion.task.root_id
    except Invalid as error:
        return _show(task_id, Answered(values=values, errors=error.problems, status=422))
    except (Conflict, Refused) as error:
        return _show(task_id, Answered(values=values, conflict=_in_words(error), status=status_of(error)))
    if failed:
        flash(gettext("Your answer is kept, but the step after it failed. Operations have been told."), "warn")
        return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)
    follow_up.run(door.database(), root_id)
    return _next_task(task_id)


def _in_words(error: RedressError) -> str:
    with door.reads() as session:
        return wording.sentence(error, names=Names(session))


def _keep(task_id: str, values: Values) -> Response:
    """The other buttons of a form without scripts: keep what was typed, and show it again."""
    with door.writes() as session:
        user_tasks.save_draft(session, task_id, values=values, actor=door.actor())
    return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)


def _next_task(task_id: str) -> Response:
    """To what this step has opened for me, else to the first task of my list, else back to the list."""
    with door.reads() as session:
        done = user_tasks.get(session, task_id, actor=door.actor())
        opened = task_next.opened_by(session, done)
        said = task_next.sentence(session, done, opened)
        waiting = user_tasks.search(session, door.actor(), Query(limit=1), scope=inbox.scope()).items
        following = task_next.own(session, opened) or (waiting[0] if waiting else None)
        flash(said if following else gettext("%(done)s Nothing else waits for you.", done=said), "good")
        if following is None:
            return redirect(url_for("pages.tasks", **inbox.scope_args()), 303)
        return redirect(url_for("pages.task", task_id=following.id, **inbox.scope_args()), 303)


def save_draft(task_id: str) -> Response:
    """Keep what is being typed; says when it was saved."""
    values = request.get_json(silent=True)
    if not isinstance(values, dict):
        raise BadRequest(reason="a form draft is a JSON object")
    with door.writes() as session:
        draft = user_tasks.save_draft(session, task_id, values=values, actor=door.actor())
        saved: datetime = draft.saved_at
    return jsonify(saved=format_time(saved, "medium"))


def withdraw(task_id: str) -> Response:
    """Take back an answer whose step failed."""
    with door.writes() as session:
        user_tasks.withdraw(session, task_id, actor=door.actor())
    flash(gettext("Your answer is back in the form; correct it and send it again."), "good")
    return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)
