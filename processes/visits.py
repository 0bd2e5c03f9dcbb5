"""Return visits (processes.md P7): attempts, what customers answer, and visits that come later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from engine import clock, job_rows
from engine.errors import Conflict, Invalid, Problem
from engine.extensions import Actor
from engine.tables import Job, MessageSubscription
from processes import cases, contacts, sla, sla_alarm, sla_rows, visit_times
from processes.sla_time import ZONE
from processes.tables.cases import Complaint
from processes.tables.visits import ReturnVisit, Satisfaction, VisitAttempt

PROCESS = "return_visit"
COMPLAINT, SETTLEMENT = "complaint", "settlement"
VISIT_CLOCK = "C-VISIT"
SURVEY_LINK, SURVEY_LETTER = "survey_link", "T-SURVEY"
SETTLEMENT_DONE = "visit.settlement_done"
CONTENT = 4  # satisfied: the mean of both ratings is at least this
SCORES = range(1, 6)
VISITED_STATUSES = frozenset({"FEEDBACK_SENT", "RETURN_VISIT"})
STATES = {True: "visited", False: "unreachable"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a customer says when he or she is reached, on the phone or in the survey."""

    solved: bool | None = None
    process: int | None = None
    result: int | None = None
    objection: bool = False
    new_facts: bool = False
    performed: str | None = None
    needs: str | None = None
    suggestions: str | None = None

    def variables(self) -> dict[str, Any]:
        """What the diagram decides by."""
        return {
            "reached": True,
            "solved": self.solved,
            "objection": self.objection,
            "new_facts": self.new_facts,
            "performed": self.performed,
            "needs": self.needs is not None,
        }


def latest(session: Session, complaint: Complaint, visit_type: str = COMPLAINT) -> ReturnVisit | None:
    """The newest visit of this kind."""
    mine = select(ReturnVisit).where(ReturnVisit.complaint_id == complaint.id, ReturnVisit.type == visit_type)
    return session.scalar(mine.order_by(ReturnVisit.opened_at.desc(), ReturnVisit.id.desc()).limit(1))


def attempts(session: Session, visit: ReturnVisit) -> Sequence[VisitAttempt]:
    """The attempts of a visit, in order."""
    return session.scalars(select(VisitAttempt).where(VisitAttempt.visit_id == visit.id).order_by(VisitAttempt.no)).all()


def latest_satisfaction(session: Session, complaint: Complaint) -> Satisfaction | None:
    """The last rating the customer gave."""
    mine = select(Satisfaction).where(Satisfaction.complaint_id == complaint.id)
    return session.scalar(mine.order_by(Satisfaction.at.desc(), Satisfaction.id.desc()).limit(1))


def note_attempt(
    session: Session, complaint: Complaint, visit: ReturnVisit, *, method: str, at: datetime, by: str, reached: bool, summary: str | None
) -> VisitAttempt:
    """One more attempt. The first one meets C-VISIT; the survey link is sent with it."""
    row = VisitAttempt(
        visit_id=visit.id, no=len(attempts(session, visit)) + 1, method=method, at=at, by=by, reached=reached, summary=summary
    )
    session.add(row)
    session.flush()  # the next one counts it
    if visit.type == COMPLAINT:
        complaint.first_visit_at = complaint.first_visit_at or at
        sla.stop(session, complaint, VISIT_CLOCK)
    if complaint.status in VISITED_STATUSES:
        cases.set_status(session, complaint, "RETURN_VISIT", by=by)
    if method == SURVEY_LINK and not reached:
        contacts.send(session, complaint, SURVEY_LETTER, key=f"{visit.id}-{row.no}", by=by)
    else:
        contacts.record(session, complaint, summary or method, direction="out", channel=method, by=by, at=at, reached=reached)
    if not reached:
        visit.planned_from = next_window(session, complaint, after=visit_times.tomorrow(at))
    return row


def next_window(session: Session, complaint: Complaint, *, after: datetime) -> datetime:
    """When the customer may be visited next."""
    customer = cases.customer_of(session, complaint)
    hours = customer.contact_hours if customer is not None else None
    return visit_times.next_window(sla_rows.calendar(session), after, contact_hours=hours)


def note_answer(session: Session, complaint: Complaint, visit: ReturnVisit, answer: Answer, *, source: str) -> None:
    """What the customer said, and the rating if there is one."""
    visit.solved, visit.objection, visit.new_facts = answer.solved, answer.objection, answer.new_facts
    visit.performed, visit.needs, visit.suggestions = answer.performed, answer.needs, answer.suggestions
    rate(session, complaint, visit, answer, source=source)


def rate(session: Session, complaint: Complaint, visit: ReturnVisit, answer: Answer, *, source: str) -> None:
    """Keep the two ratings."""
    if answer.process is None or answer.result is None:
        return
    satisfied = answer.process + answer.result >= 2 * CONTENT
    row = Satisfaction(
        complaint_id=complaint.id,
        visit_id=visit.id,
        process_score=answer.process,
        result_score=answer.result,
        satisfied=satisfied,
        source=source,
        at=clock.now(),
    )
    session.add(row)


