"""One case on one page, for whoever may see it: where it stands, its clocks, its story, its letters, its money."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask import session as browser_session
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.pages import badges, complaint_clocks, complaint_links, complaint_story, complaint_words, conversation, door, problems, wording
from api.pages.due import Due, due
from api.pages.people_names import Names
from engine.errors import Invalid, RedressError
from engine.tables import ProcessInstance, UserTask
from processes import (
    case_access,
    case_contact_data,
    case_file,
    case_story,
    cases,
    evidence,
    masks,
    sla,
    sla_rows,
    sla_standing,
)
from processes.case_contact_data import ContactData
from processes.case_file import CaseFile
from processes.tables.cases import Complaint

HANDED = "handed_code"  # in the browser's session between registering a case and seeing it


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/complaints/<reference>", "complaint", complaint)
    pages.add_url_rule("/complaints/<reference>/contact-data", "reveal_contact_data", reveal, methods=["POST"])


def complaint(reference: str) -> str:
    """Show a case to those who may see it."""
    with door.reads() as session:
        row = _seen(session, reference)
        contact = case_contact_data.shown(session, row, actor=door.actor())
        return render_template("complaints/case.html", **_parts(session, row, contact), handed=_handed(reference), wrong=None)


def reveal(reference: str) -> Response:
    """The same page with the customer's data in full: who asked for them, and why, is written down."""
    said = request.form.get("reason", "")
    try:
        with door.writes() as session:
            contact = case_contact_data.reveal(session, _seen(session, reference), actor=door.actor(), reason=said)
        status, wrong = 200, None
    except Invalid as error:
        contact, status, wrong = None, 422, problems.sentence(error.problems[0].message)
    with door.reads() as session:
        row = _seen(session, reference)
        shown = contact or case_contact_data.shown(session, row, actor=door.actor())
        answer = make_response(render_template("complaints/case.html", **_parts(session, row, shown), handed=None, wrong=wrong), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _seen(session: Session, reference: str) -> Complaint:
    row = cases.by_reference(session, reference)
    permissions.require_complaint(session, door.actor(), row)
    return row


def _handed(reference: str) -> str | None:
    """The code of a case that was registered a moment ago: shown once, to be handed on."""
    code: str | None = browser_session.pop(f"{HANDED}:{reference}", None)
    return code


def _parts(session: Session, row: Complaint, contact: ContactData) -> dict[str, Any]:
    case = case_file.read(session, row)
    read = case_contact_data.in_text(session, row) if contact.masked else str
    moments = [replace(one, note=read(one.note or "") or None) for one in case_story.of(case, cases.timeline(session, row))]
    names = Names(session, {*complaint_story.people(moments), *_people(case)})
    calendar = sla_rows.calendar(session)
    return {
        "case": case,
        "complaint": row,
        "contact": contact,
        "names": names,
        "badge": _badge(session, row),
        "board": complaint_clocks.board(calendar, sla.rows(session, row)),
        "days": complaint_story.days(moments, names),
        "letters": _letters(case, contact, read),
        "tasks": [_task(session, one, names) for one in case.tasks if one.state == "open"],
        "instances": _instances(session, case),
        **complaint_links.parts(session, row),
        "evidence": evidence.of_case(session, row),
        "why": complaint_words.level_reasons(row.level_reasons),
        "deciding": case.decision("grading"),
        "works_on": case_access.works_on(door.actor(), row),
        **conversation.seen_parts(session, row, back=url_for("pages.complaint", reference=row.reference)),
        "merged_into": cases.get(session, row.merged_into).reference if row.merged_into else None,
    }


def _people(case: CaseFile) -> set[str]:
    """Everybody the page names beside the story."""
    one = case.complaint
    found = {one.case_owner, one.registered_by, *(task.assignee for task in case.tasks), *(vote.account for vote in case.approvals)}
    return {account for account in found if account} - {"system"}


def _badge(session: Session, row: Complaint) -> Due:
    standing = sla_standing.most_urgent(session, [row.reference]).get(row.reference)
    return badges.of(standing, closed=row.status == cases.CLOSED)


def _letters(case: CaseFile, contact: ContactData, read: Callable[[str], str]) -> list[dict[str, Any]]:
    """Everything said to and by the customer, newest first; address and text masked as the rest of his or her data is."""
    return [
        {
            "at": one.at,
            "subject": read(one.subject or one.text.partition("\n")[0])[:80],
            "text": read(one.text),
            "out": one.direction == "out",
            "letter": one.template is not None,
            "channel": complaint_words.channel_name(one.channel),
            "address": _address(one.address) if contact.masked else one.address,
            "by": one.by,
        }
        for one in reversed(case.contacts)
    ]


def _address(address: str | None) -> str | None:
    return masks.email(address) if address and "@" in address else masks.number(address)


def _task(session: Session, task: UserTask, names: Names) -> dict[str, Any]:
    return {
        "name": wording.name_of(task),
        "assignee": names(task.assignee),
        "groups": [row.name for row in task.candidates if row.kind == "group"],
        "due": due(sla_rows.calendar(session), due_at=task.due_at, created_at=task.created_at, warn_at=task.warn_at, paused=task.paused),
        "url": url_for("pages.task", task_id=task.id) if _may_open(task) else None,
    }


def _may_open(task: UserTask) -> bool:
    try:
        permissions.require_task(door.actor(), task)
    except RedressError:
        return False
    return True


def _instances(session: Session, case: CaseFile) -> list[dict[str, Any]]:
    """The runs of processes that belong to the case, those that run first; the watch over deadlines last."""
    roots = {one.root_id: _may_see(session, one) for one in case.instances if one.id == one.root_id}
    ordered = sorted(
        case.instances, key=lambda one: (one.definition_key == case_file.WATCH, one.state != "running", one.started_at, one.id)
    )
    return [
        {
            "name": wording.name_of(case.definitions[one.definition_id]),
            "state": one.state,
            "started_at": one.started_at,
            "ended_at": one.ended_at,
            "url": url_for("pages.instance", instance_id=one.id) if roots.get(one.root_id) else None,
        }
        for one in ordered
    ]


def _may_see(session: Session, root: ProcessInstance) -> bool:
    if door.who().may("instance:read"):
        return True  # whom the case concerns does not get this far
    try:
        permissions.require_instance(session, door.actor(), root)
    except RedressError:
        return False
    return True
