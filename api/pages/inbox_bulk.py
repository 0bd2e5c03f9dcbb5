"""The same done with many tasks of the list: claimed, assigned, completed, more or less pressing; one small form for all of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from api import permissions
from api.pages import door, inbox, plain_forms, problems, wording
from api.pages.language import language
from api.pages.people_names import Names
from api.pages.texts import gettext, ngettext
from engine import forms, many_tasks, task_lists
from engine.extensions import Values
from engine.form_schema import Form
from engine.many_tasks import Answer, Outcome
from engine.paging import Query
from engine.tables import UserTask
from engine.task_lists import Wanted
from processes import assignees

Shown = str | BaseResponse | tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A task that many were done with and this one not, and why."""

    url: str
    reference: str
    name: str
    reason: str


def register(pages: Blueprint) -> None:
    """Add the route."""
    pages.add_url_rule("/tasks/bulk", "bulk", bulk, methods=["POST"])


def bulk() -> Shown:
    """Claim, assign, complete what is chosen, or say how pressing it is; what could not be done is listed with the reason."""
    ids = request.form.getlist("ids")[: many_tasks.AT_ONCE]
    if not ids:
        flash(gettext("Choose tasks first."), "info")
        return redirect(url_for("pages.tasks", **inbox.scope_args()), 303)
    if _act() in ("complete", "answer"):
        return _complete(ids)
    return _told(_given(ids), _said_of_given)


def _act() -> str:
    return request.form.get("act", "claim")


def _given(ids: list[str]) -> list[Outcome]:
    database, actor = door.database(), door.actor()
    if _act() not in ("assign", "prioritise"):
        return many_tasks.claim(database, ids, actor=actor)
    permissions.require(actor, "task:assign")
    if _act() == "prioritise":
        return many_tasks.prioritise(database, ids, priority=request.form.get("priority", -1, type=int), actor=actor)
    to = assignees.looked_up(database, request.form.get("assignee", ""), pointer="/assignee")
    return many_tasks.assign(database, ids, assignee=to, actor=actor)


def _said_of_given(done: int) -> str:
    if _act() == "assign":
        return ngettext("One task is assigned.", "%(num)s tasks are assigned.", done)
    if _act() == "prioritise":
        return ngettext("The priority of one task is changed.", "The priority of %(num)s tasks is changed.", done)
    return ngettext("One task is yours.", "%(num)s tasks are yours.", done)


def _complete(ids: list[str]) -> Shown:
    """At once where nothing is asked; where all ask the same few things, these are asked once first."""
    with door.reads() as session:
        tasks = [task for task in _known(session, ids).values() if task.state == "open"]
        form = many_tasks.common_form(session, tasks)
    if len(ids) == 1 and tasks and form is not None and _act() == "complete":
        return redirect(url_for("pages.task", task_id=ids[0], **inbox.scope_args()), 303)  # with all that it is decided by
    answer = None
    if form is not None:
        typed = plain_forms.posted(request.form, form.schema) if _act() == "answer" else None
        wrong = _wrong(form, typed) if typed is not None else {}
        if typed is None or wrong:
            return _asked(ids, tasks, form, typed or {}, wrong)
        answer = Answer(form_key=tasks[0].form_key or "", values=typed)
    return _told(many_tasks.complete(door.database(), ids, actor=door.actor(), answer=answer), _said_of_completed)


def _said_of_completed(done: int) -> str:
    return ngettext("One task is done.", "%(num)s tasks are done.", done)


def _wrong(form: Form, typed: Values) -> Mapping[str, list[str]]:
    """What no task would accept, said before any of them is touched."""
    schema = forms.translated(form.schema, language())
    found = problems.by_field(forms.check(form, typed)[1], plain_forms.labels(schema))
    return plain_forms.said_by_label(schema, found)


def _asked(ids: list[str], tasks: Sequence[UserTask], form: Form, typed: Values, wrong: Mapping[str, list[str]]) -> Shown:
    html = render_template(
        "tasks/bulk_answer.html",
        schema=plain_forms.answerable(forms.translated(form.schema, language())),
        values=plain_forms.jsonable(typed),
        errors=wrong,
        error_count=sum(map(len, wrong.values())),
        ids=ids,
        tasks=[_named(task) for task in tasks],
        name=wording.name_of(tasks[0]),
        scope_args=inbox.scope_args(),
    )
    return (html, 422) if wrong else html


def _named(task: UserTask) -> dict[str, Any]:
    url = url_for("pages.task", task_id=task.id, **inbox.scope_args())
    return {"url": url, "reference": task.business_key or "–", "name": wording.name_of(task)}


def _told(found: list[Outcome], said: Any) -> str:
    """The list, what was done in one sentence, and each that was not with the reason."""
    refused = [one for one in found if one.error is not None]
    done = len(found) - len(refused)
    with door.reads() as session:
        kept = list(_kept(session, refused))
        return render_template("tasks/list.html", outcome=said(done) if done else "", kept=kept, **inbox.list_parts(session))


def _kept(session: Session, refused: list[Outcome]) -> Iterator[Kept]:
    """Named only where the person may see the task."""
    names, known = Names(session), _known(session, [one.task_id for one in refused])
    for one in refused:
        task = known.get(one.task_id)
        yield Kept(
            url=url_for("pages.task", task_id=one.task_id, **inbox.scope_args()),
            reference=(task.business_key or "–") if task else "",
            name=wording.name_of(task) if task else gettext("A task"),
            reason=_reason(one, names),
        )


def _reason(one: Outcome, names: Names) -> str:
    if one.error is None or one.error.problems:
        return " ".join(map(problems.sentence, one.reasons))
    return wording.sentence(one.error, names=names)


def _known(session: Session, ids: Sequence[str]) -> dict[str, UserTask]:
    """Those of them that the person may see, in whatever state, in the order given."""
    wanted = Wanted(scope="open", filter={"state": {"$in": ["open", "completed", "cancelled"]}})
    query = Query(filter={"id": {"$in": list(ids)}}, limit=many_tasks.AT_ONCE)
    found = task_lists.search(session, door.actor(), query, wanted=wanted).items if ids else ()
    seen = {task.id: task for task in found if permissions.may_see_task(door.actor(), task)}
    return {one: seen[one] for one in ids if one in seen}
