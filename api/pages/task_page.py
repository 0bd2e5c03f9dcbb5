"""One task: shown, finished, taken back when the step behind it failed."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from api.errors import status_of
from api.pages import door, inbox, task_draft, task_form, task_next, task_view, whole_numbers, wording
from api.pages.people_names import Names
from api.pages.refusals import DraftChanged
from api.pages.task_form import Answered
from api.pages.texts import gettext
from engine import follow_up, user_tasks
from engine.errors import Conflict, Invalid, RedressError, Refused
from engine.extensions import Values

# The addresses that only take a form: where a browser stands after one was refused.
ONLY_SENT_TO = '"assignment", "claim", "completion", "delegation", "follow-up", "priority", "return", "unclaim", "undo", "withdrawal"'


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/tasks/<task_id>", "task", task)
    pages.add_url_rule("/tasks/<task_id>/head", "task_head", task_view.head)
    pages.add_url_rule("/tasks/<task_id>/completion", "complete", complete, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>/withdrawal", "withdraw", withdraw, methods=["POST"])
    pages.add_url_rule(f"/tasks/<task_id>/<any({ONLY_SENT_TO}):_sent_to>", "sent_to_task", to_the_task)
    task_draft.register(pages)


def task(task_id: str) -> Response:
    """Show a task."""
    return task_view.show(task_id)


def to_the_task(task_id: str, _sent_to: str) -> Response:
    """Whoever loads the address of a form again, or comes back to it, is shown the task."""
    return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)


def complete(task_id: str) -> Response:
    """Finish a task: on to the next one. What is refused stays on the page as it was typed."""
    with door.reads() as session:
        values = task_form.posted(session, task_view.seen(session, task_id))
    kept = task_form.kept_for_later(values)
    try:
        if kept is not None:
            return _keep(task_id, kept)
        with door.writes() as session:
            task_draft.demand_newest(session, task_id, values)
            completion = user_tasks.complete(session, task_id, values=values, actor=door.actor())
            failed, root_id = completion.job is not None, completion.task.root_id
    except Invalid as error:
        return task_view.show(task_id, Answered(values=values, errors=error.problems, status=422))
    except DraftChanged as error:
        given = whole_numbers.of(request.form[task_draft.REVISION])
        answered = Answered(values=kept or values, conflict=_in_words(error), in_two_windows=True, revision=given, status=409)
        return task_view.show(task_id, answered)
    except (Conflict, Refused) as error:
        return task_view.show(task_id, Answered(values=values, conflict=_in_words(error), status=status_of(error)))
    if failed:
        flash(gettext("Your answer is kept, but the step after it failed. Operations have been told."), "warn")
        return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)
    follow_up.run(door.database(), root_id)
    return task_next.lead_on(task_id)


def _in_words(error: RedressError) -> str:
    with door.reads() as session:
        return wording.sentence(error, names=Names(session))


def _keep(task_id: str, values: Values) -> Response:
    """The other buttons of a form without scripts: keep what was typed, and show it again."""
    with door.writes() as session:
        task_draft.demand_newest(session, task_id, values)
        user_tasks.save_draft(session, task_id, values=values, actor=door.actor())
    return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)


def withdraw(task_id: str) -> Response:
    """Take back an answer whose step failed."""
    with door.writes() as session:
        user_tasks.withdraw(session, task_id, actor=door.actor())
    flash(gettext("Your answer is back in the form; correct it and send it again."), "good")
    return redirect(url_for("pages.task", task_id=task_id, **inbox.scope_args()), 303)
