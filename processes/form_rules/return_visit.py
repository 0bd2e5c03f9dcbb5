"""The forms of return_visit (processes.md P7): an attempt, and what the customer needs after it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound, Problem
from engine.extensions import Actor, FormRules, Values
from engine.tables import ProcessInstance, UserTask
from processes import cases, visit_times, visits
from processes.tables.cases import Complaint
from processes.tables.visits import ReturnVisit

PHONE = "phone"
SOURCES: Mapping[str, str] = {visits.SURVEY_LINK: "survey", "onsite": "onsite"}


def _visit(session: Session, task: UserTask) -> ReturnVisit:
    instance = session.get(ProcessInstance, task.instance_id)
    named = instance.variables.get("visit_id") if instance is not None else None
    visit = session.get(ReturnVisit, named) if named else None
    if visit is None:
        raise NotFound(kind="return visit for the process instance", id=task.instance_id)
    return visit


def _at(values: Values) -> datetime:
    given = values.get("at")
    return clock.now() if not given else given if isinstance(given, datetime) else datetime.fromisoformat(str(given))


def _text(values: Values, name: str) -> str | None:
    return str(values.get(name) or "").strip() or None


def _method(visit: ReturnVisit, values: Values) -> str:
    return str(values.get("method") or (visit.methods[0] if visit.methods else PHONE))


def check_attempt(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """One attempt a day; who was reached was asked what the visit is for; nothing is sold without consent."""
    visit = _visit(session, task)
    complaint = cases.get(session, visit.complaint_id)
    problems = [*_time_problems(session, visit, values), *_customer_problems(session, complaint, visit, values)]
    return [*problems, *_answer_problems(visit, values)] if values.get("reached") else problems


def _time_problems(session: Session, visit: ReturnVisit, values: Values) -> Iterator[Problem]:
    at = _at(values)
    if at > clock.now():
        yield Problem(code="RANGE", pointer="/at", message="This lies in the future; write down what has happened.")
    for one in visits.attempts(session, visit):
        if visit_times.same_day(one.at, at):
            message = f"Attempt {one.no} was on the same day; the next one is on another day."
            yield Problem(code="ATTEMPT_SAME_DAY", pointer="/at", message=message)
            return


def _customer_problems(session: Session, complaint: Complaint, visit: ReturnVisit, values: Values) -> Iterator[Problem]:
    customer = cases.customer_of(session, complaint)
    kind = values.get("visit_type")
    if kind and kind != visit.type:
        yield Problem(code="INVALID", pointer="/visit_type", message=f"This is a {visit.type} visit; leave the field empty.")
    if values.get("marketing_told") and not (customer is not None and customer.marketing_consent):
        message = "The customer has not agreed to be told about offers; leave them out."
        yield Problem(code="MARKETING_CONSENT", pointer="/marketing_told", message=message)
    if customer is not None and customer.do_not_call and _method(visit, values) == PHONE:
        yield Problem(code="DO_NOT_CALL", pointer="/method", message="The customer does not want to be called; take another means.")


def _answer_problems(visit: ReturnVisit, values: Values) -> Iterator[Problem]:
    wanted: Mapping[str, str] = {}
    if visit.type == visits.COMPLAINT:
        wanted = {"process": "How content was the customer with the handling?", "result": "How content was the customer with the result?"}
    elif visit.type == visits.SETTLEMENT:
        wanted = {"performed": "Was the settlement performed: fully, partly or not at all?"}
    for name, question in wanted.items():
        if values.get(name) in (None, ""):
            yield Problem(code="REQUIRED", pointer=f"/{name}", message=question)


def record_attempt(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The attempt, and what the customer said if reached."""
    visit = _visit(session, task)
    complaint = cases.get(session, visit.complaint_id)
    method, reached = _method(visit, values), bool(values.get("reached"))
    visit.summary = _text(values, "summary") or visit.summary
    attempt = visits.note_attempt(
        session, complaint, visit, method=method, at=_at(values), by=actor.id, reached=reached, summary=_text(values, "summary")
    )
    if not reached:
        return {"attempt": attempt.no, "reached": False}
    answer = _answer(values)
    visits.note_answer(session, complaint, visit, answer, source=SOURCES.get(method, "phone"))
    return {"attempt": attempt.no} | answer.variables()


def _answer(values: Values) -> visits.Answer:
    process, result = values.get("process"), values.get("result")
    return visits.Answer(
        solved=bool(values.get("solved")),
        process=int(process) if process is not None else None,
        result=int(result) if result is not None else None,
        objection=bool(values.get("objection")),
        new_facts=bool(values.get("new_facts")),
        performed=_text(values, "performed"),
        needs=_text(values, "needs"),
        suggestions=_text(values, "suggestions"),
    )


def check_need(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """What is not done has a reason."""
    if values.get("done") or _text(values, "text"):
        return ()
    return (Problem(code="REQUIRED", pointer="/text", message="Say why it is not done, or what is still to come."),)


def record_need(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """What was done for the customer, in the timeline."""
    complaint = cases.get(session, _visit(session, task).complaint_id)
    text = "\n".join(part for part in (_text(values, "action"), _text(values, "text")) if part)
    cases.log(session, complaint, "need", by=actor.id, text=text, done=bool(values.get("done")))
    return {}


FORMS: Mapping[str, FormRules] = {
    "ut_visit_attempt": FormRules(check=check_attempt, record=record_attempt),
    "ut_followup_need": FormRules(check=check_need, record=record_need),
}
