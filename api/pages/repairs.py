"""The buttons of operations: try again, let a timer fire, give a task to somebody."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api.pages import door, people_choices, security, wording
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import jobs, user_tasks
from engine.errors import Conflict, NotFound
from processes import people


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/operations/jobs/<job_id>/retry", "retry", retry, methods=["POST"])
    pages.add_url_rule("/operations/jobs/<job_id>/firing", "fire", fire, methods=["POST"])
    pages.add_url_rule("/operations/tasks/<task_id>/assignment", "assignment", assignment)
    pages.add_url_rule("/operations/tasks/<task_id>/assignment", "assign", assign, methods=["POST"])


def _back() -> Response:
    """To the list as it was filtered."""
    return redirect(security.own_path(request.form.get("next"), url_for("pages.operations")), 303)


def _reason() -> str:
    reason = request.form.get("reason", "").strip()
    if not reason:
        flash(gettext("Say why it should go better now: the reason is kept in the audit trail."), "bad")
    return reason


def _repair(do: Callable[[Session, str], object]) -> bool:
    """One repair, with the reason why it should go better now."""
    reason = _reason()
    if not reason:
        return False
    try:
        with door.writes() as session:
            do(session, reason)
    except (NotFound, Conflict):
        # A lost race is normal: somebody else was faster, or it went on by itself.
        flash(gettext("This was repaired in the meantime."), "info")
        return False
    flash(gettext("It is being tried again; the result appears below."), "good")
    return True


@door.demands("job:retry")
def retry(job_id: str) -> Response:
    """One more try."""
    _repair(lambda session, reason: jobs.retry(session, job_id, actor=door.actor(), reason=reason))
    return _back()


@door.demands("job:reschedule")
def fire(job_id: str) -> Response:
    """Run what is overdue at once and here: the scheduler may be what is down."""
    if _repair(lambda session, reason: jobs.run_overdue(session, job_id, actor=door.actor(), reason=reason)):
        jobs.run(door.database(), job_id)
    return _back()


@door.demands("task:assign")
def assignment(task_id: str) -> str:
    """The page on which it is chosen who gets a task; who may do it anyway comes first."""
    with door.reads() as session:
        task = user_tasks.get(session, task_id, actor=door.actor())
        return render_template(
            "operations/assignment.html",
            task=task,
            name=wording.name_of(task),
            reference=task.business_key or task.id[:8],
            choices=people_choices.of_task(session, task, Names(session)),
            next=security.own_path(request.args.get("next"), url_for("pages.operations")),
        )


@door.demands("task:assign")
def assign(task_id: str) -> Response:
    """Give a task that nobody does to somebody."""
    with door.reads() as session:
        assignee = people.actor_of(session, request.form.get("assignee", ""))
        name = Names(session)(assignee.id)
    with door.writes() as session:
        user_tasks.assign(session, task_id, assignee=assignee, actor=door.actor(), reason=request.form.get("reason", "").strip() or None)
    flash(gettext("The task is now with %(name)s.", name=name), "good")
    return _back()
