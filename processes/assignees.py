"""Who can be given a task."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine import task_rights
from engine.database import Database, reading
from engine.errors import Invalid, Problem
from engine.extensions import Actor, of
from engine.tables import UserTask
from processes import deputies, people, roles


def named(session: Session, account_id: str, *, pointer: str) -> Actor:
    """A person named in the data: who does not exist or is gone is a mistake in the data (Invalid, at `pointer`)."""
    if not people.active(session, [account_id]):
        message = f"There is no active account '{account_id}'."
        raise Invalid(problems=[Problem(code="UNKNOWN", message=message, pointer=pointer)])
    return people.actor_of(session, account_id)


def looked_up(database: Database, account_id: str, *, pointer: str) -> Actor:
    """The same, for those who have no session yet."""
    with reading(database) as session:
        return named(session, account_id, pointer=pointer)


def possible(session: Session, task: UserTask | None = None) -> Mapping[str, list[str]]:
    """Everybody active and not away, with the roles he or she has; with a task, without those whom it rules out."""
    held: dict[str, list[str]] = {}
    for group, accounts in of(session).members(session, list(roles.ROLES)).items():
        for account in accounts:
            held.setdefault(account, []).append(group)
    out = deputies.absent(session, held).keys() | (task_rights.ruled_out(session, task) if task is not None else set())
    return {account: groups for account, groups in held.items() if account not in out}
