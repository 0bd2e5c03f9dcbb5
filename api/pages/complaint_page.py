"""One case on one page, for whoever may see it: where it stands, its clocks, its story, its letters, its money."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask import session as browser_session
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.pages import (
    badges,
    complaint_clocks,
    complaint_decisions,
    complaint_letters,
    complaint_links,
    complaint_money,
    complaint_parts,
    complaint_reveal,
    complaint_story,
    complaint_words,
    conversation,
    door,
    evidence_waivers,
)
from api.pages.due import Due
from api.pages.facts import Teller
from api.pages.form_words import FormWords
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import clock
from engine.errors import Invalid
from processes import (
    calendars,
    case_access,
    case_contact_data,
    case_decisions,
    case_file,
    case_story,
    cases,
    evidence,
    letter_delivery,
    public_case,
    sla_rows,
    sla_standing,
)
from processes.case_contact_data import ContactData
from processes.case_file import CaseFile
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

HANDED = "handed_code"  # in the browser's session between registering a case and seeing it


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/complaints/<reference>", "complaint", complaint)
    pages.add_url_rule("/complaints/<reference>/contact-data", "reveal_contact_data", reveal, methods=["POST"])
    pages.add_url_rule("/complaints/<reference>/evidence-waivers", "waive_evidence", waive, methods=["POST"])
    pages.add_url_rule("/complaints/<reference>/margins.css", "complaint_margins", margins)


def complaint(reference: str) -> str:
    """Show a case to those who may see it."""
    with door.reads() as session:
        row = _seen(session, reference)
        contact = case_contact_data.shown(session, row, actor=door.actor())
        handed = _handed(reference)
        promises = public_case.promises(session, row) if handed else ()
        return _page(session, row, contact, handed=handed, promises=promises)


def reveal(reference: str) -> Response:
    """The same page with the customer's data in full: who asked for them, and why, is written down."""
    contact, wrong = None, None
    try:
        with door.writes() as session:
            contact = complaint_reveal.reveal(session, _seen(session, reference), actor=door.actor())
    except Invalid as error:
        wrong = error
    with door.reads() as session:
        row = _seen(session, reference)
        shown = contact or case_contact_data.shown(session, row, actor=door.actor())
        answer = make_response(_page(session, row, shown, wrong=wrong), 422 if wrong else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def waive(reference: str) -> Response:
    """The case goes on without a piece of evidence; what is wrong is said at its field."""
    try:
        with door.writes() as session:
            made = evidence_waivers.waive(session, _seen(session, reference))
            name = evidence_waivers.name(FormWords(session), made.type)
    except Invalid as error:
        with door.reads() as session:
            row = _seen(session, reference)
            contact = case_contact_data.shown(session, row, actor=door.actor())
            return make_response(_page(session, row, contact, unwaived=error), 422)
    flash(gettext("The case goes on without this: %(evidence)s.", evidence=name), "good")
    return redirect(url_for("pages.complaint", reference=reference, _anchor="evidence"), 303)


def margins(reference: str) -> Response:
    """What stands in the margins of a printed case: a style sheet of its own, because a strict page holds no styles."""
    with door.reads() as session:
        row = _seen(session, reference)
        answer = make_response(render_template("complaints/margins.css", reference=row.reference, printed=clock.elapsed()))
    answer.mimetype = "text/css"
    return answer


def _seen(session: Session, reference: str) -> Complaint:
    row = cases.by_reference(session, reference)
    permissions.require_complaint(session, door.actor(), row)
    return row


def _handed(reference: str) -> str | None:
    """The code of a case that was registered a moment ago: shown once, to be handed on."""
    code: str | None = browser_session.pop(f"{HANDED}:{reference}", None)
    return code


def _page(
    session: Session,
    row: Complaint,
    contact: ContactData,
    *,
    wrong: Invalid | None = None,
    unwaived: Invalid | None = None,
    **handed: Any,
) -> str:
    """`wrong` of what was asked of the customer's data, `unwaived` of doing without evidence."""
    parts = {**_parts(session, row, contact, unwaived), "ask": complaint_reveal.form(wrong), **handed}
    return render_template("complaints/case.html", **parts, printed_at=clock.elapsed(), me_prints=door.actor().name)


def _parts(session: Session, row: Complaint, contact: ContactData, unwaived: Invalid | None) -> dict[str, Any]:
    case = case_file.read(session, row)
    read = case_contact_data.in_text(session, row, contact=contact)
    words = FormWords(session)
    moments = _moments(session, case, row, read)
    names = Names(session, {*complaint_story.people(moments), *_people(case)})
    teller, part = Teller(words=words, names=names), request.args.get("story", "")
    tell = complaint_decisions.Teller(words, names, read)
    decided = [tell(one) for one in case_decisions.of_case(session, case)]
    tasks, wanted = complaint_parts.tasks(session, case, names), evidence.checklist(session, row)
    back = url_for("pages.complaint", reference=row.reference)
    letters = complaint_letters.letters(
        case.contacts, letter_delivery.of(session, case.contacts), read, masked=contact.masked and "email" not in contact.revealed
    )
    return {
        "case": case,
        "complaint": row,
        "contact": contact,
        "revealed": complaint_reveal.shown(contact),
        "read": read,
        "names": names,
        "words": words,
        "badge": _badge(session, case),
        "board": complaint_clocks.board(sla_rows.calendar(session), _clocks(case), house=calendars.of_house(session)),
        "decided": list(reversed(decided)),
        "grading": next((one for one in reversed(decided) if one.name == complaint_words.decision_name("grading")), None),
        "story_parts": complaint_story.parts(moments),
        "story_part": part,
        "days": complaint_story.days(moments, teller, part=part),
        "letters": letters,
        "letters_summary": complaint_letters.summary(letters),
        "money": complaint_money.steps(case),
        "shares": complaint_parts.shares(case),
        "tasks": tasks,
        "next_task": next((one for one in tasks if one["url"]), None),
        "instances": complaint_parts.instances(session, case),
        **complaint_links.parts(session, row, names),
        **evidence_waivers.parts(session, row, words, wanted, wrong=unwaived),
        "why": complaint_words.level_reasons(row.level_reasons),
        "works_on": case_access.works_on(door.actor(), row),
        **conversation.seen_parts(session, row, teller, back=back, wanted=wanted),
        "merged_into": cases.get(session, row.merged_into).reference if row.merged_into else None,
    }


def _moments(session: Session, case: CaseFile, row: Complaint, read: Any) -> Sequence[case_story.Moment]:
    """The story, its notes masked as the customer's data are; who looked at these data is for those who read the audit trail."""
    reveals = case_contact_data.reveals(session, row) if door.who().may("operation:read") else ()
    found = case_story.of(case, reveals=reveals)
    return [replace(one, note=read(one.note or "") or None) for one in found]


def _people(case: CaseFile) -> set[str]:
    """Everybody the page names beside the story."""
    one = case.complaint
    found = {one.case_owner, one.registered_by, *(task.assignee for task in case.tasks), *(vote.account for vote in case.approvals)}
    found |= {share.decided_by for share in case.shares} | {contact.by for contact in case.contacts}
    return {account for account in found if account} - {"system", "customer"}


def _badge(session: Session, case: CaseFile) -> Due:
    """The deadline that is due first; one that stands still only when all do."""
    running = [one for one in case.own_clocks if one.result == "running"]
    first = min(running, key=lambda one: (one.held, one.due, one.id), default=None)
    standing = sla_standing.of_clock(sla_rows.calendar(session), first) if first is not None else None
    return badges.of(standing, closed=case.complaint.status == cases.CLOSED)


def _clocks(case: CaseFile) -> Sequence[SlaClock]:
    """Its deadlines; those of an improvement that began with its end are not its own."""
    closed = case.complaint.closed_at
    return [one for one in case.clocks if closed is None or one.improvement_id is None or one.start < closed]
