"""Form drafts: what a person typed into a task and has not sent. Nothing typed is ever lost."""

from datetime import timedelta

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import RevisionChanged
from engine.extensions import Actor, Values
from engine.tables import UserTask
from engine.task_tables import FormDraft

KEPT = timedelta(days=30)  # after the task was closed: time enough to come back and read what was not sent
AT_ONCE = 500


def get(session: Session, task_id: str, *, actor: Actor) -> FormDraft | None:
    """The person's own draft; a submission that waits for repair is kept here too (design 4)."""
    return session.get(FormDraft, (task_id, actor.id))


def save(session: Session, task: UserTask, *, values: Values, actor: Actor, revision: int | None = None) -> FormDraft:
    """Keep what was typed. With `revision`, refuse to overwrite what another window of the same person saved since."""
    known = session.scalar(select(FormDraft).where(FormDraft.user_task_id == task.id, FormDraft.account_id == actor.id).with_for_update())
    if revision is not None and (known.revision if known else 0) != revision:
        raise RevisionChanged()
    return keep(session, task.id, values=values, actor=actor)


def keep(session: Session, task_id: str, *, values: Values, actor: Actor) -> FormDraft:
    """Keep these values as the person's draft, whatever was there."""
    known = session.get(FormDraft, (task_id, actor.id))
    if known is None:
        known = FormDraft(user_task_id=task_id, account_id=actor.id, values=dict(values), saved_at=clock.now(), revision=1)
        session.add(known)
    else:
        known.values, known.saved_at, known.revision = dict(values), clock.now(), known.revision + 1
    return known


def keep_late(session: Session, *, task_id: str, values: Values, actor: Actor, revision: int | None) -> None:
    """Keep what came after the task was closed, unless another window of the same person has saved something else since."""
    known = session.get(FormDraft, (task_id, actor.id))
    if revision is None or revision == (known.revision if known else 0):
        keep(session, task_id, values=values, actor=actor)


def forget_some(session: Session) -> int:
    """Remove the first drafts of tasks that were closed long enough ago; gives how many, 0 when none is left."""
    key = (FormDraft.user_task_id, FormDraft.account_id)
    old = select(*key).join(UserTask, UserTask.id == FormDraft.user_task_id).where(UserTask.ended_at < clock.now() - KEPT).limit(AT_ONCE)
    found = session.execute(old.with_for_update(of=FormDraft, skip_locked=True)).all()
    if found:
        session.execute(delete(FormDraft).where(tuple_(*key).in_([tuple(row) for row in found])))
    return len(found)
