"""Forms of the end: actions, verification, feedback, closing, withdrawal, a court (processes.md 2.5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound, Problem, RedressError
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import cases, completeness, contacts, proposals, side_tasks, sla
from processes.form_rules.answers import complaint_of, problem, required, text
from processes.tables.cases import Complaint
from processes.tables.investigation import Action

COMPLETE = 100


def _action(session: Session, task: UserTask) -> Action:
    item = task.item.get("value") if task.item else None
    found = session.get(Action, item["id"]) if isinstance(item, dict) else None
    if found is None:
        raise NotFound(kind="action of the task", id=task.id)
    return found


def check_action(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A task is completed when its action is done, and only for that action."""
    if not values.get("done"):
        return (problem("REQUIRED", "done", "Complete this once it is done; until then save a draft."),)
    named = text(values, "action")
    if named and named != _action(session, task).type:
        return (problem("OTHER_ACTION", "action", f"This task is about: {_action(session, task).type}."),)
    return ()


def record_action(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Done, by whom, with what proof."""
    action = _action(session, task)
    action.state, action.done_by, action.proof = "done", actor.id, text(values, "proof")
    action.done_at = _instant(values) or clock.now()
    return {"done": True}


def _instant(values: Values) -> datetime | None:
    """When it was done, as far as that is not in the future."""
    given = text(values, "done_at")
    found = proposals.instant(given) if given else None
    return found if found is not None and found <= clock.now() else None


def guard_verify(session: Session, task: UserTask, actor: Actor) -> RedressError | None:
    """Nothing that runs beside the case is left open."""
    return side_tasks.refusal(session, complaint_of(session, task), side_tasks.LISTENERS)


def check_verify(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Verified means everything is done."""
    return () if values.get("all_done") else (problem("REQUIRED", "all_done", "Verify once everything is done."),)


def record_verify(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The case owner has seen to it."""
    complaint = complaint_of(session, task)
    cases.log(session, complaint, "verified", by=actor.id, text=text(values, "remarks"))
    return {"evidence_pending": complaint.evidence_pending}


def record_feedback(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """T-RESULT: how it was handled, with what result, and what is improved; the visit follows."""
    complaint = complaint_of(session, task)
    said = {name: text(values, name) for name in ("process", "result", "improvement")}
    contacts.send(session, complaint, "T-RESULT", key=task.id, by=actor.id, **said)
    complaint.feedback_at = clock.now()
    sla.stop(session, complaint, "C-FEEDBACK")
    sla.start(session, complaint, "C-VISIT")
    cases.set_status(session, complaint, "FEEDBACK_SENT", by=actor.id)
    return {"authority_open": _authority_waits(session, complaint)}


def _authority_waits(session: Session, complaint: Complaint) -> bool:
    """An authority has a file about the case and no reply to it yet."""
    has_file = complaint.external_no is not None or complaint.source_regulator
    return has_file and not contacts.of_case(session, complaint, template="T-REG-REPLY")


def record_regulator_reply(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """T-REG-REPLY: the authority has its answer."""
    complaint = complaint_of(session, task)
    file_no = complaint.external_no or complaint.reference
    contacts.send(session, complaint, "T-REG-REPLY", key=task.id, by=actor.id, text=values["text"], external_no=file_no)
    sla.stop(session, complaint, "C-REG")
    return {}


def guard_close(session: Session, task: UserTask, actor: Actor) -> RedressError | None:
    """Nothing is left open: neither beside the case nor of those who were to engage."""
    return side_tasks.refusal(session, complaint_of(session, task), side_tasks.LISTENERS | side_tasks.ENGAGEMENTS)


def check_close(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A file is complete before it is closed."""
    complaint = complaint_of(session, task)
    missing = completeness.note(session, complaint)
    if not (text(values, "root_cause") or complaint.root_cause):
        missing = [*missing, "root_cause"]
    if not missing:
        return ()
    names = "; ".join(completeness.words(name, "en") for name in missing)
    return (problem("INCOMPLETE", "completeness", f"The record is not complete. Still missing: {names}."),)


def record_close(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """What was learned, and whether something has to change."""
    complaint = complaint_of(session, task)
    complaint.lessons, complaint.capa_needed = text(values, "lessons"), bool(values.get("capa_needed"))
    complaint.capa_title = text(values, "capa_title")
    complaint.root_cause = text(values, "root_cause") or complaint.root_cause
    complaint.completeness, complaint.closed_at = COMPLETE, clock.now()
    sla.stop(session, complaint, "C-CLOSE")
    return {}


def check_withdrawal(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Only a free decision ends a case."""
    if not values.get("free_will"):
        message = "A withdrawal that was not free does not end the case; speak with the customer again, and with the complaint manager."
        return (problem("NOT_FREE", "free_will", message),)
    return required(values, "contact", "Say how it was verified.")


def record_withdrawal(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Somebody has spoken with the customer."""
    complaint = complaint_of(session, task)
    remaining = bool(values.get("remaining_obligation"))
    cases.log(session, complaint, "withdrawal_confirmed", by=actor.id, text=text(values, "contact"), remaining_obligation=remaining)
    return {}


def record_transfer(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Legal has the file."""
    complaint = complaint_of(session, task)
    complaint.authority, complaint.external_no = text(values, "court"), text(values, "file_no")
    complaint.legal_hold = True
    cases.log(session, complaint, "transferred", by=actor.id, text=text(values, "court"), file_no=complaint.external_no)
    return {}


FORMS: Mapping[str, FormRules] = {
    "ut_execute_action": FormRules(check=check_action, record=record_action),
    "ut_verify_execution": FormRules(guard=guard_verify, check=check_verify, record=record_verify),
    "ut_result_feedback": FormRules(record=record_feedback),
    "ut_regulator_reply": FormRules(record=record_regulator_reply),
    "ut_close_archive": FormRules(guard=guard_close, check=check_close, record=record_close),
    "ut_confirm_withdrawal": FormRules(check=check_withdrawal, record=record_withdrawal),
    "ut_transfer_legal": FormRules(record=record_transfer),
}
