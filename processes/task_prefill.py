"""What a form knows before anybody types: the records of the case, in the shape the form keeps them in.

Only what was recorded is filled in, never a judgement: whoever does the task answers the questions of the form.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.extensions import Values
from engine.tables import UserTask
from processes import candidates, cases, compensations, intake_fields, investigations, mediations, payments, proposals, sla_time
from processes.tables.cases import Compensation, Complaint
from processes.tables.visits import ReturnVisit

ANSWER_WITHIN = timedelta(days=7)  # be_decision_overdue: the customer has seven days
_MINUTE = "%Y-%m-%dT%H:%M"
_OF_CASE = (
    *("channel", "business_type", "product_code", "order_no", "contract_no", "batch_no", "serial_no", "complained_object", "content"),
    *("demand", "claim_amount", "event_date", "injury", "vulnerable", "media", "legal_action", "affected_customers", "time_critical"),
    *("source", "external_no", "consent_data_use", "agent_name"),
)
_OF_ACTION = ("type", "owner", "department", "due", "text")
_OF_CUSTOMER = ("name", "gender", "phone", "email", "address", "preferred_contact", "contact_hours")


def values(session: Session, task: UserTask) -> Values:
    """The values a form opens with; without a case or anything recorded there are none."""
    known = _KNOWN.get(candidates.step_of(task))
    complaint = candidates.complaint_of(session, task.business_key) if known is not None else None
    if known is None or complaint is None:
        return {}
    return {name: _plain(value) for name, value in known(session, complaint, task).items() if value not in (None, "", [])}


def _plain(value: Any) -> Any:
    """As forms keep it: instants and days as text of the wall."""
    if isinstance(value, datetime):
        return value.astimezone(sla_time.ZONE).strftime(_MINUTE)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _register(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    customer = cases.customer_of(session, complaint)
    of_customer = {name: getattr(customer, name) for name in _OF_CUSTOMER} if customer is not None else {"name": complaint.customer_name}
    of_case = {name: getattr(complaint, name) for name in _OF_CASE}
    people = [{"name": one} for one in complaint.representatives]
    return {
        **of_case,
        **of_customer,
        "received_at": complaint.received_at,
        "is_agent": complaint.agent_name is not None,
        "representatives": people,
    }


def _duplicate(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    other = session.get(Complaint, complaint.duplicate_of) if complaint.duplicate_of else None
    return {"duplicate_of": other.reference if other is not None else None}


def _department(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    return {"department": candidates.role_of(task)}


def _action(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    item = task.item.get("value") if task.item else None
    return {"action": item.get("type")} if isinstance(item, dict) else {}


def _finding(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    """A case that is investigated again starts from what was found before."""
    found = investigations.latest(session, complaint)
    names = ("facts_found", "complainant_statement", "respondent_statement", "evidence", "key_issue", "root_cause", "responsible_link")
    return {name: getattr(found, name) for name in names} if found is not None else {}


def _proposal(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    """A solution that came back starts from what was proposed before, with the measures that were not begun."""
    found = proposals.latest(session, complaint)
    if found is None:
        return {}
    given = {name: getattr(found, name) for name in ("measures", "remedy_case", "requested_amount", "rationale", "reasons")}
    actions = [{name: _plain(getattr(one, name)) for name in _OF_ACTION} for one in proposals.open_actions(session, complaint)]
    return {**found.inputs, **given, "actions": actions}


def _offer(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    until = (clock.now() + ANSWER_WITHIN).astimezone(sla_time.ZONE).date()
    return {"channel": complaint.channel, "answer_until": until}


def _way(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    return {"channel": complaint.channel}


def _contact(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    return {"contact_channel": complaint.channel}


def _closing(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    filled = intake_fields.completeness(complaint, cases.customer_of(session, complaint))
    return {"completeness": filled, "root_cause": complaint.root_cause}


def _claim(session: Session, complaint: Complaint, task: UserTask) -> Compensation | None:
    return candidates.claim_of(session, task.instance_id) or compensations.latest_approved(session, complaint.id)


def _payee(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    claim = _claim(session, complaint, task)
    if claim is None:
        return {}
    return {"payee_name": claim.payee_name or complaint.customer_name, "method": claim.payee_method, "account": claim.payee_account}


def _order(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    claim = _claim(session, complaint, task)
    return {"amount": payments.due(session, claim), **_payee(session, complaint, task)} if claim is not None else {}


def _revision(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    claim = _claim(session, complaint, task)
    return {"requested_amount": claim.requested_amount} if claim is not None else {}


def _session(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    mediation = mediations.latest(session, complaint)
    held = [one for one in mediations.sessions(session, mediation) if one.held_at is not None] if mediation is not None else []
    return {"session_no": len(held) + 1}


def _agreement(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    mediation = mediations.latest(session, complaint)
    return {"amount": mediation.agreed_amount} if mediation is not None else {}


def _visit(session: Session, complaint: Complaint, task: UserTask) -> Mapping[str, Any]:
    """The kind of visit; `at` stays empty and means now."""
    mine = select(ReturnVisit.type).where(ReturnVisit.complaint_id == complaint.id, ReturnVisit.instance_id == task.instance_id)
    return {"visit_type": session.scalar(mine.limit(1))}


_KNOWN: Mapping[str, Callable[[Session, Complaint, UserTask], Mapping[str, Any]]] = {
    "ut_register": _register,
    "ut_confirm_duplicate": _duplicate,
    "ut_dept_input": _department,
    "ut_execute_action": _action,
    "ut_investigate": _finding,
    "ut_propose_solution": _proposal,
    "ut_communicate_solution": _offer,
    "ut_result_feedback": _way,
    "ut_first_response": _contact,
    "ut_close_archive": _closing,
    "ut_collect_payee": _payee,
    "ut_fix_payment": _payee,
    "ut_finance_prepare": _order,
    "ut_revise_claim": _revision,
    "ut_hold_session": _session,
    "ut_draft_agreement": _agreement,
    "ut_visit_attempt": _visit,
}
