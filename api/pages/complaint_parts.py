"""Parts of a case's page that lead somewhere else: its open tasks, the runs of its processes; and who answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from api import permissions
from api.pages import door, task_badges, wording
from api.pages.due import Due
from api.pages.people_names import Names
from api.pages.texts import lazy_gettext
from engine.errors import RedressError
from engine.tables import ProcessInstance, UserTask
from processes import case_file
from processes.case_file import CaseFile
from processes.tables.investigation import ResponsibilityShare

SOURCES = {
    "auto": lazy_gettext("by the rules: one department alone"),
    "determined": lazy_gettext("weighed by a person"),
    "arbitrated": lazy_gettext("arbitrated"),
    "ruled": lazy_gettext("ruled"),
}


def tasks(session: Session, case: CaseFile, names: Names) -> list[dict[str, Any]]:
    """What is to be done now: this person's own first, then what is due first."""
    mine = door.actor().id
    found = sorted(
        (one for one in case.tasks if one.state == "open"), key=lambda one: (one.assignee != mine, one.due_at is None, one.due_at or 0)
    )
    running = [one for one in case.own_clocks if one.result == "running"]
    return [_task(one, names, task_badges.of_one(session, one, running)) for one in found]


def _task(task: UserTask, names: Names, badge: Due) -> dict[str, Any]:
    return {
        "name": wording.name_of(task),
        "assignee": names(task.assignee),
        "groups": [row.name for row in task.candidates if row.kind == "group"],
        "due": badge,
        "url": url_for("pages.task", task_id=task.id) if _may_open(task) else None,
    }


def _may_open(task: UserTask) -> bool:
    try:
        permissions.require_task(door.actor(), task)
    except RedressError:
        return False
    return True


def instances(session: Session, case: CaseFile) -> list[dict[str, Any]]:
    """The runs of processes that belong to the case, those that run first; the watch over deadlines last."""
    roots = {one.root_id: _may_see(session, one) for one in case.instances if one.id == one.root_id}
    ordered = sorted(
        case.instances, key=lambda one: (one.definition_key == case_file.WATCH, one.state != "running", one.started_at, one.id)
    )
    return [
        {
            "name": wording.name_of(case.definitions[one.definition_id]),
            "state": one.state,
            "started_at": one.started_at,
            "ended_at": one.ended_at,
            "url": url_for("pages.instance", instance_id=one.id) if roots.get(one.root_id) else None,
        }
        for one in ordered
    ]


def _may_see(session: Session, root: ProcessInstance) -> bool:
    if door.who().may("instance:read"):
        return True  # whom the case concerns does not get this far
    try:
        permissions.require_instance(session, door.actor(), root)
    except RedressError:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """One version of who answers for how much."""

    version: int
    source: str
    decided_by: str
    decided_at: datetime
    shares: Sequence[ResponsibilityShare]


def shares(case: CaseFile) -> list[Weighed]:
    """Every version, the newest (which holds) first."""
    versions: dict[int, list[ResponsibilityShare]] = {}
    for one in case.shares:
        versions.setdefault(one.version, []).append(one)
    return [
        Weighed(
            version=number,
            source=str(SOURCES.get(found[0].source, found[0].source)),
            decided_by=found[0].decided_by,
            decided_at=found[0].decided_at,
            shares=sorted(found, key=lambda one: -one.share),
        )
        for number, found in sorted(versions.items(), reverse=True)
    ]
