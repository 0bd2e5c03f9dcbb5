"""The service tasks of compensation_approval (processes.md P4).

The handlers of class money and record check the facts in the tables, in the transaction of the step: a diagram can ask
for more, never for less.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import HandlerFailed
from engine.extensions import Handler, ServiceTask, Values
from processes import approvals, cases, compensations, money, notice_mail, notifications, people, remedies, sla
from processes.ports import MailPort
from processes.tables.cases import Compensation

RESULT_LETTER = "T-COMP-RESULT"
OUTCOMES: Mapping[str, str] = {"st_record_approved": "approved", "st_record_rejected": "rejected"}
UNITS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "wd": {"en": ("working day", "working days"), "zh": ("个工作日", "个工作日")},
    "wh": {"en": ("working hour", "working hours"), "zh": ("个工作小时", "个工作小时")},
}


def handlers(mail: MailPort) -> Sequence[Handler]:
    """A handler per topic."""

    def notify_result(task: ServiceTask) -> Values:
        notice_mail.send(mail, task, task.variables["mail"])
        return {}

    return (
        Handler(topic="compensation.record_standard", kind="record", record=record_standard),
        Handler(topic="compensation.auto_approve", kind="money", record=auto_approve),
        Handler(topic="compensation.record_result", kind="record", record=record_result),
        Handler(topic="compensation.notify_result", kind="letter", prepare=prepare_result, outside=notify_result),
        Handler(topic="compensation.begin_approval", kind="record", record=begin_approval),
        Handler(topic="compensation.ask_approver", kind="record", record=ask_approver),
        Handler(topic="compensation.ask_finance", kind="record", record=ask_finance),
    )


def record_standard(session: Session, task: ServiceTask) -> Values:
    """Keep what the decision tables said, so that everything after it counts with the same numbers."""
    claim = _claim(session, task)
    claim.instance_id = task.instance_id
    claim.standard_amount = money.rounded(Decimal(_given(task, "standard_amount")))
    claim.statutory = bool(_given(task, "statutory"))
    claim.over_standard = claim.requested_amount > claim.standard_amount
    claim.method = str(_given(task, "method"))
    claim.pay_within = str(_given(task, "pay_within"))
    claim.legal_basis = str(_given(task, "legal_basis"))
    claim.band = int(_given(task, "band"))
    claim.label = str(_given(task, "label"))
    claim.chain = [str(role) for role in _given(task, "approver_chain")]
    claim.state = "in_approval"
    return {"over_standard": claim.over_standard}


def begin_approval(session: Session, task: ServiceTask) -> Values:
    """People decide from here on: a case that called this waits for them. A claim beside its case leaves the status alone."""
    if task.instance_id != task.root_id:
        cases.set_status(session, _claim(session, task).complaint, "COMP_APPROVAL")
    return {}


def ask_approver(session: Session, task: ServiceTask) -> Values:
    """The clock of one role of the chain; its due instant is that of the task."""
    row = sla.start(session, _claim(session, task).complaint, "C-APPROVE", key=str(_given(task, "approver")))
    return {"approve_due": row.due.isoformat() if row is not None else None}


def ask_finance(session: Session, task: ServiceTask) -> Values:
    """The clock of the finance check."""
    row = sla.start(session, _claim(session, task).complaint, "C-FINCHK")
    return {"finance_due": row.due.isoformat() if row is not None else None}


def auto_approve(session: Session, task: ServiceTask) -> Values:
    """Approve band B0 without a person, within the standard."""
    claim = _claim(session, task)
    try:
        approvals.must_be_automatic(claim)
    except ValueError as error:
        raise HandlerFailed(topic=task.topic, reason=str(error)) from error
    approvals.record(session, claim, step=approvals.AUTOMATIC, vote="approve", approved_amount=claim.requested_amount)
    return {"approved_amount": claim.requested_amount}


def record_result(session: Session, task: ServiceTask) -> Values:
    """Decide the claim. It is approved only when everybody who has to has said so, each of them another person."""
    claim = _claim(session, task)
    outcome = OUTCOMES.get(task.element_id)
    if outcome is None:
        raise HandlerFailed(topic=task.topic, reason=f"call it from {' or '.join(OUTCOMES)}: the id says what is recorded")
    if claim.state != "in_approval":
        raise HandlerFailed(topic=task.topic, reason=f"the claim is {claim.state}, not in approval")
    if outcome == "approved":
        try:
            claim.approved_amount = approvals.approved_amount(session, claim)
        except ValueError as error:
            raise HandlerFailed(topic=task.topic, reason=str(error)) from error
    claim.state, claim.decided_at = outcome, clock.now()
    return {"approved_amount": claim.approved_amount}


def prepare_result(session: Session, task: ServiceTask) -> Values:
    """Tell the requester in Redress, and write the letter that goes out after it."""
    claim = _claim(session, task)
    requester = people.get(session, claim.requester)
    if requester.email is None:
        raise HandlerFailed(topic=task.topic, reason=f"{requester.name} ({requester.id}) has no e-mail address")
    reasons = [one.reason for one in compensations.approvals_of(session, claim.id) if one.vote in ("reject", "return") and one.reason]
    values = {
        "reference": claim.complaint.reference,
        "remedy": _remedy(claim),
        "state": claim.state,
        "requested": money.shown(claim.requested_amount),
        "approved": money.shown(claim.approved_amount),
        "pay_within": _duration(claim.pay_within) if claim.approved_amount else "",
        "legal_basis": "" if claim.legal_basis == "-" else claim.legal_basis,
        "reason": reasons[-1] if reasons else "",
    }
    letter = notifications.write(session, requester, key=task.key, template=RESULT_LETTER, complaint=claim.complaint, values=values)
    return {"mail": {"key": task.key, "to": requester.email, "subject": letter.subject, "text": letter.text}}


def _claim(session: Session, task: ServiceTask) -> Compensation:
    return compensations.get(session, str(_given(task, "compensation_id")))


def _given(task: ServiceTask, name: str) -> Any:
    """A variable the handler needs: the diagram has to set it before."""
    if task.variables.get(name) is None:
        raise HandlerFailed(
            topic=task.topic, reason=f"the variable '{name}' has no value; a decision table or form before {task.element_id} has to set it"
        )
    return task.variables[name]


def _remedy(claim: Compensation) -> tuple[str, str]:
    """In English, in Chinese."""
    remedy = remedies.REMEDIES[claim.remedy_case]
    return remedy.name, remedy.name_zh


def _duration(text: str | None) -> str | tuple[str, str]:
    """`3wd` in words, English and Chinese; what is no such duration stands as it is."""
    found = re.fullmatch(r"(\d+)(wd|wh)", text or "")
    if found is None:
        return text or ""
    words = UNITS[found[2]]
    english, chinese = (words[locale][found[1] != "1"] for locale in ("en", "zh"))
    return f"{found[1]} {english}", f"{found[1]} {chinese}"
