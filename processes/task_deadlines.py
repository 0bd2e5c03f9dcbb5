"""When a task of a case is due: with the deadline it has to meet (processes.md 2.5), else as its diagram says.

The rows of tasks repeat due instant, warning and pause of that deadline, so that lists are sorted by what their badges say.
They are written when a task opens, and whenever a deadline that runs is moved.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import claiming
from engine import clock as clocks
from engine.extensions import Deadline
from engine.tables import UserTask
from processes import sla_rows, sla_standing
from processes.candidates import role_of, step_of
from processes.sla_standing import Standing
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock


@dataclass(frozen=True, kw_only=True)
class _Meets:
    """Which deadline a task has to meet: of the role it waits for, of this key, or the plain one."""

    clock: str
    key: str = ""
    of_role: bool = False


# the form of a task: what is due; the last ones wait for the customer while the deadline of the whole case stands still
_MEETS: Mapping[str, _Meets] = {
    "ut_register": _Meets(clock="C-ACK"),
    "ut_confirm_duplicate": _Meets(clock="C-TRIAGE"),
    "ut_confirm_inadmissible": _Meets(clock="C-TRIAGE"),
    "ut_triage": _Meets(clock="C-TRIAGE"),
    "ut_accept_case": _Meets(clock="C-ACCEPT"),
    "ut_assign_owner": _Meets(clock="C-ACCEPT"),
    "ut_first_response": _Meets(clock="C-FIRST"),
    "ut_manager_engage": _Meets(clock="C-ENGAGE", key="manager"),
    "ut_crossdept_kickoff": _Meets(clock="C-ENGAGE", key="kickoff"),
    "ut_exec_sponsor": _Meets(clock="C-ENGAGE", key="exec"),
    "ut_prelim_reply": _Meets(clock="C-PRELIM"),
    "ut_investigate": _Meets(clock="C-INVEST"),
    "ut_propose_solution": _Meets(clock="C-RESOLVE"),
    "ut_review_solution": _Meets(clock="C-REVIEW", of_role=True),
    "ut_approve": _Meets(clock="C-APPROVE", of_role=True),
    "ut_finance_check": _Meets(clock="C-FINCHK"),
    "ut_finance_prepare": _Meets(clock="C-PAY"),
    "ut_finance_release": _Meets(clock="C-PAY"),
    "ut_hold_session": _Meets(clock="C-MEDIATE"),
    "ut_sign": _Meets(clock="C-SIGN"),
    "ut_result_feedback": _Meets(clock="C-FEEDBACK"),
    "ut_regulator_reply": _Meets(clock="C-REG"),
    "ut_close_archive": _Meets(clock="C-CLOSE"),
    "ut_wait_customer_info": _Meets(clock="C-RESOLVE"),
    "ut_record_decision": _Meets(clock="C-RESOLVE"),
}


def of_opening(session: Session, task: UserTask) -> Deadline | None:
    """The deadline of a task that opens; None: the diagram says when it is due."""
    if step_of(task) not in _MEETS or task.business_key is None:
        return None
    row = _met_by(task, _running(session, [task.business_key]).get(task.business_key, ()))
    return None if row is None else Deadline(due_at=row.due, warn_at=row.warn_at, paused=row.held)


def refresh(session: Session, complaint: Complaint) -> None:
    """Deadlines of the case were moved: its open tasks are due with them."""
    mine = select(UserTask).where(UserTask.business_key == complaint.reference, UserTask.state == "open")
    running = sla_rows.running(session, complaint)
    for task in session.scalars(mine.where(UserTask.form_key.in_(list(_MEETS)))).all():
        row = _met_by(task, running)
        if row is not None:
            task.due_at, task.warn_at, task.paused = row.due, row.warn_at, row.held
            task.claim_by = claiming.claim_by(session, opened_at=task.created_at, due_at=row.due)


def standings(session: Session, tasks: Collection[UserTask]) -> dict[str, Standing]:
    """How the deadlines of these tasks stand, by task, in one statement; a task without one is left out."""
    asking = [task for task in tasks if task.state == "open" and step_of(task) in _MEETS and task.business_key]
    running = _running(session, {task.business_key for task in asking if task.business_key})
    now = clocks.now()
    found = {task.id: standing(session, task, running.get(task.business_key or "", ()), at=now) for task in asking}
    return {task_id: one for task_id, one in found.items() if one is not None}


def standing(session: Session, task: UserTask, running: Iterable[SlaClock], *, at: datetime | None = None) -> Standing | None:
    """How the deadline of an open task stands, of those of its case that run; those of an improvement are no task's."""
    row = met_by(task, (one for one in running if one.improvement_id is None)) if task.state == "open" else None
    return None if row is None else sla_standing.of_clock(sla_rows.calendar(session), row, at=at)


def met_by(task: UserTask, rows: Iterable[SlaClock]) -> SlaClock | None:
    """Which of these deadlines of its case a task has to meet, if any."""
    return _met_by(task, rows) if step_of(task) in _MEETS else None


def _running(session: Session, references: Collection[str]) -> dict[str, list[SlaClock]]:
    """The running deadlines of cases, oldest first, by reference."""
    found: dict[str, list[SlaClock]] = {}
    if references:
        rows = (
            select(Complaint.reference, SlaClock)
            .join(SlaClock, SlaClock.complaint_id == Complaint.id)
            .where(Complaint.reference.in_(references), SlaClock.result == "running", SlaClock.improvement_id.is_(None))
            .order_by(SlaClock.start, SlaClock.id)
        )
        for reference, row in session.execute(rows):
            found.setdefault(reference, []).append(row)
    return found


def _met_by(task: UserTask, rows: Iterable[SlaClock]) -> SlaClock | None:
    meets = _MEETS[step_of(task)]
    key = (role_of(task) or "") if meets.of_role else meets.key
    return next((row for row in rows if (row.clock, row.key) == (meets.clock, key)), None)
