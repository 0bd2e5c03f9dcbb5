"""Forms of the listeners of a case: new evidence, what a department says (processes.md 2.5)."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound, Problem
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import candidates, cases, dept_inputs, evidence
from processes.form_rules.answers import column, complaint_of, problem, text, variable_of
from processes.tables.correspondence import Attachment
from processes.tables.investigation import DepartmentInput

FILE = "file"
WAIVERS = frozenset({"team_lead", "complaint_manager"})


def check_evidence(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """What changes the outcome is not just filed; what does not change it reopens nothing."""
    affects, handling = bool(values.get("affects_outcome")), values["handling"]
    if affects and handling == FILE:
        return (problem("HANDLING", "handling", "It affects the outcome: use it in the running investigation, or have it reworked."),)
    if not affects and handling == evidence.REWORK:
        return (problem("HANDLING", "handling", "It does not affect the outcome, so nothing is reworked: file it."),)
    return ()


def record_evidence(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """What is done with it."""
    complaint, handling = complaint_of(session, task), str(values["handling"])
    row = session.get(Attachment, variable_of(session, task, "evidence_id"))
    if row is not None:
        row.assessed = handling
    cases.log(session, complaint, "evidence_assessed", by=actor.id, text=text(values, "reason"), handling=handling)
    return {"handling": handling}


def _row(session: Session, task: UserTask) -> DepartmentInput:
    department = candidates.role_of(task) or ""
    row = dept_inputs.row_of(session, task.instance_id, department)
    if row is None:
        raise NotFound(kind="question to the department", id=department)
    return row


def check_dept_input(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A department speaks for itself; only a team lead does without it."""
    named = text(values, "department")
    department = candidates.role_of(task)
    if named and named != department:
        return (problem("OTHER_DEPARTMENT", "department", "This task asks another department: leave the field empty."),)
    if values.get("waived") and not WAIVERS & actor.groups:
        return (problem("WAIVER", "waived", "Only a team lead does without the statement of a department."),)
    if not values.get("waived") and actor.groups & WAIVERS and "dept_handler" not in actor.groups:
        return (problem("WAIVER", "waived", "You can waive the statement; giving it is for the department."),)
    return ()


def record_dept_input(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """What the department says, or why it was not needed."""
    complaint, row = complaint_of(session, task), _row(session, task)
    if values.get("waived"):
        row.waived_by, row.waive_reason = actor.id, text(values, "reason")
        return {}
    row.statement, row.agrees_responsibility = text(values, "statement"), values.get("agrees_responsibility")
    row.evidence = column(values.get("evidence"), "type")
    row.answered_by, row.answered_at = actor.id, clock.now()
    evidence.note(session, complaint, row.evidence, by=actor.id)
    return {}


FORMS: Mapping[str, FormRules] = {
    "ut_assess_evidence": FormRules(check=check_evidence, record=record_evidence),
    "ut_dept_input": FormRules(check=check_dept_input, record=record_dept_input),
}
