"""Who may do what: the roles of processes.md 2.1 as sets of permissions, and who may see one object.

Two questions, asked in this order for everything that belongs to a case: does the case concern the person
(CONFLICT_OF_INTEREST, whatever their roles), then do their roles allow it. Somebody without the general permission may
still see what they take part in: as candidate, assignee, doer or requester.

A refusal of something that exists is 403 and says which permission is missing and which roles have it; ids are random,
so 404 would hide nothing and explain nothing. 404 is for what does not exist.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from api.errors import MissingPermission
from engine.bpmn import diagram
from engine.deployments import Prepared
from engine.errors import ConflictOfInterest, NotCandidate, RedressError
from engine.extensions import Actor, Extensions
from engine.tables import ProcessInstance, UserTask, UserTaskCandidate
from processes import case_access, case_messages, people
from processes.tables.cases import Complaint

_READS_CASES = ("process:read", "instance:read", "task:read", "compensation:read", "complaint:read")
_READS_REPORTS = ("report:read",)  # of every department
_READS_WORK = ("job:read", "incident:read")
_CASE_WORK = ("process:read", "complaint:register", "compensation:request", "message:send")

ROLES: dict[str, frozenset[str]] = {
    "intake_agent": frozenset(_CASE_WORK),
    "case_owner": frozenset(_CASE_WORK),
    "case_owner_senior": frozenset(_CASE_WORK),
    "duty": frozenset(_CASE_WORK),
    "team_lead": frozenset((*_READS_CASES, *_READS_REPORTS, *_CASE_WORK, "task:assign")),
    "dept_handler": frozenset(("process:read",)),
    "dept_manager": frozenset((*_READS_CASES, "report:department", "message:send")),
    "complaint_manager": frozenset(
        (*_READS_CASES, *_READS_REPORTS, *_READS_WORK, *_CASE_WORK, "process:start", "task:assign", "instance:cancel")
    ),
    "mediator": frozenset(("process:read",)),
    "legal": frozenset(("process:read", "message:send")),
    "compliance": frozenset(("process:read",)),
    "dpo": frozenset(("process:read",)),
    "finance_clerk": frozenset(("process:read",)),
    "finance_checker": frozenset(("process:read",)),
    "executive": frozenset((*_READS_CASES, *_READS_REPORTS)),
    "general_manager": frozenset((*_READS_CASES, *_READS_REPORTS)),
    "compensation_committee": frozenset(("process:read",)),
    "arbiter": frozenset(("process:read",)),
    "return_visitor": frozenset(("process:read",)),
    "capa_owner": frozenset(("process:read",)),
    "quality_analyst": frozenset(("process:read", *_READS_REPORTS)),
    "review_officer": frozenset(("process:read",)),
    "public_relations": frozenset(("process:read", "message:send")),
    "auditor": frozenset((*_READS_CASES, *_READS_REPORTS, *_READS_WORK, "operation:read")),
    "supervision_group": frozenset((*_READS_CASES, *_READS_REPORTS, *_READS_WORK, "operation:read")),
    # The second person that deploy:money needs beside the deployer is asked for by the release of a deployment.
    "process_owner": frozenset((*_READS_CASES, *_READS_REPORTS, *_READS_WORK, "process:start", "process:deploy", "deploy:money")),
    "ops": frozenset(
        (
            *_READS_CASES,
            *_READS_WORK,
            "operation:read",
            "instance:cancel",
            "variable:write",
            "job:retry",
            "job:reschedule",
            "task:assign",
            "message:send",
        )
    ),
    "payment_provider": frozenset(("message:send",)),
    "authority": frozenset(("message:send",)),
    "admin": frozenset(("account:manage", "calendar:manage", "letter:manage")),
}


def granted(groups: Collection[str]) -> frozenset[str]:
    """All permissions of these roles together."""
    return frozenset().union(*(ROLES.get(group, frozenset()) for group in groups))


def who_can(permission: str) -> list[str]:
    """The roles that have a permission."""
    return sorted(role for role, permissions in ROLES.items() if permission in permissions)


def require(actor: Actor, permission: str) -> None:
    """Refuse somebody none of whose roles has this permission, saying which have."""
    if permission not in granted(actor.groups):
        raise missing(permission)


def missing(permission: str) -> MissingPermission:
    """The refusal for want of this permission."""
    return MissingPermission(permission=permission, missing=[permission], who_can=who_can(permission))


def may(actor: Actor, permission: str) -> bool:
    """Does any role of this person have this permission?"""
    return permission in granted(actor.groups)


def report_departments(session: Session, actor: Actor) -> frozenset[str] | None:
    """The departments whose figures this person may see, None for all; refused without the permission for any."""
    if may(actor, "report:read"):
        return None
    if may(actor, "report:department"):
        return people.managed_by(session, actor.id)
    raise missing("report:read")


def require_sender(actor: Actor, message_name: str) -> None:
    """Refuse somebody whose roles may not send this message."""
    senders = case_messages.senders(message_name)
    if not senders & actor.groups:
        raise MissingPermission(permission=f"message:{message_name}", missing=[f"message:{message_name}"], who_can=sorted(senders))


def require_money(actor: Actor, prepared: Prepared, *, extensions: Extensions) -> None:
    """Deploying a diagram that moves money needs a permission of its own."""
    drawn = [one for name, content in prepared.files.items() if name.endswith(".bpmn") for one in diagram.read(name, content)]
    topics = {element.topic for process in drawn for element in process.elements.values() if element.topic}
    if any(extensions.handlers[topic].kind == "money" for topic in topics if topic in extensions.handlers):
        require(actor, "deploy:money")


@dataclass(frozen=True, kw_only=True)
class _Part:
    """How somebody stands to a case: barred from it, or with a part in it."""

    barred: bool
    takes_part: bool


def _part(session: Session, actor: Actor, root_id: str) -> _Part:
    """One statement: the tasks of the case that name the person or a group of theirs, or that they have or did."""
    row = UserTaskCandidate
    rows = session.execute(
        select(row.kind, row.name, row.code)
        .select_from(UserTask)
        .outerjoin(row, row.user_task_id == UserTask.id)
        .where(
            UserTask.root_id == root_id,
            or_(_names(actor), *(column == actor.id for column in (UserTask.assignee, UserTask.owner, UserTask.completed_by))),
        )
    ).all()
    about = [(name == actor.id, code) for kind, name, code in rows if kind == "excluded"]
    barred = any(me and code == ConflictOfInterest.code for me, code in about) or bool(
        case_access.concerned_roots(session, actor, [root_id])
    )
    return _Part(barred=barred, takes_part=len(rows) > sum(me for me, _ in about))


def _names(actor: Actor) -> ColumnElement[bool]:
    row = UserTaskCandidate
    return or_(and_(row.kind.in_(("user", "excluded")), row.name == actor.id), and_(row.kind == "group", row.name.in_(actor.groups)))


def require_case(session: Session, actor: Actor, *, root_id: str, permission: str, taking_part: bool = False) -> None:
    """Refuse whom the case concerns; then whoever has neither the permission nor a part in it (`taking_part` adds one)."""
    part = _part(session, actor, root_id)
    if part.barred:
        raise ConflictOfInterest()
    if not (may(actor, permission) or part.takes_part or taking_part):
        raise missing(permission)


def require_instance(session: Session, actor: Actor, instance: ProcessInstance, *, permission: str = "instance:read") -> None:
    """May this person see this instance? Who started it may, too; other permissions are not gained by taking part."""
    if permission != "instance:read":
        require(actor, permission)
    require_case(session, actor, root_id=instance.root_id, permission="instance:read", taking_part=instance.started_by == actor.id)


def require_task(actor: Actor, task: UserTask) -> None:
    """May this person see this task? (Its candidates must be loaded; the engine has refused whom it concerns.)"""
    if not may_see_task(actor, task):
        groups = [row.name for row in task.candidates if row.kind == "group"]
        raise NotCandidate(groups=", ".join(groups) or "nobody", missing=["task:read"], who_can=sorted({*groups, *who_can("task:read")}))


def may_see_task(actor: Actor, task: UserTask) -> bool:
    """Somebody it concerns, or is offered to, or who may see all."""
    concerned = actor.id in (task.assignee, task.owner, task.completed_by, task.pending_by)
    offered = any(
        (row.kind == "user" and row.name == actor.id) or (row.kind == "group" and row.name in actor.groups) for row in task.candidates
    )
    return concerned or offered or may(actor, "task:read")


def require_complaint(session: Session, actor: Actor, complaint: Complaint) -> None:
    """Whom a case concerns may not see it; its owner may, who registered it, who takes part in it, and who may read all."""
    if case_access.concerns(actor, complaint):
        raise ConflictOfInterest()
    if case_access.holds(actor, complaint):
        return
    if complaint.instance_id is None:
        require(actor, "complaint:read")
    else:
        require_case(session, actor, root_id=complaint.instance_id, permission="complaint:read")


def require_sender_about(session: Session, actor: Actor, complaint: Complaint, *, message_name: str) -> None:
    """Who sends a message about a case sees it, or hears of such things from outside; whom it concerns sends nothing."""
    brings_it = case_messages.senders(message_name) & case_messages.FROM_OUTSIDE & actor.groups
    if brings_it and not case_access.concerns(actor, complaint):
        return
    require_complaint(session, actor, complaint)


def without_conflicts(session: Session, actor: Actor, root_ids: Iterable[str | None]) -> frozenset[str]:
    """Which of these cases concern the person, so that lists leave them out."""
    wanted = {root_id for root_id in root_ids if root_id}
    barred = (
        select(UserTask.root_id)
        .join(UserTaskCandidate, UserTaskCandidate.user_task_id == UserTask.id)
        .where(
            UserTask.root_id.in_(wanted),
            UserTaskCandidate.kind == "excluded",
            UserTaskCandidate.name == actor.id,
            UserTaskCandidate.code == ConflictOfInterest.code,
        )
    )
    return frozenset(session.scalars(barred)) | case_access.concerned_roots(session, actor, wanted) if wanted else frozenset()


def action(name: str, actor: Actor, permission: str, *, blocked: RedressError | None = None) -> dict[str, Any]:
    """One entry of a resource's `actions`: may this person, and if not, why and who can; `blocked` by the state of it."""
    return entry(name, missing(permission) if not may(actor, permission) else blocked)


def entry(name: str, refusal: RedressError | None) -> dict[str, Any]:
    """The same for what does not hang on one permission."""
    if refusal is None:
        return {"name": name, "allowed": True, "code": None, "reason": None, "who_can": []}
    return {"name": name, "allowed": False, "code": refusal.code, "reason": str(refusal), "who_can": list(refusal.who_can)}
