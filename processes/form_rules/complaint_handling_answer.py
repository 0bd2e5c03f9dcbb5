"""Forms between company and customer: the proposal, the answer, the final response (processes.md 2.5)."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from engine import clock, messages
from engine.errors import Problem, RedressError
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import cases, compensations, contacts, outcomes, payments, proposals, side_tasks, sla
from processes.form_rules import solution_rules
from processes.form_rules.answers import account_problems, complaint_of, problem, required, text
from processes.tables.cases import Compensation
from processes.tables.investigation import Proposal

WAITING = "WAITING_CUSTOMER_DECISION"
REMEDIES_AT_LEAST = 2
SIGNS_FINAL = ("complaint_manager",)


def guard_communicate(session: Session, task: UserTask, actor: Actor) -> RedressError | None:
    """What came in last may change what the customer is told."""
    return side_tasks.refusal(session, complaint_of(session, task), [side_tasks.ASSESSMENT])


def record_communicate(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """T-PROPOSAL; the deadlines wait for the answer. What was said about an offer before is no answer to this one."""
    complaint, until = complaint_of(session, task), solution_rules.day(values.get("answer_until"))
    messages.drop_waiting(session, name="customer.decision", correlation_key=complaint.reference)
    contacts.send(session, complaint, "T-PROPOSAL", key=task.id, by=actor.id, text=values["offer_text"], answer_until=until)
    proposal = proposals.latest(session, complaint)
    if proposal is not None:
        proposal.communicated_at, proposal.offer_text, proposal.answer_until = clock.now(), text(values, "offer_text"), until
        proposal.round = complaint.negotiation_round
    complaint.proposed_at = clock.now()
    sla.stop(session, complaint, "C-PRELIM")
    sla.pause(session, complaint, WAITING)
    cases.set_status(session, complaint, WAITING, by=actor.id)
    return {}


def _claim(session: Session, proposal: Proposal | None) -> Compensation | None:
    """The claim whose money the customer would get."""
    if proposal is None or proposal.compensation_id is None:
        return None
    return compensations.get(session, proposal.compensation_id)


def check_decision(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A payee that is given is complete; it may also be collected later."""
    if values["decision"] != "accept" or not (text(values, "payee_name") or text(values, "method") or text(values, "account")):
        return ()
    complaint = complaint_of(session, task)
    if _claim(session, proposals.latest(session, complaint)) is None:
        return ()
    wanted = {name: text(values, name) for name in ("payee_name", "method", "account")}
    return payments.payee_problems(complaint, **wanted)


def record_decision(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The customer's answer as somebody heard it, and whom to pay."""
    complaint, decision = complaint_of(session, task), str(values["decision"])
    proposal, wants_mediation = proposals.latest(session, complaint), bool(values.get("wants_mediation"))
    if proposal is not None:
        proposal.counter_amount, proposal.wants_mediation = values.get("counter_amount"), wants_mediation
        proposal.decision_evidence, proposal.decided_by = text(values, "evidence"), actor.id
    claim = _claim(session, proposal)
    if decision == "accept" and claim is not None:
        _keep_payee(session, claim, values)
    contacts.record(session, complaint, decision, direction="in", channel=complaint.channel, by=actor.id)
    return {"decision": decision, "wants_mediation": wants_mediation}


def _keep_payee(session: Session, claim: Compensation, values: Values) -> None:
    name, method = text(values, "payee_name"), text(values, "method")
    if name and method:
        payments.set_payee(session, claim, payee_name=name, method=method, account=text(values, "account"))
    claim.agreement_signed = claim.agreement_signed or bool(values.get("agreement_signed"))


def check_final_response(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """The customer is told at least two ways on, and the complaint manager stands for the answer."""
    found: list[Problem] = []
    if len(values.get("remedies") or []) < REMEDIES_AT_LEAST:
        found.append(problem("TOO_FEW", "remedies", f"Name at least {REMEDIES_AT_LEAST} ways open to the customer."))
    found += required(values, "signed_by", "Say who signs.")
    signer = text(values, "signed_by")
    if signer:
        found += account_problems(session, complaint_of(session, task), signer, "signed_by", groups=SIGNS_FINAL)
    return found


def record_final_response(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """T-FINAL: where the company stands, why, and where else the customer can turn."""
    complaint = complaint_of(session, task)
    remedies = [str(one) for one in values["remedies"]]
    contacts.send(session, complaint, "T-FINAL", key=task.id, by=actor.id, text=values["text"], remedies=remedies)
    signer = str(values["signed_by"])
    cases.log(session, complaint, outcomes.FINAL_RESPONSE, by=actor.id, text=text(values, "text"), signed_by=signer, remedies=remedies)
    cases.resolve(session, complaint, by=actor.id)
    return {}


FORMS: Mapping[str, FormRules] = {
    "ut_communicate_solution": FormRules(guard=guard_communicate, record=record_communicate),
    "ut_record_decision": FormRules(check=check_decision, record=record_decision),
    "ut_final_response": FormRules(check=check_final_response, record=record_final_response),
}