def finish(session: Session, visit: ReturnVisit, *, reached: bool) -> None:
    """The visit is over."""
    visit.state, visit.ended_at = STATES[reached], clock.now()


def take_survey(session: Session, complaint: Complaint, payload: Mapping[str, Any], *, actor: Actor) -> dict[str, Any] | None:
    """survey.submitted {process, result, solved, objection, new_facts, needs, suggestions}: rates the case.

    Gives the variables of the visit that waits for it. None: nobody visits any more, so the answer is kept and nobody told.
    """
    visit = latest(session, complaint)
    if visit is None:
        raise Conflict(reason="the customer is asked after the result was sent, and it was not sent yet")
    answer = _answered(payload)
    contacts.record(session, complaint, f"{answer.process} / {answer.result}", direction="in", channel="survey", by=actor.id)
    if visit.state != "open":
        rate(session, complaint, visit, answer, source="survey")
        return None
    if not attempts(session, visit):
        note_attempt(session, complaint, visit, method=SURVEY_LINK, at=clock.now(), by=actor.id, reached=True, summary=None)
    note_answer(session, complaint, visit, answer, source="survey")
    return answer.variables()


def _answered(payload: Mapping[str, Any]) -> Answer:
    problems = []
    for name in ("process", "result"):
        if isinstance(payload.get(name), bool) or payload.get(name) not in SCORES:
            problems.append(Problem(code="RANGE", pointer=f"/{name}", message="Choose a number from 1 to 5."))
    for name in ("solved", "objection", "new_facts"):
        if payload.get(name) not in (None, True, False):
            problems.append(Problem(code="INVALID", pointer=f"/{name}", message="Answer yes (true) or no (false)."))
    for name in ("needs", "suggestions"):
        value = payload.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > 2000):
            problems.append(Problem(code="INVALID", pointer=f"/{name}", message="Write a text of at most 2000 characters here."))
    if problems:
        raise Invalid(problems=problems)
    return Answer(
        solved=payload.get("solved"),
        process=int(payload["process"]),
        result=int(payload["result"]),
        objection=payload.get("objection") is True,
        new_facts=payload.get("new_facts") is True,
        needs=(payload.get("needs") or "").strip() or None,
        suggestions=(payload.get("suggestions") or "").strip() or None,
    )


def schedule(session: Session, complaint: Complaint, *, visit_type: str, visit_no: int, at: datetime) -> Job:
    """Visit the customer again at `at`; replaces the one of this kind that is still to come."""
    key = _key(complaint, visit_type)
    session.execute(delete(Job).where(Job.kind == "start", Job.key == key, Job.state == "waiting"))
    variables = {"complaint_id": complaint.id, "level": complaint.level, "visit_type": visit_type, "visit_no": visit_no}
    payload = {"key": PROCESS, "variables": variables, "business_key": complaint.reference}
    return job_rows.add(session, "start", root=None, due_at=at, key=key, payload=payload)


def schedule_settlement(session: Session, complaint: Complaint, performance_due: date | datetime) -> Job:
    """See on the next working day after it was due whether a settlement was performed."""
    day = performance_due.astimezone(ZONE).date() if isinstance(performance_due, datetime) else performance_due
    at = visit_times.next_working_day(sla_rows.calendar(session), day)
    return schedule(session, complaint, visit_type=SETTLEMENT, visit_no=1, at=at)


def cancel_later(session: Session, complaint: Complaint) -> None:
    """The case is handled again, or ended in a way that nobody is asked about: later visits do not take place."""
    keys = [_key(complaint, visit_type) for visit_type in (COMPLAINT, SETTLEMENT)]
    session.execute(delete(Job).where(Job.kind == "start", Job.key.in_(keys), Job.state == "waiting"))


def settlement_pending(session: Session, complaint: Complaint) -> bool:
    """Whether the visit after a settlement is still to come, or under way."""
    sla_alarm.guard(session, complaint)  # whoever ends that visit asks at the same time whether the case waits
    planned = exists().where(Job.kind == "start", Job.key == _key(complaint, SETTLEMENT))
    open_ = exists().where(ReturnVisit.complaint_id == complaint.id, ReturnVisit.type == SETTLEMENT, ReturnVisit.state == "open")
    return bool(session.scalar(select(planned | open_)))


def case_waits(session: Session, complaint: Complaint, visit: ReturnVisit) -> bool:
    """Whether the case is to be told that its settlement visit is over."""
    if visit.type != SETTLEMENT:
        return False
    sla_alarm.guard(session, complaint)
    name, key = MessageSubscription.name == SETTLEMENT_DONE, MessageSubscription.correlation_key == complaint.reference
    return bool(session.scalar(select(exists().where(name, key))))


def _key(complaint: Complaint, visit_type: str) -> str:
    return f"visit-{complaint.id}-{visit_type}"
