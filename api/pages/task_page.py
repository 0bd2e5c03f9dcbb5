"""One task: the case it belongs to, its form, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.errors import BadRequest, status_of
from api.pages import door, drawings, inbox, plain_forms, problems, security, wording
from api.pages.due import due
from api.pages.language import language
from api.pages.people_names import Names
from api.pages.texts import format_time, gettext
from engine import definitions, forms, history, instances, user_tasks
from engine.errors import Conflict, Invalid, Problem, RedressError, Refused
from engine.extensions import of
from engine.paging import Query
from engine.tables import UserTask
from engine.task_rights import Action
from processes import compensations, remedies, roles
from processes.tables.cases import Approval, Compensation

TONES = {"approve": "good", "support": "good", "ok": "good", "reject": "bad", "oppose": "bad", "return": "bad"}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why something stays greyed, and who can do it."""

    title: str
    reason: str
    who_can: str = ""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What was sent and did not go through: the values, and what is wrong with them."""

    values: Mapping[str, Any]
    errors: Sequence[Problem] = ()
    conflict: str = ""
    status: int = 200


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
        "due": due(of(session).calendar, due_at=found.due_at, created_at=found.created_at, warn_at=found.warn_at, paused=found.paused),
        "assignee": names(found.assignee),
        "mine": found.assignee == door.actor().id,
        "can": {name: action.allowed for name, action in actions.items()},
        "refusal": _refusal(actions["complete"], found, names),
        "pending": _pending(found, names),
        "view": _drawing(session, found),
        **_case(session, found, names),
        **_form(session, found, answered),
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


def _case(session: Session, found: UserTask, names: Names) -> dict[str, Any]:
    claim = compensations.of_instance(session, found.instance_id)
    if claim is None:
        return {"case": None, "approvals": []}
    said = compensations.approvals_of(session, claim.id)
    return {"case": _claim(claim, names), "approvals": [_said(one, names) for one in said]}


def _claim(claim: Compensation, names: Names) -> dict[str, Any]:
    remedy = remedies.REMEDIES.get(claim.remedy_case)
    return {
        "customer": claim.complaint.customer_name,
        "level": claim.complaint.level,
        "requested": claim.requested_amount,
        "standard": claim.standard_amount,
        "band": claim.label,
        "remedy": wording.name_of(remedy) if remedy else claim.remedy_case,
        "requester": names(claim.requester),
        "over_standard": claim.over_standard,
        "statutory": claim.statutory,
    }


def _said(one: Approval, names: Names) -> dict[str, Any]:
    who = gettext("The system") if one.account == "system" else names(one.account)
    return {
        "who": who,
        "role": one.role,
        "vote": one.vote,
        "amount": one.approved_amount,
        "reason": one.reason,
        "at": one.at,
        "tone": TONES.get(one.vote, ""),
    }


def _form(session: Session, found: UserTask, answered: Answered | None) -> dict[str, Any]:
    parts: dict[str, Any] = {"schema": None, "values": {}, "draft": "", "errors": {}, "words": _words(), "conflict": None}
    parts["error_count"] = len(answered.errors) if answered else 0
    if not found.form_key:
        return parts
    schema = forms.translated(definitions.form(session, found.definition_id, found.form_key), language())
    draft = user_tasks.draft(session, found.id, actor=door.actor())
    typed: Mapping[str, Any] = answered.values if answered else draft.values if draft else {}
    labels = {one["key"]: one.get("label") or one["key"] for one in plain_forms.fields(schema)}
    if found.state == "open":
        saved = format_time(draft.saved_at, "medium") if draft else ""
        shown = plain_forms.shown(schema, instances.get(session, found.root_id).variables)
        parts |= {"schema": schema, "values": plain_forms.jsonable({**typed, **shown}), "draft": saved}
    if answered:
        parts["errors"] = problems.by_field(answered.errors, labels)
        parts["conflict"] = _conflict(answered, typed, labels)
    return parts


def _conflict(answered: Answered, typed: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any] | None:
    if not answered.conflict:
        return None
    rows = [(labels.get(key, key), wording.plain(value)) for key, value in typed.items() if value not in (None, "", [])]
    return {"title": gettext("This was not sent"), "text": answered.conflict, "rows": rows}


def _words() -> dict[str, str]:
    return {
        "required": gettext("This is needed."),
        "number": gettext("This is not a number."),
        "min": gettext("This must be at least {limit}."),
        "max": gettext("This must be at most {limit}."),
        "min_length": gettext("This needs at least {limit} characters."),
        "max_length": gettext("This may have at most {limit} characters."),
    }


def complete(task_id: str) -> Response:
    """Finish a task: on to the next one. What is refused stays on the page as it was typed."""
    values = _posted(task_id)
    try:
        with door.writes() as session:
            completion = user_tasks.complete(session, task_id, values=values, actor=door.actor())
            name, failed = wording.name_of(completion.task), completion.job is not None
    except Invalid as error:
        return _show(task_id, Answered(values=values, errors=error.problems, status=422))
    except (Conflict, Refused) as error:
        return _show(task_id, Answered(values=values, conflict=_in_words(error), status=status_of(error)))
    if failed:
        flash(gettext("Your answer is kept, but the step after it failed. Operations have been told."), "warn")
        return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)
    return _next_task(name)


def _posted(task_id: str) -> dict[str, Any]:
    with door.reads() as session:
        found = user_tasks.get(session, task_id, actor=door.actor())
        permissions.require_task(door.actor(), found)
        if not found.form_key:
            return {}
        return plain_forms.posted(request.form, definitions.form(session, found.definition_id, found.form_key))


def _in_words(error: RedressError) -> str:
    with door.reads() as session:
        return wording.sentence(error, names=Names(session))


def _next_task(done: str) -> Response:
    with door.reads() as session:
        found = user_tasks.search(session, door.actor(), Query(limit=1), scope=inbox.scope()).items
        following = found[0] if found else None
        if following is None:
            flash(gettext("Done: %(task)s. Nothing else waits for you.", task=done), "good")
            return redirect(url_for("pages.tasks", **inbox.scope_args()), 303)
        flash(gettext("Done: %(task)s. Next: %(next)s", task=done, next=wording.name_of(following)), "good")
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
