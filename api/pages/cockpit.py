"""Operations: what does not move, why, and the one button that helps."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.pages import door, drawings, wording
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import definitions, instances, jobs, operations, stuck, user_tasks
from engine.errors import Conflict, NotFound
from engine.extensions import of
from engine.paging import Query
from engine.stuck import Stuck
from engine.tables import Operation
from processes import people, roles

REPAIRS_SHOWN = 10
STUCK_SHOWN = 50  # the page asks again every second, and nobody repairs more than this by hand
REPAIRS = ["retry", "assign", "reschedule"]


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/operations", "operations", overview)
    pages.add_url_rule("/operations/stuck", "stuck", live_part)
    pages.add_url_rule("/operations/jobs/<job_id>/retry", "retry", retry, methods=["POST"])
    pages.add_url_rule("/operations/tasks/<task_id>/assignment", "assign", assign, methods=["POST"])


@door.demands("incident:read")
def overview() -> str:
    """The page; its live part asks again every second, so that an incident is seen within two."""
    with door.reads() as session:
        return render_template("operations/overview.html", **_parts(session))


@door.demands("incident:read")
def live_part() -> Response:
    """Only the part that changes; 304 when it has not."""
    with door.reads() as session:
        html = render_template("operations/_stuck.html", **_parts(session))
    response: FlaskResponse = make_response(html)
    response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "no-store"
    return response.make_conditional(request)


def _parts(session: Session) -> dict[str, Any]:
    names = Names(session)
    found = stuck.find(session, limit=STUCK_SHOWN)
    barred = permissions.without_conflicts(session, door.actor(), [one.instance.root_id for one in found])
    everybody = _everybody(session) if any(one.help == "assign" for one in found) else {}
    return {
        "rows": [_row(session, one, names, everybody) for one in found if one.instance.root_id not in barred],
        "repairs": _repairs(session, names),
        "may_retry": door.who().may("job:retry"),
        "may_assign": door.who().may("task:assign"),
        "who_can_retry": permissions.who_can("job:retry"),
        "who_can_assign": permissions.who_can("task:assign"),
    }


def _row(session: Session, one: Stuck, names: Names, everybody: Mapping[str, str]) -> dict[str, Any]:
    definition = definitions.get(session, one.instance.definition_id)
    element = drawings.element_name(definitions.diagram(session, definition.id), one.element_id)
    return {
        "stuck": one,
        "reason": wording.reason(one.reason, {**one.details, "task": element}, names),
        "kind": wording.stuck_name(one.code),
        "reference": one.instance.business_key or one.instance.id[:8],
        "process": wording.name_of(definition),
        "version": definition.version,
        "element": element,
        "url": url_for("pages.instance", instance_id=one.instance.id),
        "people": _choices(session, one, everybody) if one.help == "assign" else [],
    }


def _everybody(session: Session) -> dict[str, str]:
    """Every active account with a role, by name: its id, and how it is offered."""
    held: dict[str, list[str]] = {}
    for group, accounts in of(session).members(session, list(roles.ROLES)).items():
        for account in accounts:
            held.setdefault(account, []).append(wording.group_name(group))
    names, comma = Names(session, held), gettext(", ")
    return {account: f"{names(account)} ({comma.join(held[account])})" for account in sorted(held, key=names)}


def _choices(session: Session, one: Stuck, everybody: Mapping[str, str]) -> list[dict[str, str]]:
    """Whom the task could be given to: everybody whom nothing rules out."""
    task = user_tasks.get(session, one.user_task_id or "", actor=door.actor())
    excluded = {row.name for row in task.candidates if row.kind == "excluded"}
    return [{"id": account, "label": label} for account, label in everybody.items() if account not in excluded]


def _repairs(session: Session, names: Names) -> Sequence[dict[str, Any]]:
    """What was repaired by hand lately, and what came of it."""
    found = operations.search(session, Query(filter={"kind": {"$in": REPAIRS}}, limit=REPAIRS_SHOWN))
    return [
        {
            "at": one.at,
            "by": names(one.by),
            "kind": wording.operation_name(one.kind),
            "reason": one.reason,
            "reference": _reference(session, one),
            "url": url_for("pages.instance", instance_id=one.root_id) if one.root_id else None,
            "outcome": _outcome(session, one),
        }
        for one in found.items
    ]


def _reference(session: Session, one: Operation) -> str:
    return (instances.get(session, one.root_id).business_key or one.root_id[:8]) if one.root_id else "–"


def _outcome(session: Session, one: Operation) -> dict[str, str]:
    """A retried job that is gone went through; one that failed again is an incident again."""
    if one.kind != "retry":
        return {"tone": "live", "icon": "check", "text": gettext("done")}
    try:
        job = jobs.get(session, one.subject_id)
    except NotFound:
        return {"tone": "live", "icon": "check", "text": gettext("went through")}
    if job.state == "failed":
        return {"tone": "failed", "icon": "stop", "text": gettext("failed again")}
    return {"tone": "info", "icon": "clock", "text": gettext("being tried")}


@door.demands("job:retry")
def retry(job_id: str) -> Response:
    """One more try, with the reason why it should go better now."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        flash(gettext("Say why it should go better now: the reason is kept in the audit trail."), "bad")
        return redirect(url_for("pages.operations"), 303)
    try:
        with door.writes() as session:
            jobs.retry(session, job_id, actor=door.actor(), reason=reason)
    except (NotFound, Conflict):
        # A lost race is normal: somebody else was faster, or it went on by itself.
        flash(gettext("This was repaired in the meantime."), "info")
        return redirect(url_for("pages.operations"), 303)
    flash(gettext("It is being tried again; the result appears below."), "good")
    return redirect(url_for("pages.operations"), 303)


@door.demands("task:assign")
def assign(task_id: str) -> Response:
    """Give a task that nobody may do to somebody."""
    with door.reads() as session:
        assignee = people.actor_of(session, request.form.get("assignee", ""))
        name = Names(session)(assignee.id)
    with door.writes() as session:
        user_tasks.assign(session, task_id, assignee=assignee, actor=door.actor(), reason=request.form.get("reason", "").strip() or None)
    flash(gettext("The task is now with %(name)s.", name=name), "good")
    return redirect(url_for("pages.operations"), 303)
