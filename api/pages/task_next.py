"""After a task: what comes next in the case, for whom, and which task of one's own is next."""

from flask import flash, redirect, url_for
from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api.pages import door, inbox, wording
from api.pages.complaint_words import status_name
from api.pages.people_names import Names
from api.pages.task_case import may_open
from api.pages.texts import gettext
from engine import instances, task_rights, user_tasks
from engine.extensions import SYSTEM
from engine.paging import Query
from engine.tables import UserTask
from processes import candidates

NAMED = 3  # tasks and people a sentence names; the page of the instance has them all


def opened_by(session: Session, done: UserTask) -> list[UserTask]:
    """The tasks of the same run that opened with the step behind this one, the oldest first; also those of others."""
    mine = Query(filter={"root_id": done.root_id}, sort="created_at", limit=25)
    found = user_tasks.search(session, SYSTEM, mine, scope="open").items
    return [task for task in found if done.ended_at is not None and task.created_at >= done.ended_at]


def lead_on(task_id: str) -> Response:
    """To what this step has opened for me, else to the first task of my list, else back to the list; a toast says what is next."""
    with door.reads() as session:
        done = user_tasks.get(session, task_id, actor=door.actor())
        opened = opened_by(session, done)
        said = sentence(session, done, opened)
        waiting = user_tasks.search(session, door.actor(), Query(limit=1), scope=inbox.scope()).items
        following = own(session, opened) or (waiting[0] if waiting else None)
        flash(said if following else Markup("{} {}").format(said, gettext("Nothing else waits for you.")), "good")
        if following is None:
            return redirect(url_for("pages.tasks", **inbox.scope_args()), 303)
        return redirect(url_for("pages.task", task_id=following.id, **inbox.scope_args()), 303)


def sentence(session: Session, done: UserTask, following: list[UserTask]) -> Markup:
    """`Done: Approve. Next: Check the finances (Finance clerk).`, or where the case stands when nobody is next."""
    name = wording.name_of(done)
    if following:
        names = Names(session, [task.assignee for task in following])
        listed = Markup(gettext("; ")).join(_listed(task, names) for task in following[:NAMED])
        # The sentence is ours and the catalogue's, never a user's: only what fills it is escaped.
        return Markup(gettext("Done: %(task)s. Next: %(next)s.")) % {"task": name, "next": listed}
    complaint = candidates.complaint_of(session, done.business_key)
    if complaint is not None:
        status = status_name(complaint.status)
        said = gettext("Done: %(task)s. The case %(reference)s is at: %(status)s.", task=name, reference=complaint.reference, status=status)
    elif instances.get(session, done.root_id).state != "running":
        said = gettext("Done: %(task)s. With it the process has ended.", task=name)
    else:
        said = gettext("Done: %(task)s. The process goes on by itself.", task=name)
    return escape(said)


def _listed(task: UserTask, names: Names) -> Markup:
    """A task and whose it is; a link for those who may see it."""
    said = Markup("{} ({})").format(wording.name_of(task), _whose(task, names))
    if not may_open(task):
        return said
    return Markup('<a href="{}">{}</a>').format(url_for("pages.task", task_id=task.id, **inbox.scope_args()), said)


def _whose(task: UserTask, names: Names) -> str:
    """Who has it, else the people and the groups it is offered to."""
    if task.assignee == door.actor().id:
        return gettext("you")
    if task.assignee:
        return names(task.assignee)
    people = [names(row.name) for row in task.candidates if row.kind == "user"]
    groups = [wording.group_name(one) for one in task_rights.group_names(task)]
    return gettext(", ").join((people or groups)[:NAMED]) or gettext("nobody yet")


def own(session: Session, following: list[UserTask]) -> UserTask | None:
    """The first of them that this person may do and nobody else has."""
    me = door.actor()
    free = (task for task in following if task.assignee in (None, me.id))
    return next((task for task in free if task_rights.person_refusal(session, task, actor=me) is None), None)
