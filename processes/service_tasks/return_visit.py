"""The service tasks of return_visit (processes.md P7)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.errors import HandlerFailed
from engine.extensions import Handler, ServiceTask, Values
from processes import cases, contacts, event_escalations, sla_rows, visit_times, visits
from processes.service_tasks import given
from processes.tables.cases import Complaint
from processes.tables.visits import ReturnVisit

PHONE = "phone"
NOTHING_SAID: Values = {
    "attempt": 0,
    "reached": False,
    "solved": None,
    "objection": False,
    "new_facts": False,
    "performed": None,
    "needs": False,
    "recurred": False,
    "case_waits": False,
}


def handlers() -> Sequence[Handler]:
    """A handler per topic."""
    return (
        Handler(topic="visit.open", kind="record", record=open_),
        Handler(topic="visit.store", kind="record", record=store),
        Handler(topic="visit.unreachable", kind="letter", record=unreachable),
        Handler(topic="visit.settlement_breach", kind="record", record=settlement_breach),
    )


def open_(session: Session, task: ServiceTask) -> Values:
    """Open the visit with its plan; the first contact window the customer agrees to is when to begin."""
    complaint, now = given.complaint(session, task), clock.now()
    customer, calendar = cases.customer_of(session, complaint), sla_rows.calendar(session)
    kind, within = str(given.variable(task, "visit_type")), str(given.variable(task, "first_within"))
    visit = ReturnVisit(
        id=new_id(),
        complaint_id=complaint.id,
        instance_id=task.instance_id,
        type=kind,
        no=int(task.variables.get("visit_no") or 1),
        planned_from=visits.next_window(session, complaint, after=now),
        first_within=within,
        methods=list(given.variable(task, "methods")),
        max_attempts=int(given.variable(task, "max_attempts")),
        visitor_role=str(given.variable(task, "visitor_role")),
        opened_at=now,
        state="open",
    )
    session.add(visit)
    running = sla_rows.running(session, complaint, visits.VISIT_CLOCK) if kind == visits.COMPLAINT else ()
    due = running[0].due if running else visit_times.end_of(calendar, within, start=now)
    return NOTHING_SAID | {
        "visit_id": visit.id,
        "reference": complaint.reference,
        "survey_key": complaint.reference if kind == visits.COMPLAINT else f"{complaint.reference}/{kind}",
        "prefers_phone": customer is not None and customer.preferred_contact == PHONE and PHONE in visit.methods,
        "planned_from": visit.planned_from.isoformat() if visit.planned_from else None,
        "visit_due": due.isoformat(),
    }


def store(session: Session, task: ServiceTask) -> Values:
    """The customer was reached: the visit is over, and serious cases are visited again later."""
    complaint, visit = given.complaint(session, task), _visit(session, task)
    visits.finish(session, visit, reached=True)
    reopens = visit.objection and visit.new_facts
    if not reopens:
        _plan_second(session, complaint, visit, task)
    recurred = visit.type == visits.COMPLAINT and visit.no > 1 and (visit.solved is False or reopens)
    return {"recurred": recurred, "case_waits": visits.case_waits(session, complaint, visit)}


def unreachable(session: Session, task: ServiceTask) -> Values:
    """Nobody was reached in any attempt: the survey stays open to the customer."""
    complaint, visit = given.complaint(session, task), _visit(session, task)
    visits.finish(session, visit, reached=False)
    if visit.type == visits.COMPLAINT:
        contacts.send(session, complaint, visits.SURVEY_LETTER, key=task.key)
    _plan_second(session, complaint, visit, task)
    return {"case_waits": visits.case_waits(session, complaint, visit)}


def _plan_second(session: Session, complaint: Complaint, visit: ReturnVisit, task: ServiceTask) -> None:
    after = task.variables.get("second_visit_after")
    if after and visit.no == 1:
        at = visit_times.end_of(sla_rows.calendar(session), str(after), start=clock.now())
        visits.schedule(session, complaint, visit_type=visit.type, visit_no=2, at=at)


def settlement_breach(session: Session, task: ServiceTask) -> Values:
    """The settlement was not fully performed: the complaint manager is asked (DMN-11)."""
    visit = _visit(session, task)
    event_escalations.start(session, given.complaint(session, task), "settlement_breach", note=visit.performed)
    return {}


def _visit(session: Session, task: ServiceTask) -> ReturnVisit:
    visit = session.get(ReturnVisit, str(given.variable(task, "visit_id")))
    if visit is None:
        raise HandlerFailed(topic=task.topic, reason="the record of this visit is gone")
    return visit
