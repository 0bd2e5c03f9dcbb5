"""Who stands in for whom, and who is away (processes.md 2.1): what a task that opens makes of it.

A deputy does tasks in his or her own name, so four eyes hold between the two as between any others; and no task comes to
anybody through a person who may not do it: the deputy of somebody excluded is no way round the exclusion.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, String, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine import clock, offers, prepared, task_rights, user_tasks
from engine.database import Instant, connection_of
from engine.errors import Conflict, Refused
from engine.extensions import Actor, Candidates
from engine.tables import UserTask
from processes import people
from processes.tables.people import Account, Deputy, Membership


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Somebody who stands in now, and the groups of the person he or she stands in for."""

    account_id: str
    deputy_id: str
    role: str | None
    groups: frozenset[str]

    def takes(self, *, named: bool, lanes: Collection[str], offered: Collection[str]) -> bool:
        """Is a task the deputy's too that names the person (in these lanes of the diagram) or is offered to these groups?"""
        held = self.groups & set(offered)
        if self.role is None:
            return named or bool(held)
        return (named and self.role in lanes) or self.role in held


def _in_force() -> Select[str, str, str | None, str | None, str | None]:
    """Built once: a task asks it whenever it opens."""
    rows = select(Deputy.id, Deputy.account_id, Deputy.deputy_id, Deputy.role, Membership.group)
    rows = rows.join(Account, Account.id == Deputy.deputy_id).outerjoin(Membership, Membership.account_id == Deputy.account_id)
    now = bindparam("now", type_=Instant())
    return rows.where(Deputy.starts_at <= now, Deputy.ends_at > now, Account.active).order_by(Deputy.created_at, Deputy.id)


_IN_FORCE = _in_force()


def in_force(session: Session) -> Sequence[StandIn]:
    """Everybody who stands in now, in one statement."""
    session.flush()  # the statement below does not go through the ORM
    rows: dict[str, tuple[str, str, str | None, set[str]]] = {}
    for id_, account_id, deputy_id, role, group in prepared.ask(connection_of(session), _IN_FORCE, now=clock.now()):
        if deputy_id is not None:
            rows.setdefault(id_, (account_id, deputy_id, role, set()))[3].update([group] if group else [])
    return [StandIn(account_id=one, deputy_id=other, role=role, groups=frozenset(groups)) for one, other, role, groups in rows.values()]


def passed_on(session: Session, task: UserTask, *, lanes: Collection[str], answer: Candidates) -> Candidates:
    """The candidates of a task with those who stand in for some of them. `lanes`: the groups the diagram names."""
    standing = in_force(session)
    if not standing:
        return answer
    barred = {*answer.excluded, *task_rights.did_the_other_part(session, task)}
    named = {*answer.users, *([task.assignee] if task.assignee else [])}
    found: list[str] = []
    waiting = [
        one
        for one in standing
        if one.account_id not in barred and one.takes(named=one.account_id in named, lanes=lanes, offered=answer.groups)
    ]
    away = absent(session, [one.deputy_id for one in standing])
    seen: set[str] = set()
    while waiting:
        one = waiting.pop(0)
        if one.deputy_id in barred or one.deputy_id in seen:
            continue
        seen.add(one.deputy_id)
        found.append(one.deputy_id)
        if one.deputy_id in away:  # who stands in is away too: then whoever stands in for everything he or she does
            waiting += [other for other in standing if other.account_id == one.deputy_id and other.role is None]
    users = [*answer.users, *(one for one in found if one not in answer.users and one not in away)]
    return replace(answer, users=users)


def absent(session: Session, account_ids: Collection[str | None], *, at: datetime | None = None) -> Mapping[str, Deputy]:
    """Which of these accounts are away (now), by id, with the entry that ends last."""
    wanted = {one for one in account_ids if one}
    if not wanted:
        return {}
    when = at or clock.now()
    rows = select(Deputy).where(Deputy.account_id.in_(wanted), Deputy.absent, Deputy.starts_at <= when, Deputy.ends_at > when)
    return {row.account_id: row for row in session.scalars(rows.order_by(Deputy.ends_at))}


def instead_of(session: Session, account_ids: Collection[str], *, barred: Collection[str] = ()) -> Mapping[str, str]:
    """Who stands in now for those of these people who are away, by deputy: for whom. A deputy who is away passes it on.

    Nothing goes by way of, or to, those who are `barred`.
    """
    standing = in_force(session) if account_ids else []
    away = absent(session, [one.account_id for one in standing])
    found: dict[str, str] = {}
    waiting = [(one, one.account_id) for one in standing if one.account_id in away and one.account_id in account_ids]
    while waiting:
        one, first = waiting.pop(0)
        if one.role is not None or one.deputy_id in found or {one.account_id, one.deputy_id} & set(barred):
            continue
        found[one.deputy_id] = first
        if one.deputy_id in away:
            waiting += [(other, first) for other in standing if other.account_id == one.deputy_id]
    return {deputy: first for deputy, first in found.items() if deputy not in away and deputy not in account_ids}


def concerned(account_id: ColumnElement[str]) -> ScalarSelect[bool]:
    """Whether this person is away or stands in for somebody now, as a column beside a row of `account`."""
    now = bindparam("now", type_=Instant())
    part = or_(Deputy.account_id == account_id, Deputy.deputy_id == account_id)
    return select(exists().where(part, Deputy.starts_at <= now, Deputy.ends_at > now).correlate(Account)).scalar_subquery()


_ME, _NOW = bindparam("me", type_=String()), bindparam("now", type_=Instant())
_AWAY, _STANDS_IN = aliased(Account), aliased(Account)
_AROUND = (
    select(Deputy, _AWAY, _STANDS_IN)
    .join(_AWAY, _AWAY.id == Deputy.account_id)
    .outerjoin(_STANDS_IN, _STANDS_IN.id == Deputy.deputy_id)
    .where(or_(Deputy.account_id == _ME, Deputy.deputy_id == _ME), Deputy.starts_at <= _NOW, Deputy.ends_at > _NOW)
    .order_by(Deputy.ends_at, Deputy.id)
)


def around(session: Session, account_id: str) -> Sequence[tuple[Deputy, Account, Account | None]]:
    """What holds now for this person, each with who is stood in for and by whom, if by anybody: being away, being stood in for,
    standing in for others; what ends first comes first."""
    rows = session.execute(_AROUND, {"me": account_id, "now": clock.now()})
    return [(row, first, other) for row, first, other in rows]


def present(session: Session, account_ids: Collection[str | None]) -> list[str]:
    """Those of these accounts that may act and are not away now, by id: who can be given something."""
    found = people.active(session, account_ids)
    away = absent(session, found)
    return [one for one in found if one not in away]


def hand_over(session: Session, entry: Deputy, *, actor: Actor) -> tuple[int, int]:
    """Give the open tasks of somebody who is away to the deputy: how many, and how many cannot be (four eyes, a conflict)."""
    if entry.deputy_id is None:
        return 0, 0
    deputy = people.actor_of(session, entry.deputy_id)
    mine = select(UserTask.id).where(UserTask.assignee == entry.account_id, UserTask.state == "open").order_by(UserTask.created_at)
    given = kept = 0
    for task_id in session.scalars(mine).all():
        try:
            task = user_tasks.assign(session, task_id, assignee=deputy, actor=actor, reason=entry.note)
        except (Refused, Conflict):  # a rule of this task: it stays, and is counted
            kept += 1
            continue
        offers.offer_too(session, task, kind="user", name=deputy.id)  # who gave it back would not see it again otherwise
        given += 1
    return given, kept
