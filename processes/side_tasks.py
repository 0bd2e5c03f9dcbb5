"""Tasks beside the main line of a case: some steps have to wait for them (processes.md 2.5, E-9)."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from engine.errors import Conflict
from engine.tables import UserTask
from processes.tables.cases import Complaint

ASSESSMENT = "ut_assess_evidence"
DEPARTMENT_INPUT = "ut_dept_input"
LISTENERS = frozenset({ASSESSMENT, DEPARTMENT_INPUT, "ut_handle_objection", "ut_approve_extension", "ut_regulator_intake"})
ENGAGEMENTS = frozenset({"ut_manager_engage", "ut_crossdept_kickoff", "ut_exec_sponsor"})


class OpenSideTask(Conflict):
    """Something else of this case has to be finished first: {tasks}."""

    code = "OPEN_SIDE_TASK"


def open_of(session: Session, complaint: Complaint, forms: Collection[str]) -> Sequence[UserTask]:
    """Open tasks of the case with one of these forms."""
    mine = select(UserTask).where(is_open(complaint.reference, forms))
    return session.scalars(mine.order_by(UserTask.created_at, UserTask.id)).all()


def is_open(reference: Any, forms: Collection[str]) -> ColumnElement[bool]:
    """The condition on `user_task`; the number may be a parameter."""
    return and_(UserTask.business_key == reference, UserTask.state == "open", UserTask.form_key.in_(forms))


def refusal(session: Session, complaint: Complaint, forms: Collection[str]) -> OpenSideTask | None:
    """Why a step has to wait."""
    found = open_of(session, complaint, forms)
    if not found:
        return None
    return OpenSideTask(tasks=_names(task.name for task in found), tasks_zh=_names(task.name_zh or task.name for task in found))


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
