"""What is there at one moment: the files of all cases, incidents and operations. Differences between two looks are what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import clock, stuck
from engine.database import Database, reading
from engine.tables import Incident, Operation, ProcessInstance, UserTask
from processes import whole_case
from processes.whole_case import WholeCase

PROCESSES = {
    "P1": "complaint_handling",
    "P2": "escalation",
    "P3": "mediation",
    "P4": "compensation_approval",
    "P5": "compensation_payment",
    "P6": "responsibility_arbitration",
    "P7": "return_visit",
    "P8": "improvement_action",
    "P9": "sla_watch",
    "P10": "case_review",
    "P11": "disclosure_approval",
    "P12": "periodic_report",
    "P13": "early_warning",
    "P14": "supervision_audit",
}
LISTENERS = "esp_"
# tasks that need no prefix: those of P1, of its listeners and of P7
WITHOUT_PREFIX = (PROCESSES["P1"], PROCESSES["P7"])


@dataclass(frozen=True, kw_only=True)
class Look:
    """Everything a scenario can ask about, at one moment."""

    at: datetime
    cases: dict[str, WholeCase]
    incidents: Sequence[Incident]
    operations: Sequence[Operation]
    groups: dict[str, frozenset[str]]
    timers: dict[str, Sequence[whole_case.Fired]]
    stuck: Sequence[tuple[str | None, str]] = field(default_factory=tuple)


def take(database: Database) -> Look:
    """Look at everything."""
    with reading(database) as session:
        cases = whole_case.read_all(session)
        return Look(
            at=clock.now(),
            cases=cases,
            incidents=whole_case.incidents(session),
            operations=whole_case.operations(session),
            groups=whole_case.groups(session),
            timers={reference: whole_case.timers_fired(session, case) for reference, case in cases.items()},
            stuck=[(one.reference, one.code) for one in stuck.find(session)],
        )


def split_task(text: str) -> tuple[str | None, str]:
    """`P4.ut_approve` is ut_approve of compensation_approval."""
    prefix, _, name = text.rpartition(".")
    return (PROCESSES[prefix] if prefix else None), name


def belongs(case: WholeCase, task: UserTask, process: str | None) -> bool:
    """Whether a task is of that process; without one: of P1, its listeners, P7."""
    of = case.process_of(task)
    return of == process if process else of in WITHOUT_PREFIX or of.startswith(LISTENERS)


def open_tasks(case: WholeCase, element: str, process: str | None) -> list[UserTask]:
    """The open tasks of this name."""
    return [one for one in case.tasks if one.state == "open" and one.element_id == element and belongs(case, one, process)]


def own_open_tasks(case: WholeCase) -> list[UserTask]:
    """Every open task of P1, of the processes it calls, of its listeners."""
    root = case.main_root()
    called = [one for one in case.tasks if one.state == "open" and one.root_id == root]
    beside = [one for one in case.tasks if one.state == "open" and case.process_of(one).startswith(LISTENERS)]
    return [*called, *beside]


def fresh_instances(before: WholeCase | None, after: WholeCase) -> list[ProcessInstance]:
    """Instances that were not there before."""
    known = {one.id for one in before.instances} if before else set()
    return [one for one in after.instances if one.id not in known]


def facts(case: WholeCase) -> dict[str, Any]:
    """What a refused request must leave as it was (that the person has claimed the task is no matter)."""
    names = [column.key for column in case.complaint.__table__.columns]
    return {
        "complaint": {name: getattr(case.complaint, name) for name in names},
        "instances": [(one.id, one.state) for one in case.instances],
        "tasks": [(one.id, one.state) for one in case.tasks],
        "contacts": [one.id for one in case.contacts],
        "approvals": [one.id for one in case.approvals],
        "payments": [(one.id, one.state, one.released_by) for one in case.payments],
        "clocks": [(one.id, one.stop, one.due) for one in case.clocks],
        "escalations": [(one.id, one.state) for one in case.escalations],
    }
