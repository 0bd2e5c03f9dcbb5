"""Who sees a case, and how much of it: the same rule for one case and for a list of them.

Whom a case concerns never sees it. Its owner and who registered it do; everybody else needs to be one who reads all cases
(`reads_all`: a matter of roles, decided outside).
"""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select
from sqlalchemy.orm import Session

from engine.errors import ConflictOfInterest
from engine.extensions import Actor
from engine.tables import ProcessInstance, UserTask, UserTaskCandidate
from processes.tables.cases import Complaint

TALKS_TO_CUSTOMERS = frozenset({"intake_agent", "duty", "team_lead"})


def concerns(actor: Actor, complaint: Complaint) -> bool:
    """Is the case about this person, or about somebody he or she manages?"""
    return actor.id in complaint.excluded_users


def holds(actor: Actor, complaint: Complaint) -> bool:
    """Does he or she own the case, or did he or she register it?"""
    return actor.id in (complaint.case_owner, complaint.registered_by)


def works_on(actor: Actor, complaint: Complaint) -> bool:
    """Owner, intake and duty talk to the customer; everybody else reads masked data."""
    return holds(actor, complaint) or bool(actor.groups & TALKS_TO_CUSTOMERS)


def visible(actor: Actor, *, reads_all: bool) -> list[ColumnElement[bool]]:
    """The same for a list: conditions on `complaint` that leave the cases this person sees."""
    found = [~_excludes(actor)]
    if not reads_all:
        found.append(or_(Complaint.case_owner == actor.id, Complaint.registered_by == actor.id))
    return found


def readable(actor: Actor, *, reads_all: bool) -> list[ColumnElement[bool]]:
    """The cases this person may open by their number: beside those of `visible` where he or she has, had or may take a task."""
    found = [~_excludes(actor), ~_barred(actor)]
    if not reads_all:
        found.append(or_(Complaint.case_owner == actor.id, Complaint.registered_by == actor.id, _takes_part(actor)))
    return found


def few_readable(session: Session, actor: Actor, *, most: int) -> Sequence[str] | None:
    """The cases of somebody who does not read all, as long as they are few: None when there may be more than `most`.

    Looking through everything for one of a handful would take long. Who did a task is its assignee.
    """
    row, me, root = UserTaskCandidate, actor.id, UserTask.root_id
    offered = select(root).join(row, row.user_task_id == UserTask.id)
    own = [select(Complaint.id).where(column == me) for column in (Complaint.case_owner, Complaint.registered_by)]
    tasks = [
        select(root).where(UserTask.assignee == me),
        select(root).where(UserTask.owner == me),  # and who lent it waits for it
        offered.where(row.name == me, row.kind == "user"),
        offered.where(row.name.in_(sorted(actor.groups)), row.kind == "group"),
    ]
    found = [session.scalars(way.limit(most + 1)).all() for way in (*own, *tasks)]
    if any(len(some) > most for some in found):
        return None
    roots = {one for some in found[2:] for one in some}
    keys = session.scalars(select(ProcessInstance.business_key).where(ProcessInstance.id.in_(roots))).all() if roots else []
    theirs = select(Complaint.id, Complaint.instance_id).where(Complaint.reference.in_(keys))
    parts = [id_ for id_, instance in session.execute(theirs) if instance in roots] if keys else []
    return sorted({*found[0], *found[1], *parts})


def _barred(actor: Actor) -> ColumnElement[bool]:
    row = UserTaskCandidate
    me = and_(row.kind == "excluded", row.name == actor.id, row.code == ConflictOfInterest.code)
    return exists().where(UserTask.root_id == Complaint.instance_id, row.user_task_id == UserTask.id, me)


def _takes_part(actor: Actor) -> ColumnElement[bool]:
    row = UserTaskCandidate
    named = or_(and_(row.kind == "user", row.name == actor.id), and_(row.kind == "group", row.name.in_(actor.groups)))
    offered = exists().where(row.user_task_id == UserTask.id, named)
    done = or_(*(column == actor.id for column in (UserTask.assignee, UserTask.owner, UserTask.completed_by)))
    return exists().where(UserTask.root_id == Complaint.instance_id, or_(done, offered))


def concerned_roots(session: Session, actor: Actor, root_ids: Collection[str]) -> frozenset[str]:
    """Those of these root instances that belong to a case which concerns this person: whatever runs for it, whoever has tasks there."""
    mine = (
        select(ProcessInstance.id)
        .join(Complaint, Complaint.reference == ProcessInstance.business_key)
        .where(ProcessInstance.id.in_(root_ids), _excludes(actor))
    )
    return frozenset(session.scalars(mine)) if root_ids else frozenset()


def _excludes(actor: Actor) -> ColumnElement[bool]:
    # The list is kept as JSON text; the quotation marks make it this account and no other that ends or begins like it.
    return cast(Complaint.excluded_users, String).contains(f'"{actor.id}"', autoescape=True)
