"""One task as a page: the strip, its form, the tab that is looked at; or, asked for by htmx, that tab alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.pages import (
    door,
    hand_over,
    inbox,
    parts_of_pages,
    security,
    task_badges,
    task_case,
    task_draft_sides,
    task_form,
    task_tabs,
    wording,
)
from api.pages.facts import Teller
from api.pages.form_words import FormWords
from api.pages.language import language
from api.pages.people_names import Names
from api.pages.task_form import Answered
from api.pages.texts import gettext
from engine import definitions, user_tasks
from engine.tables import ProcessDefinition, UserTask
from engine.task_rights import Action
from processes import cases, roles, task_sight


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why something stays greyed, and who can do it."""

    title: str
    reason: str
    who_can: str = ""


def seen(session: Session, task_id: str) -> UserTask:
    """The task, for those who may see it."""
    found = user_tasks.get(session, task_id, actor=door.actor())
    permissions.require_task(door.actor(), found)
    return found


def show(task_id: str, answered: Answered | None = None) -> Response:
    """The page; with `answered`, what was sent and did not go through stays in the form."""
    security.allow_inline_styles()
    with door.reads() as session:
        found = seen(session, task_id)
        if task_tabs.is_partial():
            tab = task_tabs.parts(session, found, cases.find(session, found.business_key), _teller(session))
            return make_response(render_template("tasks/_part.html", task=found, name=wording.name_of(found), **tab))
        html = render_template("tasks/task.html", **_parts(session, found, answered))
    return make_response(html, answered.status if answered else 200)


def head(task_id: str) -> Response:
    """Only its head: who has it, and what can be done with it."""
    with door.reads() as session:
        found = seen(session, task_id)
        names = Names(session, _people(found))
        shown = render_template("tasks/_head.html", **_head(session, found, names), scope_args=inbox.scope_args(), conflict=None)
    return parts_of_pages.conditional(shown)


def _parts(session: Session, found: UserTask, answered: Answered | None) -> dict[str, Any]:
    """The case is read once for all of them."""
    sight, live = task_sight.of_task(session, found), definitions.live_ones(session)
    complaint, clocks = (sight.complaint, sight.clocks) if sight is not None else (None, ())
    teller = _teller(session, live)
    tab, names = task_tabs.parts(session, found, complaint, teller), teller.names
    names.learn({*_people(found), *(task_case.people(sight) if sight is not None else ())})
    return {
        **inbox.parts(session, names, live, current=found.id),
        **_head(session, found, names),
        "due": task_badges.of_one(session, found, clocks),
        "sides": task_draft_sides.of(session, found, answered.values) if answered and answered.in_two_windows else None,
        **task_case.parts(session, found, sight, teller),
        **task_form.parts(session, found, answered),
        **tab,
    }


def _teller(session: Session, live: Sequence[ProcessDefinition] = ()) -> Teller:
    return Teller(words=FormWords(session, live), names=Names(session))


def _people(found: UserTask) -> set[str | None]:
    return {found.assignee, found.owner, found.pending_by}


def _head(session: Session, found: UserTask, names: Names) -> dict[str, Any]:
    actions = {action.name: action for action in user_tasks.actions(session, found, actor=door.actor())}
    drawn = definitions.diagram(session, found.definition_id)
    return {
        "task": found,
        "name": wording.name_of(found),
        "process": wording.name_of(drawn),
        "documentation": _documentation(drawn.elements.get(found.element_id)),
        "assignee": names(found.assignee),
        "mine": found.assignee == door.actor().id,
        "can": {name: action.allowed for name, action in actions.items()},
        "refusal": _refusal(actions["complete"], found, names),
        "pending": _pending(found, names),
        **hand_over.parts(session, found, names),
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
    titles = {
        "TASK_CLOSED": gettext("This task is finished"),
        "TASK_CLAIMED": gettext("Somebody else has this task"),
        "LENT": gettext("This task is lent to you"),
    }
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
