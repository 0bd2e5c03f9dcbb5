"""Forms of the handling itself: investigation, responsibility, solution, review (processes.md 2.5)."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Problem, RedressError
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import (
    candidates,
    dept_inputs,
    evidence,
    grading,
    investigations,
    notifications,
    people,
    proposals,
    responsibilities,
    side_tasks,
    sla,
)
from processes.form_rules import solution_rules
from processes.form_rules.answers import column, complaint_of, pairs, problem, required, text, unknown_departments
from processes.tables.cases import Complaint
from processes.tables.investigation import Investigation, ReviewVote

OPINIONS = ("lawful", "feasible", "fair")
WHOLE = 100


def guard_investigate(session: Session, task: UserTask, actor: Actor) -> RedressError | None:
    """A department that was asked is heard, or waived, before the facts are settled."""
    return side_tasks.refusal(session, complaint_of(session, task), [side_tasks.DEPARTMENT_INPUT])


def check_investigate(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Both sides and the evidence; or what is still needed from the customer."""
    complaint = complaint_of(session, task)
    if values.get("need_customer_info"):
        return required(values, "info_items", "Say what the customer is to send.")
    found = evidence.problems(session, complaint, column(values.get("evidence"), "type"))
    if complaint.complained_user:
        found += required(values, "respondent_statement", "A person is complained about: hear him or her too.")
    return [*found, *unknown_departments(session, values.get("involved_departments") or [], "involved_departments")]


def record_investigate(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The finding, as a version of its own."""
    complaint, asks = complaint_of(session, task), bool(values.get("need_customer_info"))
    found = _found(session, complaint, values, actor)
    session.add(found)
    if asks:
        return {"need_customer_info": True, "founded": None, "multi_department": False, "inputs_requested": False}
    evidence.note(session, complaint, found.evidence, by=actor.id)
    grading.involve(session, complaint, found.involved_departments)
    complaint.founded, complaint.root_cause = found.founded, found.root_cause
    complaint.responsible_link, complaint.key_issue = found.responsible_link, found.key_issue
    sla.stop(session, complaint, "C-INVEST")
    return {
        "need_customer_info": False,
        "founded": found.founded,
        "multi_department": found.multi_department,
        "inputs_requested": dept_inputs.was_asked(session, complaint),
    }


def _found(session: Session, complaint: Complaint, values: Values, actor: Actor) -> Investigation:
    return Investigation(
        complaint_id=complaint.id,
        version=investigations.next_version(session, complaint),
        at=clock.now(),
        by=actor.id,
        facts_found=text(values, "facts_found"),
        complainant_statement=text(values, "complainant_statement"),
        respondent_statement=text(values, "respondent_statement"),
        evidence=column(values.get("evidence"), "type"),
        founded=text(values, "founded"),
        root_cause=text(values, "root_cause"),
        responsible_link=text(values, "responsible_link"),
        key_issue=text(values, "key_issue"),
        multi_department=bool(values.get("multi_department")),
        need_customer_info=bool(values.get("need_customer_info")),
        info_items=column(values.get("info_items"), "item"),
        involved_departments=[str(code) for code in values.get("involved_departments") or []],
    )


def check_responsibility(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Every department once, together the whole."""
    rows = values.get("shares")
    shares = pairs(rows, "department", "share")
    found = unknown_departments(session, shares, "shares")
    if isinstance(rows, list) and len(shares) < len(rows):
        found.append(problem("DUPLICATE", "shares", "Name each department once."))
    total = sum(int(share or 0) for share in shares.values())
    if total != WHOLE:
        found.append(problem("SHARES_NOT_100", "shares", f"The shares add up to {total}; together they are 100."))
    return found


def record_responsibility(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """A new version of the shares; the departments are told and may dispute it."""
    complaint = complaint_of(session, task)
    shares = {code: int(share) for code, share in pairs(values["shares"], "department", "share").items() if share}
    grounds = responsibilities.Grounds(
        persons=values.get("persons") or [],
        rules=column(values.get("rule_refs"), "rule"),
        evidence=column(values.get("evidence"), "type"),
        accountability=text(values, "accountability") or "none",
    )
    responsibilities.decide(session, complaint, shares, source="determined", by=actor.id, grounds=grounds)
    grading.involve(session, complaint, list(shares))
    told = people.managers(session, list(shares))
    about = ", ".join(f"{code}: {share} %" for code, share in shares.items())
    notifications.notify(session, complaint, template="N-CASE", key=task.id, accounts=told, event="shares", text=about)
    return {}


def check_proposal(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Remedy, amount and actions; an unfounded complaint needs its reasons."""
    complaint = complaint_of(session, task)
    found = [*solution_rules.problems(session, complaint, values)]
    if complaint.founded == "unfounded":
        found += required(values, "reasons", "The complaint was found unfounded: give the reasons.")
    return found


def record_proposal(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """A new version of the solution."""
    complaint = complaint_of(session, task)
    return proposals.facts_of(session, complaint, proposals.create(session, complaint, values, by=actor.id))


def check_review(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Who finds the solution unlawful, infeasible or unfair does not approve it."""
    doubts = [name for name in OPINIONS if not values.get(name)]
    if values["vote"] == "approve" and doubts:
        return (problem("VOTE", "vote", f"You say it is not {', '.join(doubts)}: return or reject it."),)
    return ()


def record_review(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The vote, for the role that was asked."""
    complaint, role = complaint_of(session, task), candidates.role_of(task) or ""
    proposal, vote = proposals.latest(session, complaint), str(values["vote"])
    if proposal is not None:
        session.add(
            ReviewVote(
                proposal_id=proposal.id,
                user_task_id=task.id,
                role=role,
                account=actor.id,
                vote=vote,
                lawful=values.get("lawful"),
                feasible=values.get("feasible"),
                fair=values.get("fair"),
                remark=text(values, "remark"),
                at=clock.now(),
            )
        )
        proposal.legal_reviewed = proposal.legal_reviewed or (role == "legal" and vote == "approve")
    sla.stop(session, complaint, "C-REVIEW", key=role)
    return {"vote": vote}


FORMS: Mapping[str, FormRules] = {
    "ut_investigate": FormRules(guard=guard_investigate, check=check_investigate, record=record_investigate),
    "ut_determine_responsibility": FormRules(check=check_responsibility, record=record_responsibility),
    "ut_propose_solution": FormRules(check=check_proposal, record=record_proposal),
    "ut_review_solution": FormRules(check=check_review, record=record_review),
}
