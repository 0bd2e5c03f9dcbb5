"""What the attributes of a user task say when it is opened. Raises ExecutionFailed for what no task can have."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from engine.bpmn.diagram import Element
from engine.bpmn.execution import Execution, UserTaskWait
from engine.errors import ExecutionFailed
from engine.extensions import Candidates

DIGITS = 9  # of a priority
LONGEST_NAME = 255  # of a person or group, in characters
MOST_NAMES = 200  # to which one task is offered


def candidates(execution: Execution, wait: UserTaskWait, element: Element) -> Candidates:
    """Whom the task is offered to: its own groups and people, else the group of its lane."""
    by_lane = (element.lane,) if element.lane and not element.candidate_users else ()
    groups, users = _names(execution, wait, element.candidate_groups or by_lane), _names(execution, wait, element.candidate_users)
    return Candidates(groups=groups, users=users)


def _names(execution: Execution, wait: UserTaskWait, declared: Iterable[str]) -> list[str]:
    found: list[str] = []
    for one in declared:
        value = _evaluated(execution, wait, one) if one.startswith("=") else one
        found.extend(str(name) for name in (value if isinstance(value, list | tuple) else [value]))
    if len(found) > MOST_NAMES or any(len(one) > LONGEST_NAME for one in found):
        reason = f"the task is offered to more than {MOST_NAMES} groups or people, or to one of more than {LONGEST_NAME} characters"
        raise ExecutionFailed(element=wait.element_id, reason=reason)
    return list(dict.fromkeys(found))


def text(execution: Execution, wait: UserTaskWait, declared: str | None, what: str) -> str | None:
    """An attribute that is a text, or an expression after `=`; `what` names it."""
    if not declared:
        return None
    value = _evaluated(execution, wait, declared) if declared.startswith("=") else declared
    if what == "priority" and not (str(value).isdecimal() and len(str(value)) <= DIGITS):
        reason = f"the priority '{_said(value)}' is not a whole number of at most {DIGITS} digits"
        raise ExecutionFailed(element=wait.element_id, reason=reason)
    if len(str(value)) > LONGEST_NAME:
        raise ExecutionFailed(element=wait.element_id, reason=f"the {what} has more than {LONGEST_NAME} characters")
    return None if value is None else str(value)


def _evaluated(execution: Execution, wait: UserTaskWait, declared: str) -> Any:
    return execution.evaluate(wait.token_id, declared.removeprefix("="))


def due(execution: Execution, wait: UserTaskWait, element: Element) -> datetime | None:
    """When it is due, aware UTC."""
    if not element.due_date:
        return None
    value = execution.evaluate(wait.token_id, element.due_date.removeprefix("="))
    if value is None:
        return None
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if instant.tzinfo is None:
            raise ExecutionFailed(element=wait.element_id, reason=f"the due date '{_said(value)}' has no time zone")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ExecutionFailed(element=wait.element_id, reason=f"the due date '{_said(value)}' is not an ISO 8601 instant") from error


def _said(value: Any) -> str:
    return str(value)[:LONGEST_NAME]
