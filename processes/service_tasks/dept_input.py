"""esp_dept_input: departments are asked for what they know (processes.md 2.5, listeners)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.extensions import Handler, ServiceTask, Values
from processes import candidates, dept_inputs, event_escalations, notifications
from processes.service_tasks import given


def handlers() -> Sequence[Handler]:
    """The topics of the listener."""
    return (
        Handler(topic="dept_input.open", kind="record", record=open_inputs),
        Handler(topic="dept_input.overdue", kind="record", record=overdue),
    )


def open_inputs(session: Session, task: ServiceTask) -> Values:
    """A row for each department's answer; those who handle its matters are told."""
    complaint = given.complaint(session, task)
    departments = list(dict.fromkeys(str(one) for one in given.variable(task, "departments")))
    question = task.variables.get("question_id")
    dept_inputs.open_rows(session, complaint, instance_id=task.instance_id, departments=departments, question_id=question)
    asked = [account for department in departments for account in candidates.handlers_of(session, department)]
    notifications.notify(session, complaint, template="N-CASE", key=task.key, accounts=asked, event="dept_input")
    return {"departments": departments}


def overdue(session: Session, task: ServiceTask) -> Values:
    """A department has not answered in a working day."""
    complaint, department = given.complaint(session, task), str(given.variable(task, "department"))
    row = dept_inputs.row_of(session, task.instance_id, department)
    if row is not None and row.answered_at is None and row.waived_by is None:
        event_escalations.start(session, complaint, "department_refusal", note=department)
    return {}
