"""What the form rules of a case have in common: the case of a task, problems in words, lists as forms give them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import NotFound, Problem
from engine.extensions import Values
from engine.tables import ProcessInstance, UserTask
from processes import cases, deputies, people, roles
from processes.tables.cases import Complaint
from processes.tables.people import Department


def complaint_of(session: Session, task: UserTask) -> Complaint:
    """The case the task belongs to."""
    if task.business_key is None:
        raise NotFound(kind="complaint of the task", id=task.id)
    return cases.by_reference(session, task.business_key)


def variable_of(session: Session, task: UserTask, name: str) -> Any:
    """A variable of the instance the task is in, or of its root."""
    for instance_id in (task.instance_id, task.root_id):
        instance = session.get(ProcessInstance, instance_id)
        if instance is not None and instance.variables.get(name) is not None:
            return instance.variables[name]
    return None


def text(values: Values, name: str) -> str | None:
    """A text without blanks around it; None when it is empty."""
    return str(values.get(name) or "").strip() or None


def required(values: Values, name: str, message: str) -> list[Problem]:
    """The field has to be filled here, though the form itself does not always ask for it."""
    return [] if values.get(name) not in (None, "", [], {}) else [problem("REQUIRED", name, message)]


def problem(code: str, name: str, message: str) -> Problem:
    """One wrong field."""
    return Problem(code=code, pointer=f"/{name}", message=message)


def column(rows: Any, name: str) -> list[str]:
    """The texts of a list: rows of a dynamic list (`[{"item": ..}]`) or plain texts."""
    return [str(row.get(name) if isinstance(row, Mapping) else row) for row in rows or [] if row]


def pairs(rows: Any, key: str, value: str) -> dict[str, Any]:
    """A mapping: as such, or as the rows of a dynamic list."""
    if isinstance(rows, Mapping):
        return dict(rows)
    return {str(row[key]): row.get(value) for row in rows or [] if isinstance(row, Mapping) and row.get(key)}


def unknown_departments(session: Session, codes: Iterable[str], name: str) -> list[Problem]:
    """Departments that do not exist."""
    missing = [code for code in codes if session.get(Department, code) is None]
    return [problem("UNKNOWN", name, f"There is no department {', '.join(missing)}.")] if missing else []


def account_problems(session: Session, complaint: Complaint, account_id: str, name: str, *, groups: Sequence[str] = ()) -> list[Problem]:
    """Is this somebody who works here, is in one of these groups, and whom the case does not concern?"""
    if not people.active(session, [account_id]):
        return [problem("UNKNOWN", name, f"Nobody with the account '{account_id}' works here.")]
    if deputies.absent(session, [account_id]):
        return [problem("ABSENT", name, f"{account_id} is away now; name somebody else.")]
    if account_id in complaint.excluded_users:
        return [problem("CONFLICT_OF_INTEREST", name, f"The case concerns {account_id} or somebody close; name somebody else.")]
    if groups and not people.actor_of(session, account_id).groups & set(groups):
        named = ", ".join(roles.shown(group, "en") for group in groups)
        return [problem("NOT_CANDIDATE", name, f"{account_id} is not in one of the groups that may do this: {named}.")]
    return []
